from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestTours(ReturnsCommon, HttpCase):
    """The whole way in a browser, by clicks and scans alone, each step by the person whose job it is."""

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

    def _create_numbered_returns(self, prefix, order, quantities):
        """Confirmed returns `prefix`/01, /02, … of these quantities of `order`."""
        returns = self.env['returns.order'].sudo().create([
            {
                'name': f"{prefix}/{number:02}",
                'partner_id': order.partner_id.id,
                'line_ids': [Command.create({
                    'sale_line_id': order.order_line.id, 'product_uom_qty': quantity, 'reason_id': self.reason.id})],
            }
            for number, quantity in quantities.items()
        ])
        returns.action_confirm()
        return returns

    def test_a_cage_of_60_parcels_at_the_dock(self):
        hat = self._create_storable("Somebody's Hat", barcode="SOMEBODYS-HAT")
        order = self._create_delivered_order(quantity=60)
        returns = self._create_numbered_returns("CAGE", order, dict.fromkeys(range(1, 51), 1))
        for number, return_order in enumerate(returns, start=1):
            return_order.tracking_ref = f"TRACK-{number:02}"
        stock_before = self.product.qty_available

        self.start_tour('/odoo', 'returns_dock_cage_tour', login=self.stock_user.login, timeout=400)
        self.env.invalidate_all()

        clean, wrong, empty = returns[:45], returns[45:48], returns[48:]
        self.assertEqual(set(clean.mapped('reception_status')), {'full'})
        self.assertEqual(set(clean.mapped('next_step')), {'credit'})
        self.assertEqual(self.product.qty_available, stock_before + 45)
        self.assertRecordValues(wrong, [{'reception_status': 'pending', 'next_step': 'review'}] * 3)
        self.assertRecordValues(empty, [{'reception_status': 'no', 'next_step': 'review', 'state': 'approved'}] * 2)
        self.assertRecordValues(
            self.env['stock.quant'].search([('location_id', '=', self.warehouse.returns_location_id.id)]),
            [{'product_id': hat.id, 'quantity': 3, 'owner_id': self.customer.id}])
        self.assertEqual(order.order_line.qty_delivered, 15)
        self.assertEqual(order.order_line.product_id, self.product, "A wrong item is no order line.")
        parcels = self.env['returns.parcel'].search([('kind', '=', 'unknown')])
        self.assertEqual(set(parcels.mapped('tracking_ref')), {f"LOST-{number:02}" for number in range(1, 11)})
        self.assertEqual(set(parcels.mapped('state')), {'open'})

    def test_every_way_of_a_parcel_at_the_dock(self):
        self.product.barcode = "SHOE-1"
        watch = self.env['product.product'].create({
            'name': "Watch", 'is_storable': True, 'tracking': 'serial', 'list_price': 100})
        for name in ("W1", "W2"):
            self.env['stock.quant']._update_available_quantity(
                watch, self.warehouse.lot_stock_id, 1,
                lot_id=self.env['stock.lot'].create({'name': name, 'product_id': watch.id}))
        order = self._create_delivered_order()
        shoes = self._create_numbered_returns("WAYS", order, {1: 3, 3: 1})
        watches = self._create_numbered_returns("WAYS", self._create_delivered_order(2, product=watch), {2: 2})
        nora = self.env['res.partner'].create({'name': "Nora Number"})
        silent, undelivered = (
            self._create_delivered_order(2, partner_id=nora.id, client_order_ref=f"PO-NORA-{number}")
            for number in (1, 2))

        self.start_tour('/odoo', 'returns_dock_ways_tour', login=self.stock_user.login, timeout=120)
        self.env.invalidate_all()

        self.assertEqual(shoes.line_ids.mapped('qty_received'), [2, 0])
        self.assertIn("A brick", shoes[1].parcel_note)
        done = watches.picking_ids.move_ids.filtered(lambda move: move.state == 'done')
        self.assertEqual(done.lot_ids.name, "W2")
        for sale_order in (silent, undelivered):
            self.assertRecordValues(sale_order.returns_order_ids, [{
                'source': 'warehouse', 'next_step': 'review', 'reception_status': 'full'}])
        self.assertIn("never got", undelivered.returns_order_ids.parcel_note)
        self.assertRecordValues(self.env['returns.parcel'].search([]), [{
            'tracking_ref': "NOBODY-KNOWS", 'sender': "Somebody", 'state': 'open'}])
