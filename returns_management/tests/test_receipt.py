from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestReceipt(ReturnsCommon):
    """Did it come back? The receipt of a return, in Odoo's own screens."""

    def test_what_was_announced_in_a_locked_period_arrives_today(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        receipt = return_order.picking_ids
        receipt.scheduled_date = self._days_ago(5)
        self.company.fiscalyear_lock_date = fields.Date.today() - timedelta(days=1)
        self._receive(return_order)
        self.assertEqual(return_order.reception_status, 'full')
        self.assertEqual(receipt.scheduled_date.date(), fields.Date.today())

    def test_one_receipt_announces_all_lines(self):
        other = self._create_storable("Sock")
        order = self._create_delivered_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 5, 'price_unit': 100})
            for product in (self.product, other)])
        return_order = self._create_confirmed_return(order)

        self.assertRecordValues(return_order.picking_ids, [{
            'picking_type_id': self.warehouse.returns_type_id.id,
            'location_id': self.env.ref('stock.stock_location_customers').id,
            'location_dest_id': self.warehouse.lot_stock_id.id,
            'origin': return_order.name,
            'state': 'assigned',
            'partner_id': self.customer.id,
            'sale_id': order.id,
        }])
        self.assertRecordValues(return_order.picking_ids.move_ids, [
            {
                'returns_line_id': line.id,
                'origin_returned_move_id': line.origin_move_id.id,
                'sale_line_id': line.sale_line_id.id,
                'product_uom_qty': 2,
                'to_refund': True,
            }
            for line in return_order.line_ids
        ])

    def test_one_receipt_announces_several_orders(self):
        orders = self._create_delivered_order() + self._create_delivered_order()
        return_order = self._create_confirmed_return(orders, partner_id=self.customer.id)
        self.assertEqual(len(return_order.picking_ids), 1)
        self.assertEqual(return_order.picking_ids.move_ids.sale_line_id, orders.order_line)

    def test_receipts_are_numbered_one_after_the_other_at_once(self):
        """As Odoo numbers them, each operation type by its own sequence, but with one query for each of these."""
        types = self.warehouse.returns_type_id + self.env['stock.warehouse'].create({
            'name': "Second", 'code': 'SEC'}).returns_type_id
        counts = []
        for count in (1, 1, 21):
            following = [picking_type.sequence_id.get_next_char(
                picking_type.sequence_id.number_next_actual) for picking_type in types]
            vals_list = [{'picking_type_id': picking_type.id} for _ in range(count) for picking_type in types]
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env['stock.picking']._number_returns_transfers(vals_list)
            counts.append(self.cr.sql_log_count - before)
            names = [vals['name'] for vals in vals_list]
            self.assertEqual(names[:2], following)
            self.assertEqual(len(set(names)), 2 * count)
        self.assertEqual(counts[1], counts[2])
        self.assertEqual(sorted(names[::2]), names[::2])

    def test_c4_of_three_lines_one_is_received_and_the_others_stay_expected(self):
        order = self._create_delivered_order(order_line=[
            Command.create({'product_id': self._create_storable(name).id, 'product_uom_qty': 5})
            for name in ("Shoe", "Sock", "Hat")])
        return_order = self._create_confirmed_return(order)
        receipt = return_order.picking_ids.with_user(self.stock_user)
        receipt.move_ids[1].write({'quantity': 2, 'picked': True})
        receipt.button_validate()
        self.assertRecordValues(return_order.line_ids, [
            {'qty_received': 0, 'qty_to_receive': 2}, {'qty_received': 2, 'qty_to_receive': 0},
            {'qty_received': 0, 'qty_to_receive': 2}])
        backorder = return_order.picking_ids - receipt.sudo()
        self.assertEqual(backorder.move_ids.returns_line_id, return_order.line_ids[0] + return_order.line_ids[2])

    def test_of_receipts_validated_together_what_was_picked_in_one_counts_there(self):
        sock = self._create_storable("Sock")
        picked, untouched = (
            self._create_confirmed_return(self._create_delivered_order(order_line=[
                Command.create({'product_id': product.id, 'product_uom_qty': 5, 'price_unit': 100})
                for product in (self.product, sock)]))
            for _number in range(2))
        picked.line_ids[0].move_ids.picked = True
        (picked + untouched).picking_ids.button_validate()
        self.assertEqual(picked.line_ids.mapped('qty_received'), [2, 0])
        self.assertEqual(untouched.line_ids.mapped('qty_received'), [2, 2])

    def test_a_line_that_is_not_approved_is_not_announced(self):
        self.policy.auto_approve = False
        orders = self._create_delivered_order() + self._create_delivered_order()
        return_order = self._create_return(orders, partner_id=self.customer.id)
        return_order.action_submit()
        return_order.line_ids[0].qty_approved = 0
        return_order.action_approve()
        self.assertEqual(return_order.picking_ids.move_ids.returns_line_id, return_order.line_ids[1])

    def test_transfers_without_a_return_are_as_in_core(self):
        """A receipt merges equal moves, and takes what was added by hand, whoever owns it."""
        supplier = self.env.ref('stock.stock_location_suppliers')
        move = {
            'product_id': self.product.id, 'product_uom_qty': 1, 'location_id': supplier.id,
            'location_dest_id': self.warehouse.lot_stock_id.id,
        }
        picking = self.env['stock.picking'].create({
            'picking_type_id': self.warehouse.in_type_id.id, 'location_id': supplier.id,
            'location_dest_id': self.warehouse.lot_stock_id.id, 'move_ids': [Command.create(move) for _ in range(2)]})
        picking.action_confirm()
        self.assertEqual(picking.move_ids.mapped('product_uom_qty'), [2])
        picking.button_validate()
        self.assertRecordValues(picking.move_ids, [{'returns_line_id': False, 'quantity': 2, 'state': 'done'}])

    def test_goods_come_back_at_the_cost_they_left_with(self):
        order = self._create_delivered_order()
        self.product.standard_price = 72
        return_order = self._create_received_return(order)
        self.assertEqual(return_order.picking_ids.move_ids.value, 120)

    def test_a_part_received_leaves_the_rest_expected(self):
        return_order = self._create_confirmed_return(self._create_delivered_order(), quantity=3)

        self._receive(return_order, quantity=2)

        self.assertRecordValues(return_order.line_ids, [{'qty_received': 2, 'qty_to_receive': 1}])
        self.assertEqual(return_order.reception_status, 'partial')
        self.assertEqual(len(return_order.picking_ids), 2, "The backorder belongs to the same return.")

        self._receive(return_order)

        self.assertRecordValues(return_order.line_ids, [{'qty_received': 3, 'qty_to_receive': 0}])
        self.assertEqual(return_order.reception_status, 'full')

    def test_c5_more_than_announced_may_arrive_but_not_more_than_was_delivered(self):
        order = self._create_delivered_order()
        return_order = self._create_confirmed_return(order)
        self._receive(return_order, quantity=4)
        self.assertEqual(return_order.line_ids.qty_received, 4)

        second = self._create_confirmed_return(order, quantity=1)
        with self.assertRaisesRegex(UserError, "More would come back"):
            self._receive(second, quantity=2)

    def test_a_stock_user_receives_without_returns_rights(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        picking = return_order.picking_ids.with_user(self.stock_user)
        picking.move_ids.write({'quantity': 2, 'picked': True})
        picking.button_validate()
        self.assertEqual(return_order.reception_status, 'full')
        self.assertTrue(return_order.credit_note_ids)

    def test_a_wrong_item_in_the_parcel_is_no_order_line(self):
        order = self._create_delivered_order()
        return_order = self._create_confirmed_return(order)
        wrong = self._create_storable("Somebody's Hat")
        picking = return_order.picking_ids
        picking.move_ids = [Command.create({
            'product_id': wrong.id, 'product_uom_qty': 1, 'quantity': 1, 'picked': True,
            'location_id': picking.location_id.id, 'location_dest_id': picking.location_dest_id.id,
        })]
        self._receive(return_order)
        self.assertRecordValues(order.order_line, [{'product_id': self.product.id, 'qty_delivered': 3}])

    def test_a_wrong_item_takes_nothing_off_the_order_whatever_the_transfer_says(self):
        """Neither by an order line with a negative quantity, nor off the line of something else of the order."""
        sock = self._create_storable("Sock")
        order = self._create_delivered_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 5}) for product in (self.product, sock)])
        return_order = self._create_return(order)
        return_order.line_ids[1].unlink()
        return_order.action_confirm()
        picking = return_order.picking_ids
        picking.move_ids = [
            Command.create({
                'product_id': wrong.id, 'product_uom_qty': 1, 'quantity': 1, 'picked': True, 'to_refund': True,
                'location_id': picking.location_id.id, 'location_dest_id': picking.location_dest_id.id})
            for wrong in (sock, self._create_storable("Somebody's Hat"))]
        self._receive(return_order)
        self.assertRecordValues(order.order_line, [
            {'product_id': self.product.id, 'qty_delivered': 3}, {'product_id': sock.id, 'qty_delivered': 5}])

    def test_what_comes_from_our_own_stock_did_not_come_back(self):
        """Somebody changes where the receipt comes from."""
        order = self._create_delivered_order()
        return_order = self._create_confirmed_return(order)
        return_order.picking_ids.location_id = self.warehouse.lot_stock_id
        self.assertEqual(return_order.line_ids.qty_to_receive, 0)
        self._receive(return_order)
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 0, 'qty_to_credit': 0}])
        self.assertFalse(return_order.credit_note_ids)
        self.assertEqual(order.order_line.qty_delivered, 5)

    def test_c5_another_product_on_the_announced_move_is_a_wrong_item(self):
        order = self._create_delivered_order()
        return_order = self._create_confirmed_return(order)
        return_order.picking_ids.move_ids.product_id = self._create_storable("Somebody's Hat")
        self._receive(return_order)
        self.assertEqual(order.order_line.product_id, self.product)
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 0, 'qty_to_credit': 0}])

    def test_more_of_the_product_added_by_hand_is_counted(self):
        order = self._create_delivered_order()
        return_order = self._create_confirmed_return(order)
        picking = return_order.picking_ids
        picking.move_ids = [Command.create({
            'product_id': self.product.id, 'product_uom_qty': 1, 'quantity': 1, 'picked': True,
            'location_id': picking.location_id.id, 'location_dest_id': picking.location_dest_id.id,
        })]
        self._receive(return_order)
        self.assertEqual(return_order.line_ids.qty_received, 3)
        self.assertRecordValues(order.order_line, [{'qty_delivered': 2}])

    def test_a_correction_leaves_no_more_back_than_was_delivered(self):
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        with self.assertRaisesRegex(UserError, "More would come back"):
            return_order.picking_ids.move_ids.move_line_ids.quantity = 9
        delivery = order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'outgoing')
        with self.assertRaisesRegex(UserError, "More would come back"):
            delivery.move_ids.move_line_ids.quantity = 1

    def test_a_reception_always_counts_for_the_order(self):
        order = self._create_delivered_order()
        return_order = self._create_confirmed_return(order)
        return_order.picking_ids.move_ids.to_refund = False
        self._receive(return_order)
        self.assertRecordValues(order.order_line, [{'qty_delivered': 3}])

    def test_lines_of_the_same_product_stay_apart(self):
        order = self._create_delivered_order()
        return_order = self._create_return(order, quantity=1)
        return_order.line_ids = [Command.create({'sale_line_id': order.order_line.id, 'product_uom_qty': 2})]
        return_order.action_confirm()
        self.assertEqual(return_order.picking_ids.move_ids.returns_line_id, return_order.line_ids)
        self.assertEqual(return_order.picking_ids.move_ids.mapped('product_uom_qty'), [1, 2])

    def test_delivered_serials_are_expected_back(self):
        product = self._create_storable("Watch", tracking='serial')
        self.env['stock.quant']._unlink_zero_quants()
        self.env['stock.quant'].search([('product_id', '=', product.id)]).sudo().unlink()
        serials = self.env['stock.lot'].create([{'name': name, 'product_id': product.id} for name in ("W1", "W2")])
        for serial in serials:
            self.env['stock.quant']._update_available_quantity(product, self.warehouse.lot_stock_id, 1, lot_id=serial)
        order = self._create_order(quantity=2, product=product)
        order.picking_ids.button_validate()

        return_order = self._create_confirmed_return(order, quantity=2)

        self.assertEqual(return_order.picking_ids.move_ids.lot_ids, serials)

    def test_two_step_reception_counts_what_came_from_outside_only(self):
        self.warehouse.reception_steps = 'two_steps'
        return_order = self._create_received_return(self._create_delivered_order())
        self.assertEqual(return_order.line_ids.qty_received, 2)

    def test_only_what_was_delivered_comes_back(self):
        """A move that does not say which delivery it returns is no reception of it."""
        return_order = self._create_confirmed_return(self._create_delivered_order())
        return_order.picking_ids.move_ids.origin_returned_move_id = False
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 0, 'qty_to_receive': 0}])

    def test_a_return_of_the_receipt_is_no_reception(self):
        return_order = self._create_received_return(self._create_delivered_order())
        receipt = return_order.picking_ids
        back = self._reverse(receipt, quantity=1)
        self.assertFalse(back.returns_order_id)
        self.assertFalse(back.move_ids.returns_line_id)

    def test_every_warehouse_has_its_operation_type_and_location(self):
        warehouse = self.env['stock.warehouse'].create({'name': "Second", 'code': 'SEC'})
        incoming = self.env['stock.picking.type'].search(
            [('code', '=', 'incoming'), ('company_id', '=', self.company.id)])

        self.assertRecordValues(warehouse.returns_type_id, [{
            'code': 'incoming', 'create_backorder': 'always', 'warehouse_id': warehouse.id,
            'default_location_dest_id': warehouse.lot_stock_id.id, 'barcode': 'SECRET', 'company_id': self.company.id,
        }])
        self.assertEqual(incoming.sorted('sequence')[-1], warehouse.returns_type_id)
        self.assertRecordValues(warehouse.returns_location_id, [{
            'usage': 'internal', 'location_id': False, 'company_id': self.company.id}])

    def test_a_warehouse_from_before_gets_them_once(self):
        warehouse = self.warehouse
        warehouse.returns_type_id.unlink()
        warehouse.returns_location_id.name = "Something else"
        warehouse.returns_location_id = False
        self.env['stock.warehouse']._create_missing_returns_data()
        made = warehouse.returns_type_id, warehouse.returns_location_id
        self.assertTrue(all(made))
        self.env['stock.warehouse']._create_missing_returns_data()
        self.assertEqual((warehouse.returns_type_id, warehouse.returns_location_id), made)

    def test_what_an_earlier_installation_left_is_taken_back(self):
        left = self.warehouse.returns_type_id, self.warehouse.returns_location_id
        self.warehouse.write({'returns_type_id': False, 'returns_location_id': False})
        self.env['stock.warehouse']._create_missing_returns_data()
        self.assertEqual((self.warehouse.returns_type_id, self.warehouse.returns_location_id), left)

    def test_archiving_a_warehouse_archives_its_returns_location(self):
        warehouse = self.env['stock.warehouse'].create({'name': "Second", 'code': 'SEC'})
        warehouse.active = False
        self.assertFalse(warehouse.returns_location_id.active)
        self.assertFalse(warehouse.returns_type_id.active)

    def test_the_returns_location_is_valued_but_not_on_hand(self):
        product = self._create_storable("Hat")
        before = product.qty_available
        self.env['stock.quant']._update_available_quantity(product, self.warehouse.returns_location_id, 7)
        product.invalidate_recordset()
        self.assertEqual(product.with_context(warehouse_id=self.warehouse.id).qty_available, before)
        self.assertTrue(self.warehouse.returns_location_id.is_valued_internal)

    def test_core_returns_keep_their_operation_type(self):
        self.assertEqual(self.warehouse.out_type_id.return_picking_type_id, self.warehouse.in_type_id)
