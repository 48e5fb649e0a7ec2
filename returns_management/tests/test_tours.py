from odoo.tests import HttpCase, tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestTours(ReturnsCommon, HttpCase):
    """The whole way in a browser, by clicks alone, each step by the person whose job it is."""

    def test_from_the_order_to_the_posted_credit_note(self):
        order = self._create_delivered_order()

        self.start_tour('/odoo', 'returns_clerk_tour', login=self.user.login)
        return_order = order.returns_order_ids
        self.assertRecordValues(return_order, [{'state': 'approved', 'reception_status': 'pending'}])

        self.start_tour('/odoo', 'returns_warehouse_tour', login=self.stock_user.login)
        self.assertRecordValues(return_order, [{'reception_status': 'full', 'credit_status': 'pending'}])

        self.start_tour('/odoo', 'returns_accountant_tour', login=self.accountant.login)
        self.assertRecordValues(return_order, [{'state': 'done', 'credit_status': 'full'}])
        self.assertRecordValues(return_order.credit_note_ids, [{'state': 'posted', 'amount_total': 230}])
        self.assertRecordValues(order.order_line, [{'qty_delivered': 3, 'qty_invoiced': 3, 'qty_to_invoice': 0}])
