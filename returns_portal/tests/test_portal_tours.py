from odoo.tests import tagged

from .common import PortalCommon


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
