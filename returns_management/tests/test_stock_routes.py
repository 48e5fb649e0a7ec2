from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NOTHING_TO_INVOICE, ReturnsCommon


@tagged('post_install', '-at_install')
class TestStockRoutes(ReturnsCommon):
    """However goods leave and come in: what came back is counted once, and the order tells the truth."""

    def _finish(self, return_order):
        """Validate all that follows a reception, step by step."""
        for _step in range(3):
            pickings = self.env['stock.picking'].search([
                ('state', 'not in', ('done', 'cancel')),
                ('move_ids.move_orig_ids.returns_line_id', 'in', return_order.line_ids.ids)])
            self._validate(pickings | return_order.picking_ids)
            pickings = self.env['stock.picking'].search([
                ('state', 'not in', ('done', 'cancel')), ('product_id', '=', self.product.id),
                ('picking_type_code', '=', 'internal'), ('company_id', '=', self.company.id)])
            self._validate(pickings)

    def _check_back(self, return_order, order, on_hand):
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 2, 'qty_to_receive': 0}])
        self.assertRecordValues(order.order_line, [{'qty_delivered': 3}])
        self.assertEqual(self.product.qty_available, on_hand)
        return_order.credit_note_ids.action_post()
        self.assertRecordValues(order.order_line, [{'qty_invoiced': 3, **NOTHING_TO_INVOICE}])

    def test_what_is_received_in_steps_is_counted_at_the_first(self):
        for steps in ('two_steps', 'three_steps'):
            with self.subTest(steps=steps):
                self.warehouse.reception_steps = steps
                on_hand = self.product.qty_available
                order = self._create_delivered_order()
                self.warehouse.returns_type_id.default_location_dest_id = self.warehouse.wh_input_stock_loc_id
                return_order = self._create_received_return(order)
                self.assertRecordValues(return_order.line_ids, [{'qty_received': 2, 'qty_in_draft_credit': 2}])
                self.assertTrue(return_order.picking_ids.move_ids.move_dest_ids, "It has more steps.")
                self._finish(return_order)
                self.env.invalidate_all()
                self._check_back(return_order, order, on_hand - 3)

    def test_a_rule_pushes_on_what_arrives_below_its_location(self):
        self.warehouse.reception_steps = 'two_steps'
        input_location = self.warehouse.wh_input_stock_loc_id
        shelf = self.env['stock.location'].create({'name': "Returns Shelf", 'location_id': input_location.id})
        receipts = {}
        for place in (shelf, self.warehouse.lot_stock_id):
            self.warehouse.returns_type_id.default_location_dest_id = place
            receipts[place] = self._create_confirmed_return(self._create_delivered_order()).picking_ids
        self._validate(self.env['stock.picking'].concat(*receipts.values()))
        self.assertEqual(receipts[shelf].move_ids.move_dest_ids.location_id, shelf)
        self.assertFalse(receipts[self.warehouse.lot_stock_id].move_ids.move_dest_ids)

    def test_what_left_in_steps_is_returned_from_the_customer(self):
        for steps in ('pick_ship', 'pick_pack_ship'):
            with self.subTest(steps=steps):
                self.warehouse.delivery_steps = steps
                order = self._create_order()
                on_hand = self.product.qty_available
                for _step in range(3):
                    self._validate(order.picking_ids)
                self._invoice(order)
                return_order = self._create_received_return(order)
                self.assertEqual(return_order.line_ids.origin_move_id.location_dest_id.usage, 'customer')
                self.env.invalidate_all()
                self._check_back(return_order, order, on_hand - 3)

    def test_c3_without_its_backorder_the_rest_is_returnable_again(self):
        order = self._create_delivered_order()
        return_order = self._create_confirmed_return(order, quantity=5)
        self._receive(return_order, quantity=3)
        self.assertRecordValues(return_order, [{'state': 'approved', 'reception_status': 'partial'}])
        return_order.action_close_rest("Kept")
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 3, 'qty_to_receive': 0}])
        self.assertEqual(self._create_confirmed_return(order, quantity=2).state, 'approved')

    def test_b12_what_was_dropshipped_comes_back_to_the_first_own_warehouse(self):
        order = self._create_order()
        order.picking_ids.action_cancel()
        dropship = self.env['stock.move'].create({
            'product_id': self.product.id, 'product_uom_qty': 5, 'sale_line_id': order.order_line.id,
            'location_id': self.env.ref('stock.stock_location_suppliers').id,
            'location_dest_id': self.env.ref('stock.stock_location_customers').id, 'price_unit': 60,
            'company_id': self.company.id, 'picking_type_id': self.warehouse.out_type_id.id})
        dropship._action_confirm()
        dropship.write({'quantity': 5, 'picked': True})
        dropship._action_done()
        self._invoice(order)
        return_order = self._create_received_return(order)
        self.assertRecordValues(return_order, [{'warehouse_id': self.warehouse.id, 'reception_status': 'full'}])
        self.assertEqual(return_order.picking_ids.location_dest_id, self.warehouse.lot_stock_id)
        self.env.invalidate_all()
        self._check_back(return_order, order, 102)

    def test_goods_return_to_the_warehouse_they_left(self):
        second = self.env['stock.warehouse'].create({'name': "Second", 'code': 'SEC'})
        self.env['stock.quant']._update_available_quantity(self.product, second.lot_stock_id, 5)
        order = self._create_delivered_order(warehouse_id=second.id)
        return_order = self._create_received_return(order)
        self.assertRecordValues(return_order.picking_ids, [{
            'picking_type_id': second.returns_type_id.id, 'location_dest_id': second.lot_stock_id.id}])

    def test_one_return_of_goods_from_two_warehouses_is_one_parcel(self):
        second = self.env['stock.warehouse'].create({'name': "Second", 'code': 'SEC'})
        self.env['stock.quant']._update_available_quantity(self.product, second.lot_stock_id, 5)
        orders = self._create_delivered_order() + self._create_delivered_order(warehouse_id=second.id)
        return_order = self._create_received_return(orders, partner_id=self.customer.id)
        self.assertEqual(return_order.picking_ids.picking_type_id, self.warehouse.returns_type_id, "C7")
        self.assertEqual(return_order.line_ids.mapped('qty_received'), [2, 2])

    def test_returns_of_two_companies_are_approved_in_one_batch_each_at_home(self):
        other = self.setup_other_company(name="Other Company")['company']
        self.env.user.company_ids |= other
        self.product.company_id = False
        env = self.env(context={**self.env.context, 'allowed_company_ids': [self.company.id, other.id]})
        warehouse = env['stock.warehouse'].search([('company_id', '=', other.id)], limit=1)
        self.env['stock.quant']._update_available_quantity(self.product, warehouse.lot_stock_id, 5)
        abroad = env['sale.order'].with_company(other).create({
            'partner_id': self.customer.id, 'company_id': other.id, 'warehouse_id': warehouse.id,
            'order_line': [Command.create({'product_id': self.product.id, 'product_uom_qty': 5, 'tax_ids': False})]})
        abroad.action_confirm()
        self._validate(abroad.picking_ids)
        returns = self._create_return(self._create_delivered_order()).with_env(env) + env['returns.order'].create({
            'partner_id': self.customer.id, 'company_id': other.id,
            'line_ids': [Command.create({'sale_line_id': abroad.order_line.id})]})
        returns.action_submit()
        returns.filtered(lambda order: order.state == 'requested').action_approve()
        for order in returns:
            self.assertEqual(order.picking_ids.picking_type_id.company_id, order.company_id)
            self.assertEqual(order.picking_ids.location_dest_id.company_id, order.company_id)

    def test_what_was_returned_and_delivered_again_comes_back_again(self):
        order = self._create_delivered_order()
        self._create_received_return(order, quantity=5).credit_note_ids.action_post()
        order.order_line.product_uom_qty = 10
        self._deliver(order)
        self._invoice(order)
        self.assertRecordValues(order.order_line, [{'qty_delivered': 5, 'qty_invoiced': 5}])
        again = self._create_received_return(order, quantity=5)
        again.credit_note_ids.action_post()
        self.assertRecordValues(order.order_line, [{'qty_delivered': 0, 'qty_invoiced': 0, 'qty_to_invoice': 0}])
        self.assertEqual(sum(self.env['returns.order'].search([
            ('sale_order_ids', 'in', order.ids)]).line_ids.mapped('qty_credited')), 10)

    def test_b6_order_and_return_lead_to_each_other(self):
        order = self._create_delivered_order()
        return_order = self._create_return(order)
        return_order.with_user(self.user).with_context(tracking_disable=False).action_submit()
        self.env.invalidate_all()
        self.assertIn(return_order.name, "".join(order.message_ids.mapped('body')))
        self.assertIn(order.name, "".join(return_order.message_ids.mapped('body')))

    def test_c17_closing_one_line_cancels_its_own_moves_only(self):
        self.warehouse.reception_steps = 'two_steps'
        self.warehouse.returns_type_id.default_location_dest_id = self.warehouse.wh_input_stock_loc_id
        hat = self._create_storable("Hat")
        order = self._create_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 5}) for product in (self.product, hat)])
        self._deliver(order)
        return_order = self._create_confirmed_return(order)
        shoe, other = return_order.line_ids
        shoe.move_ids._action_cancel()
        other.move_ids.picked = True
        return_order.picking_ids.button_validate()
        self.assertRecordValues(return_order.line_ids, [
            {'qty_received': 0, 'qty_to_receive': 0}, {'qty_received': 2, 'qty_to_receive': 0}])
        self.assertEqual(other.move_ids.move_dest_ids.mapped('state'), ['assigned'])

    def test_c15_a_service_cannot_be_sent_back(self):
        service = self.env['product.product'].create({'name': "Advice", 'type': 'service'})
        order = self._create_order(product=service)
        order.order_line.qty_delivered = 5
        with self.assertRaisesRegex(UserError, "was not delivered"):
            self._create_return(order)
        with self.assertRaisesRegex(UserError, "Nothing of"):
            order.action_create_return()
