from odoo.tests import tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestWish(ReturnsCommon):
    """What the customer would like, beside what we give."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.refund, cls.exchange, cls.keep, cls.reduce = (
            cls.env.ref(f'returns_management.returns_resolution_{name}')
            for name in ('refund', 'exchange', 'keep', 'reduce'))

    def _get_offered(self):
        line = self._create_return(self._create_delivered_order()).line_ids
        return line._get_wishes_offered()[line]

    def test_goods_are_kept_only_where_somebody_has_said_so(self):
        self.assertEqual(self._get_offered(), self.refund | self.exchange)
        self.policy.resolution_ids = self.refund | self.keep
        self.assertEqual(self._get_offered(), self.refund | self.keep)

    def test_the_reason_narrows_down_what_may_be_wished(self):
        self.reason.resolution_ids = self.exchange
        self.assertEqual(self._get_offered(), self.exchange)
        self.policy.resolution_ids = self.refund
        self.assertFalse(self._get_offered())

    def test_what_is_no_longer_given_cannot_be_wished(self):
        self.exchange.active = False
        self.assertEqual(self._get_offered(), self.refund)

    def test_a_wish_that_is_not_met_waits_for_somebody(self):
        self.policy.resolution_ids = self.refund | self.exchange
        return_order = self._create_return(self._create_delivered_order())
        return_order.line_ids.wished_resolution_id = self.exchange
        self.assertEqual(return_order.line_ids.objection_ids.code, 'wish')
        return_order.line_ids.resolution_id = self.exchange
        self.assertFalse(return_order.line_ids.objection_ids)

    def test_without_an_inspection_nothing_was_found(self):
        return_order = self._create_received_return(self._create_delivered_order())
        self.assertFalse(return_order._get_customer_findings() or return_order._can_be_disputed())
