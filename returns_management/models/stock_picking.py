from odoo import fields, models


class StockPicking(models.Model):
    _inherit = 'stock.picking'

    returns_order_id = fields.Many2one(
        'returns.order', string="Return", copy=False, index='btree_not_null', ondelete='set null',
        check_company=True, readonly=True)

    def _create_backorder_picking(self):
        """Override of `stock`: what comes later belongs to the same return."""
        backorder = super()._create_backorder_picking()
        if self.returns_order_id:
            backorder.returns_order_id = self.returns_order_id
        return backorder
