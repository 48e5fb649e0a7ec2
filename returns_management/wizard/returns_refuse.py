from odoo import api, fields, models

from ..models.returns_order_law import REFUSAL_GROUNDS


class ReturnsRefuse(models.TransientModel):
    """Refuses the chosen returns with a text that the customers can read."""

    _name = 'returns.refuse'
    _inherit = 'returns.dialog'
    _description = "Refuse Returns"

    text_id = fields.Many2one(domain="[('verb', '=', 'refuse')]")
    has_withdrawals = fields.Boolean(compute='_compute_has_withdrawals')
    needs_ground = fields.Boolean(compute='_compute_has_withdrawals')
    refusal_ground = fields.Selection(
        REFUSAL_GROUNDS, string="Ground of the Law", help="A withdrawal can only be refused on one of these grounds.")

    @api.depends('order_ids.legal_basis')
    def _compute_has_withdrawals(self):
        for wizard in self:
            withdrawals = wizard.order_ids._origin.filtered(lambda order: order.legal_basis == 'withdrawal')
            wizard.has_withdrawals = bool(withdrawals)
            wizard.needs_ground = bool(withdrawals._get_groundless())

    def action_refuse(self):
        self.ensure_one()
        return self.order_ids._decide('refuse', self._get_text_by_lang(), refusal_ground=self.refusal_ground)
