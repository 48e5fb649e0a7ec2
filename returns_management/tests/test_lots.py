from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestLots(ReturnsCommon):
    """The customer says which ones come back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.serials, cls.order = cls._create_delivered_serials(count=3)

    def _create_return_of(self, serials, quantity=None):
        return_order = self._create_return(self.order, quantity or len(serials))
        return_order.line_ids.lot_ids = serials
        return return_order

    def test_the_receipt_announces_the_named_ones(self):
        for serial in reversed(self.serials):  # core proposes the first one
            return_order = self._create_return_of(serial)
            return_order.with_user(self.user).action_confirm()
            self.assertEqual(return_order.picking_ids.move_ids.lot_ids, serial)

    def test_by_phone_a_serial_number_is_one_of_its_line(self):
        Returns = self.env['returns.order'].with_user(self.user)
        line = Returns.search_delivered("SN-3")['lines'][0]
        result = Returns.create_by_phone([{**line, 'reason_id': self.reason.id}])
        return_order = self.env['returns.order'].browse(result['id'])
        self.assertRecordValues(return_order.line_ids, [{'product_uom_qty': 1, 'lot_ids': self.serials[2].ids}])
        line = Returns.search_delivered("SN-3")['lines'][0]
        self.assertEqual([lot['is_returned'] for lot in line['lots']], [False, False, True])
        self.assertEqual((line['quantity'], line['lot_ids'], line['qty_returnable']), (0, [], 2))

    def test_a_serial_number_that_is_on_a_return_is_refused(self):
        self._create_return_of(self.serials[0]).action_confirm()
        with self.assertRaisesRegex(ValidationError, "SN-1 is on RMA"):
            self._create_return_of(self.serials[0])

    def test_of_two_drafts_with_one_serial_number_one_is_submitted(self):
        first, second = self._create_return_of(self.serials[0]), self._create_return_of(self.serials[0])
        first.action_submit()
        with self.assertRaisesRegex(ValidationError, "SN-1 is on RMA"):
            second.action_submit()
        first.action_cancel()
        second.action_submit()

    def test_a_serial_number_is_on_one_line_of_a_return(self):
        return_order = self._create_return_of(self.serials[0])
        with self.assertRaisesRegex(ValidationError, "SN-1 is on RMA"):
            return_order.line_ids.copy({'order_id': return_order.id, 'lot_ids': self.serials[0].ids})

    def test_what_was_not_delivered_is_refused(self):
        other = self.serials[0].copy({'name': "SN-9"})
        with self.assertRaisesRegex(ValidationError, "SN-9: not delivered"):
            self._create_return_of(other)

    def test_more_serial_numbers_than_come_back_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "3 serial numbers"):
            self._create_return_of(self.serials, quantity=2)

    def test_they_cannot_be_changed_once_submitted(self):
        return_order = self._create_return_of(self.serials[0])
        return_order.action_submit()
        with self.assertRaises(UserError):
            return_order.line_ids.lot_ids = self.serials[1]
