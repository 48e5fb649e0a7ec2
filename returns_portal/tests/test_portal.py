from odoo.tests import tagged

from .common import PNG, PortalCommon


@tagged('post_install', '-at_install')
class TestPortal(PortalCommon):

    def test_a_customer_asks_for_a_return_and_sees_it(self):
        self._login(self.portal_user)
        answer = self._request()
        return_order = self.order.returns_order_ids
        self.assertEqual(answer.headers['Location'], f'/my/returns/{return_order.id}')
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'source': 'portal', 'amount_expected': 230, 'partner_id': self.customer.id}])
        page = self._get(f'/my/returns/{return_order.id}')
        self.assertIn(return_order.barcode, page.text)
        self.assertIn(return_order.name, self._get('/my/returns').text)

    def test_without_having_seen_the_amount_nothing_is_sent(self):
        self._login(self.portal_user)
        answer = self._post(f'/my/orders/{self.order.id}/return', self._prepare_request())
        self.assertEqual(answer.status_code, 200)
        self.assertIn("230.00", answer.text)
        self.assertFalse(self.order.returns_order_ids)

    def test_what_is_sent_twice_is_one_return(self):
        self._login(self.portal_user)
        values = self._prepare_request()
        first, second = self._request(values=values), self._request(values=values)
        self.assertEqual(first.headers['Location'], second.headers['Location'])
        self.assertEqual(len(self.order.returns_order_ids), 1)

    def test_a_return_by_taps_on_a_phone(self):
        self.start_tour(f'/my/orders/{self.order.id}', 'returns_portal_request_tour', login=self.portal_user.login)
        self.assertEqual(self.order.returns_order_ids.state, 'approved')

    def _request_return(self, **values):
        self._request(values=self._prepare_request(**values))
        return self.order.returns_order_ids

    def test_the_page_of_a_return_in_each_state_can_be_read(self):
        self._login(self.portal_user)
        return_order = self._request_return()
        url = f'/my/returns/{return_order.id}'
        self._post(f'{url}/sent', {'date_sent': '', 'carrier': "DHL", 'tracking': "4711"})
        self.assertRecordValues(return_order, [{'tracking_ref': "4711", 'carrier_name': "DHL", 'next_step': 'receive'}])
        self._receive(return_order)
        self.assertIn("credit", self._get(url).text)
        return_order.credit_note_ids.action_post()
        self.assertIn(return_order.credit_note_ids.name, self._get(url).text)
        self._post(f'{url}/message', {'text': "Thank <b>you</b>"}, files=[('files', ('x.png', PNG, 'image/png'))])
        message = return_order.message_ids[0]
        self.assertEqual(message.author_id, self.portal_user.partner_id)
        self.assertIn("Thank &lt;b&gt;you&lt;/b&gt;", message.body)
        self.assertEqual(self._get(f'{url}/file/{message.attachment_ids.id}').content, PNG)
