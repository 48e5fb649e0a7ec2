from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import PNG, PortalCommon

PDF = b'%PDF-1.4\n%%EOF\n'


@tagged('post_install', '-at_install')
class TestPortalActions(PortalCommon):
    """What a customer does after the request."""

    def setUp(self):
        super().setUp()
        self._login()
        self.return_order = self._request_return()
        self.url = f'/my/returns/{self.return_order.id}'

    def _send(self, path, files=(), **values):
        """The page of the return after the form `path` was sent; it says what went wrong."""
        answer = self._post(
            f'{self.url}/{path}', values, files=[('files', (name, content, 'image/png')) for name, content in files])
        return answer if answer.status_code == 200 else self.url_open(answer.headers['Location'])

    def test_what_was_sent_is_expected(self):
        today = fields.Date.to_string(fields.Date.today())
        page = self._send('sent', date_sent=today, carrier="DHL", tracking="JD0146", files=[('proof.png', PNG)])
        self.assertIn("we expect your parcel", page.text)
        self.assertRecordValues(self.return_order, [{
            'date_sent': fields.Date.today(), 'carrier_name': "DHL", 'tracking_ref': "JD0146",
            'next_step': 'receive'}])
        message = self.return_order.message_ids.filtered('attachment_ids')
        self.assertEqual(message.author_id, self.portal_user.partner_id)
        answer = self._get(f'{self.url}/file/{message.attachment_ids.id}')
        self.assertEqual(answer.headers['Content-Type'], 'image/png')
        self.assertEqual(answer.content, message.attachment_ids.raw)

    def test_a_day_that_cannot_be_is_refused_and_nothing_is_lost(self):
        for day in (fields.Date.today() + timedelta(days=2), fields.Date.today() - timedelta(days=2), 'yesterday'):
            page = self._send('sent', date_sent=str(day), carrier="DHL")
            self.assertIn('value="DHL"', page.text)
            self.assertIn('o_returns_error_sent', page.text)
        self.assertFalse(self.return_order.date_sent)

    def test_a_return_is_cancelled_while_nothing_has_moved(self):
        self.assertIn("is cancelled", self._send('cancel').text)
        self.assertEqual(self.return_order.state, 'cancel')
        self.assertEqual(self.return_order.picking_ids.state, 'cancel')
        self.assertIn("is cancelled", self._send('cancel').text)

    def test_a_return_that_is_on_its_way_is_not_cancelled(self):
        self._send('sent')
        self.assertIn("something has moved", self._send('cancel').text)
        self.assertNotIn("Cancel the return", self._get(self.url).text)
        self.assertEqual(self.return_order.state, 'approved')

    def test_a_return_of_which_something_has_arrived_is_not_cancelled(self):
        self._receive(self.return_order, 1)
        self.assertFalse(self.return_order.date_sent)
        self.assertIn("something has moved", self._send('cancel').text)
        self.assertEqual(self.return_order.state, 'approved')

    def test_an_answer_ends_the_question(self):
        self.policy.auto_approve = False
        self._request(quantity=1)
        asked = self._get_returns() - self.return_order
        asked.action_ask_customer("Which colour is it?")
        self.url = f'/my/returns/{asked.id}'
        self.assertIn("Which colour is it?", self._get(self.url).text)
        self._send('message', text="Blue")
        self.assertRecordValues(asked, [{'date_answer': False, 'next_step': 'review'}])

    def test_with_the_token_the_contact_answers(self):
        self.policy.auto_approve = False
        self._request(quantity=1)
        asked = self._get_returns() - self.return_order
        asked.action_ask_customer("Which colour is it?")
        self._logout()
        answer = self._post(
            f'/my/returns/{asked.id}/message', {'text': "Blue", 'access_token': asked.access_token})
        self.assertIn(asked.access_token, answer.headers['Location'])
        self.assertEqual(asked.message_ids[0].author_id, asked.contact_id)
        self.assertEqual(asked.next_step, 'review')

    def test_a_message_needs_words_or_a_picture(self):
        count = len(self.return_order.message_ids)
        self.assertIn("Please write something", self._send('message', text="  ").text)
        self.assertIn("at most 2000", self._send('message', text="x" * 2001).text)
        self.assertEqual(len(self.return_order.message_ids), count)
        self._send('message', files=[('x.pdf', PDF)])
        self.assertEqual(self.return_order.message_ids[0].attachment_ids.mimetype, 'application/pdf')

    def test_notes_of_staff_are_not_shown(self):
        for body, subtype, is_internal in (
            ("He always complains", 'mail.mt_note', False), ("He complains again", 'mail.mt_comment', True),
            ("We look at it", 'mail.mt_comment', False),
        ):
            self.return_order.message_post(
                body=body, message_type='comment', subtype_xmlid=subtype, is_internal=is_internal)
        page = self._get(self.url).text
        self.assertIn("We look at it", page)
        self.assertNotIn("complains", page)

    def test_the_handling_is_rated_after_the_end(self):
        self.assertIn("when the return has ended", self._send('rating', rate='good').text)
        self._pay_out(self.return_order)
        self.assertIn("Choose how it went", self._send('rating', rate='10').text)
        self._send('rating', rate='bad', feedback="Slow")
        self._send('rating', rate='good', feedback="Fast after all")
        self.assertRecordValues(self.return_order, [{'rating_count': 1, 'rating_last_value': 5}])
        rated = self.env['returns.report']._read_group(
            [('order_id', '=', self.return_order.id)], [], ['rating:avg'])
        self.assertEqual(rated, [(5,)])

    def test_nobody_rates_our_handling_but_the_customer(self):
        self._pay_out(self.return_order)
        self._login(self.user)
        self.assertIn("Only the customer can rate it", self._send('rating', rate='good').text)
        self.assertFalse(self.return_order.rating_count)

    def test_the_credit_note_is_there_when_it_is_posted(self):
        self._receive(self.return_order)
        self.return_order.credit_note_ids.action_post()
        self.assertIn(self.return_order.credit_note_ids.name, self._get(self.url).text)
        answer = self._get(f'{self.url}/credit_note/{self.return_order.credit_note_ids.id}')
        self.assertEqual(answer.headers['Content-Type'], 'application/pdf')

    def test_the_slip_is_there_for_the_customer(self):
        answer = self._get(f'{self.url}/slip')
        self.assertEqual(answer.headers['Content-Type'], 'application/pdf')

    def test_findings_are_shown_and_disputed_where_something_inspects(self):
        self.assertIn("nothing to dispute", self._send('dispute', text="No").text)
        Return = self.env.registry['returns.order']
        disputes = []
        self.patch(Return, '_get_customer_findings', lambda order: [{'product': "Shoe", 'text': "It was worn."}])
        self.patch(Return, '_can_be_disputed', lambda order: not disputes)
        self.patch(Return, '_dispute', lambda order, text: disputes.append(text))
        self.assertIn("It was worn.", self._get(self.url).text)
        self._send('dispute', text="It was not.")
        self.assertEqual(disputes, ["It was not."])

    def test_mails_lead_to_the_page_without_a_login(self):
        self._logout()
        url = self.return_order._get_customer_url()
        self.assertIn(self.return_order.name, self.url_open(url).text)

    def test_a_refused_return_says_why(self):
        self.policy.auto_approve = False
        self._request(quantity=1)
        refused = self._get_returns() - self.return_order
        refused.refusal_note = "The sole is worn."
        refused.action_refuse()
        page = self._get(f'/my/returns/{refused.id}').text
        self.assertIn("The sole is worn.", page)
        self.assertIn("Not accepted", page)

    def test_who_asks_gets_one_mail_with_the_way_to_the_page(self):
        mail = self.env['mail.mail'].search([('model', '=', 'returns.order'), ('res_id', '=', self.return_order.id)])
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.portal_user.partner_id)
        self.assertIn(self.return_order.name, mail.subject)
        self.assertIn(self.return_order.access_token, mail.body_html)
