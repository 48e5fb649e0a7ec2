from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ReturnsExchangeCommon


@tagged('post_install', '-at_install')
class TestExchangeLots(ReturnsExchangeCommon):
    """What goes out in place of what came has numbers, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.serials, cls.order = cls._create_delivered_serials(count=2)
        cls.spare = cls.env['stock.lot'].create({'name': "SN-SPARE", 'product_id': cls.serials.product_id.id})
        cls.env['stock.quant']._update_available_quantity(
            cls.spare.product_id, cls.warehouse.lot_stock_id, 1, lot_id=cls.spare)

    def _create_received(self, action, **values):
        """The first watch came back, and something goes out for it."""
        return_order = self._create_return(self.order, quantity=1)
        return_order.line_ids.write({
            'lot_ids': self.serials[0].ids,
            'resolution_id': self.env.ref(f'returns_management.returns_resolution_{action}').id, **values})
        return_order.action_confirm()
        return_order.picking_ids.button_validate()
        return return_order

    def _send_lot(self, return_order, lot):
        delivery = return_order.delivery_ids.with_user(self.stock_user)
        delivery.move_ids.move_line_ids.lot_id = lot
        delivery.move_ids.picked = True
        delivery.button_validate()

    def test_g5_a_replacement_is_sent_with_the_chosen_lot_of_another_product(self):
        cream = self._create_storable("Cream", tracking='lot')
        self.env['stock.quant'].search([('product_id', '=', cream.id)]).sudo().unlink()
        lots = self.env['stock.lot'].create([{'name': name, 'product_id': cream.id} for name in ("LA", "LB")])
        for lot in lots:
            self.env['stock.quant']._update_available_quantity(cream, self.warehouse.lot_stock_id, 5, lot_id=lot)
        return_order = self._create_received('exchange', exchange_product_id=cream.id)
        self._send_lot(return_order, lots[1])
        self.assertEqual(return_order.exchange_order_ids.picking_ids.move_line_ids.lot_id, lots[1])
        self.assertEqual(return_order.line_ids.qty_replaced, 1)

    def test_g6_a_serial_that_is_still_with_a_customer_is_no_replacement_and_no_give_back(self):
        for action in ('exchange', 'send_back'):
            with self.subTest(action=action), self.env.cr.savepoint() as savepoint:
                return_order = self._create_received(action)
                with self.assertRaisesRegex(UserError, "SN-2 cannot be sent"), self.env.cr.savepoint():
                    self._send_lot(return_order, self.serials[1])
                self.env.invalidate_all()
                self.assertEqual(return_order.replacement_status, 'pending')
                savepoint.rollback()
                self.env.invalidate_all()

    def test_g6_a_serial_that_is_here_is_sent(self):
        return_order = self._create_received('exchange')
        self._send_lot(return_order, self.spare)
        self.assertEqual(return_order.line_ids.qty_replaced, 1)

    def test_g6_nor_is_it_what_another_product_is_exchanged_for(self):
        gone, _order = self._create_delivered_serials(count=1)
        here = self.env['stock.lot'].create({'name': "SN-HERE", 'product_id': gone.product_id.id})
        self.env['stock.quant']._update_available_quantity(
            here.product_id, self.warehouse.lot_stock_id, 1, lot_id=here)
        return_order = self._create_received('exchange', exchange_product_id=here.product_id.id)
        with self.assertRaisesRegex(UserError, "SN-1 cannot be sent"), self.env.cr.savepoint():
            self._send_lot(return_order, gone)
        self.env.invalidate_all()
        self._send_lot(return_order, here)
        self.assertEqual(return_order.line_ids.qty_replaced, 1)

    def test_g6_what_the_vendor_sends_to_the_customer_need_not_be_here(self):
        ring = self.env['product.product'].create({'name': "Ring", 'is_storable': True, 'tracking': 'serial'})
        return_order = self._create_received('exchange', exchange_product_id=ring.id)
        return_order.delivery_ids.action_cancel()
        dropship = self.env['stock.move'].create({
            'product_id': ring.id, 'product_uom_qty': 1, 'picking_type_id': self.warehouse.out_type_id.id,
            'sale_line_id': return_order.exchange_order_ids.order_line.id,
            'location_id': self.env.ref('stock.stock_location_suppliers').id,
            'location_dest_id': self.env.ref('stock.stock_location_customers').id})
        dropship._action_confirm()
        dropship.write({'quantity': 1, 'picked': True})
        dropship.move_line_ids.lot_id = self.env['stock.lot'].create({'name': "R-1", 'product_id': ring.id})
        dropship._action_done()
        self.assertEqual(return_order.line_ids.qty_replaced, 1)
