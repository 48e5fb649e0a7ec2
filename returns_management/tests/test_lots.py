from odoo import Command
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

    def test_only_some_of_the_numbers_are_no_answer(self):
        return_order = self._create_return_of(self.serials[0], quantity=2)
        with self.assertRaisesRegex(ValidationError, "1 of 2 serial numbers"):
            return_order.action_submit()

    def test_half_a_serial_number_does_not_come_back(self):
        with self.assertRaisesRegex(ValidationError, "only whole pieces"):
            self._create_return(self.order, quantity=1.5).action_submit()

    def test_another_product_clears_the_numbers(self):
        return_order = self._create_return_of(self.serials[0])
        return_order.line_ids.sale_line_id = self._create_delivered_order().order_line
        self.assertRecordValues(return_order.line_ids, [{'lot_ids': [], 'product_id': self.product.id}])

    # === What arrives, in Odoo's own transfer screen ===

    def _receive_lots(self, return_order, lots):
        """A stock user counts one of each of `lots` on the receipt, and validates it."""
        receipt = return_order.picking_ids.with_user(self.stock_user)
        receipt.move_ids.move_line_ids.unlink()
        receipt.move_ids.move_line_ids = [
            Command.create({**receipt.move_ids._prepare_move_line_vals(quantity=1), 'lot_id': lot.id, 'picked': True})
            for lot in lots]
        receipt.button_validate()

    def test_a_serial_that_was_never_delivered_is_refused_in_the_transfer(self):
        return_order = self._create_confirmed_return(self.order, quantity=1)
        with self.assertRaisesRegex(UserError, "SN-9 of Watch: not delivered.*\nCorrect the number"):
            self._receive_lots(return_order, self.serials[0].copy({'name': "SN-9"}))

    def test_a_serial_of_another_customer_is_refused_in_the_transfer(self):
        other = self.serials[0].copy({'name': "SN-8"})
        self.env['stock.quant']._update_available_quantity(
            other.product_id, self.warehouse.lot_stock_id, 1, lot_id=other)
        self._create_order(quantity=1, product=other.product_id).picking_ids.button_validate()
        return_order = self._create_confirmed_return(self.order, quantity=1)
        with self.assertRaisesRegex(UserError, "SN-8 of Watch: not delivered"):
            self._receive_lots(return_order, other)

    def test_any_serial_of_the_delivery_is_received_in_the_transfer(self):
        return_order = self._create_return_of(self.serials[0])
        return_order.action_confirm()
        self._receive_lots(return_order, self.serials[2])
        self.assertEqual(return_order.line_ids.qty_received, 1)

    def test_a_serial_that_another_return_names_is_received_there(self):
        named = self._create_return_of(self.serials[1])
        named.action_confirm()
        return_order = self._create_confirmed_return(self.order, quantity=1)
        with self.assertRaisesRegex(UserError, f"SN-2 is on {named.name}: receive it there"):
            self._receive_lots(return_order, self.serials[1])

    def test_a_received_serial_is_not_changed_into_one_that_was_never_delivered(self):
        return_order = self._create_received_return(self.order, quantity=1)
        with self.assertRaisesRegex(UserError, "not delivered"):
            return_order.picking_ids.move_line_ids.lot_id = self.serials[0].copy({'name': "SN-9"})

    def test_a_serial_whose_rest_was_closed_can_be_returned_again(self):
        return_order = self._create_return_of(self.serials[:2])
        return_order.action_confirm()
        self._receive_lots(return_order, self.serials[0])
        return_order.action_close_rest("Lost")
        self._create_return_of(self.serials[1]).action_confirm()
        with self.assertRaisesRegex(ValidationError, "SN-1 is on RMA"):
            self._create_return_of(self.serials[0])

    def test_more_of_a_lot_than_was_delivered_is_refused_in_the_transfer(self):
        product = self._create_storable("Cream", tracking='lot', taxes_id=False)
        lots = self.env['stock.lot'].create([{'name': name, 'product_id': product.id} for name in ("LA", "LB")])
        for lot in lots:
            self.env['stock.quant']._update_available_quantity(product, self.warehouse.lot_stock_id, 1, lot_id=lot)
        order = self._create_order(quantity=2, product=product)
        picking = order.picking_ids
        picking.move_ids.move_line_ids = [Command.clear()] + [
            Command.create({**picking.move_ids._prepare_move_line_vals(quantity=1), 'lot_id': lot.id}) for lot in lots]
        picking.button_validate()
        return_order = self._create_confirmed_return(order, quantity=2)
        with self.assertRaisesRegex(UserError, "LA of Cream"):
            self._receive_lots(return_order, [lots[0], lots[0]])
