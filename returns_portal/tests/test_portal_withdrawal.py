import re

from freezegun import freeze_time
from lxml import html

from odoo import Command, fields
from odoo.tests import tagged

from .common import GuestCommon


@tagged('post_install', '-at_install')
class TestPortalWithdrawal(GuestCommon):
    """A consumer withdraws from a contract: stated, confirmed, acknowledged."""

    def setUp(self):
        super().setUp()
        self.token = self.guest_order._portal_ensure_token()
        self.url = f'/my/orders/{self.guest_order.id}/withdraw'

    def _state(self, order=None, quantity='5', **values):
        """The fields of the first step."""
        moves = (order or self.guest_order).order_line._get_returns_delivered_moves()
        return {
            'access_token': (order or self.guest_order)._portal_ensure_token(), 'name': "Gina Guest",
            'email': "gina@example.com", **{f'quantity_{move.id}': quantity for move in moves}, **values}

    def _confirm(self, page):
        """Send the form that the page of the second step holds, as a browser does."""
        form = html.fromstring(page.content).xpath("//form[contains(@action, '/withdraw/confirm')]")[0]
        return self._post(form.get('action'), dict(form.fields))

    def _withdraw(self, order=None, **values):
        """Both steps; the answer to the second."""
        url = f'/my/orders/{(order or self.guest_order).id}/withdraw'
        return self._confirm(self._post(url, self._state(order, **values)))

    def _get_mails(self, email="gina@example.com"):
        return self.env['mail.mail'].search([('email_to', '=', email)])

    def test_a_guest_withdraws_in_two_steps(self):
        page = self._get(f'{self.url}?access_token={self.token}').text
        for text in ("Withdraw from contract", "Gina Guest", "gina@example.com", 'value="5"'):
            self.assertIn(text, page)
        confirm = self._post(self.url, self._state())
        self.assertIn("Confirm withdrawal", confirm.text)
        self.assertIn("575.00", confirm.text)
        self.assertFalse(self._get_returns(self.guest_order), "Only the second step counts.")
        answer = self._confirm(confirm)
        return_order = self._get_returns(self.guest_order)
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'source': 'guest', 'legal_basis': 'withdrawal', 'amount_expected': 575,
            'date_declared': fields.Date.today(), 'partner_id': self.guest.id}])
        self.assertEqual(return_order.line_ids.resolution_id, self.refund)
        self.assertIn("acknowledge it by mail", self._get(answer.headers['Location']).text)

    def test_it_is_acknowledged_at_once_with_content_date_and_time(self):
        with freeze_time(fields.Datetime.now().replace(hour=14, minute=37)):
            self._withdraw(quantity='2', email="other@example.com", name="G. Guest")
        return_order, mail = self._get_returns(self.guest_order), self._get_mails("other@example.com")
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, 'outgoing')
        message = return_order.message_ids.filtered(lambda message: "Withdrawal from order" in message.body)
        self.assertEqual(message.author_id, self.guest)
        for body in (mail.body_html, message.body):
            for text in (self.guest_order.name, "2 × Test Shoe", "G. Guest", "other@example.com", ":37"):
                self.assertIn(text, str(body).replace('\u202f', ' '))
        self.assertIn(return_order.access_token, mail.body_html)

    def test_what_is_sent_twice_is_declared_and_acknowledged_once(self):
        page = self._post(self.url, self._state())
        first, second = self._confirm(page), self._confirm(page)
        self.assertEqual(first.headers['Location'], second.headers['Location'])
        self.assertEqual(len(self._get_returns(self.guest_order)), 1)
        self.assertEqual(len(self._get_mails()), 1)

    def test_without_its_template_it_counts_all_the_same_and_the_order_says_so(self):
        self.env.ref('returns_portal.mail_template_withdrawal').unlink()
        self._withdraw()
        self.assertEqual(self._get_returns(self.guest_order).state, 'approved')
        self.assertIn("template", str(self.guest_order.message_ids.mapped('body')))

    def test_no_policy_refuses_it_or_charges_for_it(self):
        keep = self.env.ref('returns_management.returns_resolution_keep')
        fee = self.env['product.product'].create({'name': "Fee", 'type': 'service'})
        self._create_policy(
            returnable=False, product_category_ids=[Command.set(self.category.ids)], resolution_ids=keep,
            resolution_id=keep.id, fee_type='percent', fee_percent=20, fee_product_id=fee.id, auto_approve=False,
            needs_photo=True)
        self.guest.write({'returns_blocked': True, 'returns_blocked_reason': "Too many"})
        self._withdraw()
        return_order = self._get_returns(self.guest_order)
        self.assertRecordValues(return_order, [{'state': 'approved', 'amount_expected': 575, 'fee_amount': 0}])
        self.assertEqual(return_order.line_ids.resolution_id, self.refund)

    def test_what_the_law_excludes_is_not_offered(self):
        self.product.returns_withdrawal_exception = 'made_to_order'
        self.assertIn("excluded from withdrawal", self._get(f'{self.url}?access_token={self.token}').text)
        self.assertIn("Choose at least one", self._post(self.url, self._state()).text)

    def test_whether_a_seal_is_broken_only_a_person_can_see(self):
        self.product.returns_withdrawal_exception = 'sealed_hygiene'
        self.assertIn("seal is not broken", self._get(f'{self.url}?access_token={self.token}').text)
        self._withdraw()
        self.assertEqual(self._get_returns(self.guest_order).state, 'requested')

    def test_businesses_and_countries_without_the_right_are_not_offered_it(self):
        swiss = self.guest.copy({'country_id': self.env.ref('base.ch').id})
        self.customer.country_id = self.env.ref('base.de')
        for order in (self.order, self._create_delivered_order(partner_id=swiss.id)):
            token = order._portal_ensure_token()
            self.assertNotIn("Withdraw from contract", self._get(f'/my/orders/{order.id}?access_token={token}').text)
            url = f'/my/orders/{order.id}/withdraw'
            for answer in (
                self._get(f'{url}?access_token={token}'), self._post(url, self._state(order)),
                self._post(f'{url}/confirm', self._state(order)),
            ):
                self.assertEqual(answer.status_code, 404)
                self.assertIn("There is no right of withdrawal", answer.text)
            self.assertNotIn("o_returns_withdraw", self._get(f'/my/orders/{order.id}/return?access_token={token}').text)
            self.assertFalse(self._get_returns(order))

    def test_it_is_offered_as_long_as_the_period_runs(self):
        page = f'/my/orders/{self.guest_order.id}?access_token={self.token}'
        for days, is_offered in ((13, True), (20, False)):
            self._get_move(self.guest_order).date = self._days_ago(days)
            with self.subTest(days=days):
                self.assertEqual("Withdraw from contract" in self._get(page).text, is_offered)
                self.assertEqual(self._post(self.url, self._state()).status_code, 200 if is_offered else 404)

    def test_it_is_offered_on_every_page(self):
        self.assertIn('name="o_returns_withdraw"', self._get(self._get_link()).text)
        user = self._create_portal_user('test_gina', self.guest)
        self._login(user)
        for page, link in (
            ('/my/returns', '/my/returns/withdraw'), ('/my/returns/withdraw', self.url),
            (f'/my/orders/{self.guest_order.id}', self.url), (f'/my/orders/{self.guest_order.id}/return', self.url),
        ):
            with self.subTest(page=page):
                links = html.fromstring(self._get(page).content).xpath("//a/@href")
                self.assertTrue([href for href in links if href.startswith(link)])
        self._withdraw()
        self.assertEqual(self._get_returns(self.guest_order).source, 'portal')

    def test_the_list_offers_it_only_while_an_order_gives_the_right(self):
        def is_offered():
            return 'name="o_returns_withdraw"' in self._get('/my/returns').text

        self._login(self._create_portal_user('test_gina', self.guest))
        self.assertTrue(is_offered())
        self.guest.country_id = self.env.ref('base.us')
        self.assertFalse(is_offered())
        self.guest.country_id = self.env.ref('base.de')
        self._get_move(self.guest_order).date = self._days_ago(40)
        self.assertFalse(is_offered())
        self._create_order(partner_id=self.guest.id)
        self.assertTrue(is_offered(), "The period of what was not delivered has not begun.")
        self._login()
        self.assertFalse(is_offered(), "Businesses have no such right.")

    def test_the_last_delivery_of_an_order_keeps_it_on_the_list(self):
        order = self._create_order(partner_id=self.guest.id)
        first = self._deliver(order, quantity=2)
        self._deliver(order)
        first.move_ids.date = self._days_ago(60)
        first.date_done = self._days_ago(60)
        self._get_move(self.guest_order).date = self._days_ago(60)
        self._login(self._create_portal_user('test_gina', self.guest))
        page = self._get('/my/returns/withdraw').text
        self.assertIn(f'/my/orders/{order.id}/withdraw', page)
        self.assertNotIn(self.url, page)

    def test_who_gets_a_guests_link_withdraws_by_it(self):
        self._confirm(self._post(self.url, self._state(access_token=self._get_token())))
        self.assertEqual(self._get_returns(self.guest_order).legal_basis, 'withdrawal')

    def test_what_was_not_delivered_yet_is_not_sent_any_more(self):
        order = self._create_order(partner_id=self.guest.id)
        self.assertIn("was not delivered yet", self._get(
            f'/my/orders/{order.id}/withdraw?access_token={order._portal_ensure_token()}').text)
        page = self._post(f'/my/orders/{order.id}/withdraw', self._state(order, undelivered='1'))
        self.assertIn("not delivered yet", page.text)
        for _time in range(2):
            answer = self._confirm(page)
            self.assertEqual(answer.status_code, 200)
        self.assertTrue(order.returns_withdrawn_on)
        self.assertIn("Withdrawal from order", str(order.message_ids.mapped('body')))
        self.assertEqual(len(order.activity_ids), 1)
        self.assertEqual(len(self._get_mails()), 1)

    def test_the_rest_of_a_line_that_was_delivered_in_part_is_not_sent_any_more(self):
        order = self._create_order(partner_id=self.guest.id)
        self._deliver(order, quantity=2)
        self._withdraw(order, quantity='2', undelivered='1')
        self.assertEqual(self._get_returns(order).line_ids.product_uom_qty, 2)
        self.assertTrue(order.returns_withdrawn_on)
        self.assertIn("not delivered yet", self._get_mails().body_html)

    def test_what_came_back_is_not_still_to_be_delivered(self):
        self._receive(self._create_confirmed_return(self.guest_order, quantity=5))
        self.assertNotIn("was not delivered yet", self._get(f'{self.url}?access_token={self.token}').text)

    def test_who_has_returned_all_reads_so_and_has_nothing_to_send(self):
        self._create_confirmed_return(self.guest_order, quantity=5)
        page = self._get(f'{self.url}?access_token={self.token}').text
        self.assertIn("All of it is on a return already", page)
        self.assertNotIn(">Continue<", page)

    def test_who_has_withdrawn_from_an_undelivered_order_reads_so(self):
        self.guest_order.returns_withdrawn_on = fields.Datetime.now()
        page = self._get(f'{self.url}?access_token={self.token}').text
        self.assertIn("You have already withdrawn from what was not delivered", page)

    def test_what_is_missing_stands_beside_its_field(self):
        for values, name in (
            ({'name': ''}, 'name'), ({'email': 'x'}, 'email'), ({'email': 'a@example.com, b@example.com'}, 'email'),
            ({'quantity': '6'}, 'quantity'), ({'quantity': 'NaN'}, 'quantity'), ({'quantity': '-1'}, 'quantity'),
        ):
            with self.subTest(values=values):
                page = self._post(self.url, self._state(**values)).text
                self.assertTrue(re.search(rf'id="{name}(_\d+)?_error"', page))
                self.assertNotIn("withdraw/confirm", page)
        self.assertIn("Choose at least one", self._post(self.url, self._state(quantity='')).text)

    def test_what_was_entered_can_be_changed_before_it_is_confirmed(self):
        page = self._post(self.url, self._state(name="Other Name", quantity='3', change='1')).text
        self.assertIn('value="Other Name"', page)
        self.assertIn('value="3"', page)

    def test_the_day_is_that_of_the_company(self):
        self.company.partner_id.tz = 'Pacific/Auckland'
        late = fields.Datetime.now().replace(hour=20)
        self._get_move(self.guest_order).date = self._days_ago(2)
        with freeze_time(late):
            self._withdraw()
        self.assertEqual(
            self._get_returns(self.guest_order).date_declared, fields.Date.add(late.date(), days=1))
