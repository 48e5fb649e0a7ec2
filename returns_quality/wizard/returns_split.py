from odoo import fields, models


class ReturnsSplit(models.TransientModel):
    """Asks how much of an inspection has another result."""

    _name = 'returns.split'
    _description = "Divide an Inspection"

    inspection_id = fields.Many2one('returns.inspection', required=True, readonly=True, ondelete='cascade')
    product_uom_id = fields.Many2one(related='inspection_id.product_uom_id')
    quantity = fields.Float("How Much Is Different?", digits='Product Unit', required=True, default=1.0)

    def action_split(self):
        self.ensure_one()
        part = self.inspection_id.action_split(self.quantity)
        return {
            'type': 'ir.actions.act_window', 'res_model': 'returns.inspection', 'res_id': part.id,
            'views': [(False, 'form')],
        }
