from shop import QUANTITY_BACK


class Oca:
    """OCA's `rma` with `rma_sale`, by its own methods for many at once; it has a document for each line."""

    name = 'oca'
    title = "OCA rma"
    model = 'rma'

    def set_up(self, env):
        env.user.sudo().group_ids += env.ref('rma.rma_group_manager')

    def create(self, env, orders):
        operation = env.ref('rma.rma_operation_refund')
        self.rmas = env['rma'].create([
            {
                'partner_id': order.partner_id.id,
                'partner_invoice_id': order.partner_invoice_id.id,
                'partner_shipping_id': order.partner_shipping_id.id,
                'origin': order.name,
                'company_id': order.company_id.id,
                'location_id': order.warehouse_id.rma_loc_id.id,
                'order_id': order.id,
                'picking_id': line.move_ids.picking_id.id,
                'move_id': line.move_ids.id,
                'product_id': line.product_id.id,
                'product_uom_qty': QUANTITY_BACK,
                'product_uom': line.product_uom_id.id,
                'operation_id': operation.id,
            }
            for order in orders for line in order.order_line
        ]).ids

    def approve(self, env, orders):
        env['rma'].browse(self.rmas).action_confirm()

    def receive(self, env, orders):
        env['rma'].browse(self.rmas).reception_move_id.picking_id.button_validate()

    def credit(self, env, orders):
        env['rma'].browse(self.rmas).action_refund()

    def post(self, env, orders):
        env['rma'].browse(self.rmas).refund_id.action_post()
