from odoo import fields, models
from odoo.exceptions import UserError


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

    def _validate_parcel(self):
        """Validate what the dock has counted, through the ordinary button.

        :raise UserError: when Odoo has a question about it that somebody has to answer in the transfer
        """
        self.ensure_one()
        if self.state == 'draft':
            self.action_confirm()
        self.button_validate()
        if self.state != 'done':
            raise UserError(self.env._(
                "Odoo has a question about %s. Open it under Inventory → Receipts and validate it there.", self.name))
