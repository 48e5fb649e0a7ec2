from odoo import fields, models


class ReturnsApprove(models.TransientModel):
    """Approves the chosen returns, with a text for the customers if there is something to say."""

    _name = 'returns.approve'
    _inherit = 'returns.dialog'
    _description = "Approve Returns"

    text_id = fields.Many2one(domain="[('verb', '=', 'approve')]")

    def action_approve(self):
        self.ensure_one()
        return self.order_ids._decide('approve', self._get_text_by_lang())
