import re

from odoo.tests import tagged

from .common import GuestCommon, PortalCommon


@tagged('post_install', '-at_install')
class TestPortalTours(PortalCommon):
    """What a customer does in a browser of the width of a phone."""

    browser_size = '390x844'
    touch_enabled = True

    def test_a_return_in_at_most_twelve_taps(self):
        self.start_tour('/my', 'returns_portal_request_tour', login=self.portal_user.login)
        self.assertRecordValues(self._get_returns(), [{'state': 'approved', 'amount_expected': 230}])

    def test_following_a_return_until_the_money_is_back(self):
        self._login()
        return_order = self._request_return()
        self.start_tour(f'/my/returns/{return_order.id}', 'returns_portal_sent_tour', login=self.portal_user.login)
        self.env.invalidate_all()
        self.assertRecordValues(return_order, [{'carrier_name': "DHL", 'tracking_ref': "JD014600003"}])

        self._pay_out(return_order)
        self.assertEqual(return_order.state, 'done')
        self.start_tour(f'/my/returns/{return_order.id}', 'returns_portal_paid_tour', login=self.portal_user.login)
        self.env.invalidate_all()
        self.assertEqual(return_order.rating_last_value, 5)


@tagged('post_install', '-at_install')
class TestPortalGuestTours(GuestCommon):
    """What somebody without a login does on a phone."""

    browser_size = '390x844'
    touch_enabled = True

    def _follow(self, return_order):
        """The return is received and paid back, and its page says so."""
        self._pay_out(return_order)
        self.assertEqual(return_order.state, 'done')
        self.start_tour(return_order.get_portal_url(), 'returns_portal_paid_back_tour')

    def test_a_return_without_a_login(self):
        self.guest_order.name = "S12345"
        self.start_tour('/returns', 'returns_portal_guest_ask_tour')
        link = re.search(r'/returns/orders\?access_token=[\w-]+', self._answer().body_html)[0]
        self.start_tour(link, 'returns_portal_guest_tour')
        return_order = self._get_returns(self.guest_order)
        self.assertRecordValues(return_order, [{'state': 'approved', 'source': 'guest', 'amount_expected': 230}])
        self._follow(return_order)

    def test_a_withdrawal_without_a_login(self):
        self.start_tour(self._get_link(), 'returns_portal_withdrawal_tour')
        return_order = self._get_returns(self.guest_order)
        self.assertRecordValues(return_order, [{'state': 'approved', 'legal_basis': 'withdrawal'}])
        self._follow(return_order)
