import base64

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestDeliveries(ReturnsCommon):
    """People say how many come back; which of several deliveries brought them is for us to find out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(quantity=10)
        cls.first = cls._deliver(cls.order, quantity=3).move_ids
        cls.second = cls._deliver(cls.order).move_ids
        cls._invoice(cls.order)

    def test_five_of_three_and_seven_are_three_and_two(self):
        return_order = self._create_return(self.order, quantity=5)
        self.assertEqual(return_order.line_ids.eligibility, 'accepted')
        return_order.with_user(self.user).action_confirm()
        self.assertRecordValues(return_order.line_ids, [
            {'origin_move_id': self.first.id, 'product_uom_qty': 3, 'qty_approved': 3, 'reason_id': self.reason.id},
            {'origin_move_id': self.second.id, 'product_uom_qty': 2, 'qty_approved': 2, 'reason_id': self.reason.id},
        ])
        self.assertEqual(return_order.picking_ids.move_ids.origin_returned_move_id, self.first + self.second)

    def test_each_part_comes_back_at_the_cost_it_left_with(self):
        self.second.value = 7 * 80
        return_order = self._create_received_return(self.order, quantity=5)
        self.assertEqual(return_order.picking_ids.move_ids.mapped('value'), [180, 160])

    def test_what_is_shared_out_is_credited_once(self):
        return_order = self._create_received_return(self.order, quantity=10)
        self.assertEqual(sum(return_order.credit_note_ids.invoice_line_ids.mapped('quantity')), 10)
        self.assertEqual(return_order.credit_note_ids.amount_total, 1150)

    def test_what_is_claimed_of_a_delivery_is_taken_from_the_others(self):
        self._create_confirmed_return(self.order, quantity=2)
        return_order = self._create_confirmed_return(self.order, quantity=8)
        self.assertEqual(return_order.line_ids.mapped('product_uom_qty'), [1, 7])

    def test_more_than_all_deliveries_brought_is_refused_and_splits_nothing(self):
        return_order = self._create_return(self.order, quantity=11)
        self.assertIn("Only 10", return_order.line_ids.objection_summary)
        with self.assertRaisesRegex(UserError, "More would come back"):
            return_order.action_confirm()

    def test_by_phone_more_than_a_delivery_brought_is_taken_from_the_next(self):
        Returns = self.env['returns.order'].with_user(self.user)
        result = Returns.create_by_phone([{
            'move_id': self.first.id, 'quantity': 4, 'reason_id': self.reason.id}])
        lines = Returns.browse(result['id']).line_ids
        self.assertRecordValues(lines, [
            {'origin_move_id': self.first.id, 'product_uom_qty': 3},
            {'origin_move_id': self.second.id, 'product_uom_qty': 1}])

    def test_lines_of_one_return_do_not_take_the_same_pieces(self):
        return_order = self._create_return(self.order, quantity=5)
        return_order.line_ids = [Command.create({
            'sale_line_id': self.order.order_line.id, 'origin_move_id': self.second.id, 'product_uom_qty': 5})]
        return_order.action_confirm()
        self.assertEqual(return_order.state, 'approved')
        by_delivery = return_order.line_ids.grouped('origin_move_id')
        self.assertEqual(
            {move: sum(lines.mapped('product_uom_qty')) for move, lines in by_delivery.items()},
            {self.first: 3, self.second: 7})

    def test_a_dozen_over_two_deliveries_is_shared_out_in_pieces(self):
        order = self._create_order(quantity=24)
        self._deliver(order, quantity=5)
        self._deliver(order)
        return_order = self._create_return(order, quantity=1)
        return_order.line_ids.product_uom_id = self.env.ref('uom.product_uom_dozen')
        return_order.action_confirm()
        self.assertRecordValues(return_order.line_ids, [
            {'product_uom_qty': 5, 'product_uom_id': self.product.uom_id.id},
            {'product_uom_qty': 7, 'product_uom_id': self.product.uom_id.id}])

    def test_an_amount_off_the_price_is_shared_out_to_the_cent(self):
        return_order = self._create_return(self.order, quantity=7)
        resolution = self.env['returns.resolution'].search([('action', '=', 'reduce')], limit=1)
        return_order.line_ids.write({'resolution_id': resolution.id, 'reduction_amount': 100})
        return_order.action_submit()
        self.assertEqual(return_order.line_ids.mapped('reduction_amount'), [42.86, 57.14])

    def test_the_pictures_of_a_line_show_all_of_it(self):
        self.policy.needs_photo = True
        return_order = self._create_return(self.order, quantity=5)
        self.env['ir.attachment'].create({
            'name': "Photo", 'res_model': 'returns.order.line', 'res_id': return_order.line_ids.id,
            'raw': base64.b64decode(
                b'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==')})
        return_order.action_submit()
        self.assertEqual(return_order.line_ids.mapped('eligibility'), ['accepted', 'accepted'])

    # === Serial numbers ===

    def _deliver_serials_apart(self):
        """Three serial numbers of one order line, the first one delivered alone."""
        serials, order = self._create_delivered_serials(count=1)
        product = serials.product_id
        more = self.env['stock.lot'].create([{'name': name, 'product_id': product.id} for name in ("SN-2", "SN-3")])
        for serial in more:
            self.env['stock.quant']._update_available_quantity(product, self.warehouse.lot_stock_id, 1, lot_id=serial)
        order.order_line.product_uom_qty = 3
        order.picking_ids.filtered(lambda picking: picking.state != 'done').button_validate()
        return serials + more, order

    def test_named_serials_are_taken_from_the_deliveries_that_brought_them(self):
        serials, order = self._deliver_serials_apart()
        return_order = self._create_return(order, quantity=2)
        return_order.line_ids.lot_ids = serials[0] + serials[2]
        return_order.action_confirm()
        self.assertRecordValues(return_order.line_ids, [
            {'product_uom_qty': 1, 'lot_ids': serials[0].ids}, {'product_uom_qty': 1, 'lot_ids': serials[2].ids}])
        self.assertEqual(return_order.picking_ids.move_ids.lot_ids, serials[0] + serials[2])

    def test_a_serial_of_the_second_delivery_finds_it(self):
        serials, order = self._deliver_serials_apart()
        return_order = self._create_return(order, quantity=1)
        return_order.line_ids.lot_ids = serials[1]
        return_order.action_confirm()
        self.assertEqual(return_order.line_ids.origin_move_id.lot_ids, serials[1:])

    def test_a_named_serial_whose_delivery_is_used_up_is_refused(self):
        serials, order = self._deliver_serials_apart()
        unnamed = self._create_return(order, quantity=2)
        unnamed.line_ids.origin_move_id = order.order_line.move_ids.filtered(lambda move: move.quantity == 2)
        unnamed.action_confirm()
        return_order = self._create_return(order, quantity=1)
        return_order.line_ids.lot_ids = serials[1]
        with self.assertRaisesRegex(ValidationError, "SN-2 of .* cannot be returned"):
            return_order.action_submit()

    def test_the_serial_of_another_delivery_may_arrive(self):
        """Nobody named it: the return is about the delivery that brought it, with its claim and its cost."""
        serials, order = self._deliver_serials_apart()
        return_order = self._create_confirmed_return(order, quantity=1)
        receipt = return_order.picking_ids
        receipt.move_ids.move_line_ids.lot_id = serials[2]
        self._receive(return_order)
        second = order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'outgoing').move_ids.filtered(
            lambda move: serials[2] in move.lot_ids)
        self.assertEqual(second.lot_ids, serials[1:], "It left with the second delivery.")
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 1, 'origin_move_id': second.id}])
        self.assertEqual(self._create_confirmed_return(order, quantity=2).state, 'approved')
