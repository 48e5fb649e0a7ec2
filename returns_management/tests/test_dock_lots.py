from odoo.tests import tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestDockLots(ReturnsCommon):
    """A return names its serial numbers, and the parcel brings those or others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.serials, cls.order = cls._create_delivered_serials(count=3)
        cls.dock = cls.env['returns.dock'].with_user(cls.stock_user)
        cls.return_order = cls._create_named(cls.serials[0])
        cls.return_order.action_confirm()

    @classmethod
    def _create_named(cls, serials):
        return_order = cls._create_return(cls.order, len(serials))
        return_order.line_ids.lot_ids = serials
        return return_order

    def _receive_serial(self, serial):
        item = self.dock.scan(self.warehouse.id, serial.name, order_id=self.return_order.id)
        self.assertEqual(item['lot_id'], serial.id)
        self.dock.receive(self.warehouse.id, self.return_order.id, {self.return_order.line_ids.id: 1}, {
            self.return_order.line_ids.id: {serial.id: 1}})
        self.env.invalidate_all()

    def _get_held(self):
        return self.env['stock.quant'].search([('location_id', '=', self.warehouse.returns_location_id.id)]).lot_id

    def test_the_named_one_is_received(self):
        self._receive_serial(self.serials[0])
        self.assertRecordValues(self.return_order, [{'reception_status': 'full', 'parcel_note': False}])

    def test_another_one_of_the_same_delivery_is_taken_for_it(self):
        """The customer has mixed them up: what is here is here, and the named one can still be returned."""
        self._receive_serial(self.serials[1])
        self.assertEqual(self.return_order.line_ids.qty_received, 1)
        self.assertFalse(self._get_held())
        self._create_named(self.serials[0]).action_confirm()

    def test_one_that_another_return_names_is_held_for_that(self):
        named = self._create_named(self.serials[1])
        named.action_confirm()
        self._receive_serial(self.serials[1])
        self.assertRecordValues(self.return_order.line_ids, [{'qty_received': 0, 'qty_to_receive': 1}])
        self.assertEqual(self._get_held(), self.serials[1])
        self.assertIn("SN-2", self.return_order.parcel_note)

    def test_one_that_was_never_delivered_is_held(self):
        self._receive_serial(self.serials[0].copy({'name': "SN-9"}))
        self.assertRecordValues(self.return_order.line_ids, [{'qty_received': 0, 'qty_to_receive': 1}])
        self.assertEqual(self._get_held().name, "SN-9")

    # === Lots and serial numbers that go out and come in ===

    def test_g1_the_lots_that_were_delivered_are_expected_with_their_quantities(self):
        product = self._create_storable("Cream", tracking='lot')
        self.env['stock.quant'].search([('product_id', '=', product.id)]).sudo().unlink()
        lots = self.env['stock.lot'].create([{'name': name, 'product_id': product.id} for name in ("LA", "LB")])
        for lot, quantity in zip(lots, (1, 2), strict=True):
            self.env['stock.quant']._update_available_quantity(
                product, self.warehouse.lot_stock_id, quantity, lot_id=lot)
        order = self._create_order(quantity=3, product=product)
        order.picking_ids.button_validate()
        receipt = self._create_confirmed_return(order, quantity=3).picking_ids
        self.assertEqual({line.lot_id: line.quantity for line in receipt.move_line_ids}, {lots[0]: 1, lots[1]: 2})

    def test_g4_the_very_same_serial_goes_back_to_the_customer(self):
        return_order = self._create_named(self.serials[2])
        return_order.line_ids.resolution_id = self.env.ref('returns_management.returns_resolution_send_back')
        return_order.action_confirm()
        self._receive(return_order)
        self.assertEqual(return_order.delivery_ids.move_ids.lot_ids, self.serials[2])

    def test_g9_the_slip_names_the_serial(self):
        content, _type = self.env['ir.actions.report']._render_qweb_html(
            'returns_management.returns_order_slip', self.return_order.ids)
        self.assertIn(b"SN-1", content)
        self.assertNotIn(b"SN-2", content)

    def test_a_held_serial_does_not_block_the_receipt_in_the_transfer(self):
        """What the dock holds for its owner in the same transfer is no line of the return."""
        picking = self.return_order.picking_ids
        self.return_order._hold_in_receipt(picking, [(
            self.serials.product_id, 1, self.serials[0].copy({'name': "SN-9"}))])
        picking.with_user(self.stock_user).move_ids.picked = True
        picking.with_user(self.stock_user).button_validate()
        self.assertEqual(self.return_order.line_ids.qty_received, 1)
        self.assertEqual(self._get_held().name, "SN-9")
