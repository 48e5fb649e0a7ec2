from odoo import Command, api, fields, models

from ..models.returns_order_law import REFUSAL_GROUNDS


class ReturnsRefuse(models.TransientModel):
    """Asks for the text that goes to the customer, and refuses the chosen returns with it."""

    _name = 'returns.refuse'
    _description = "Refuse Returns"

    order_ids = fields.Many2many('returns.order', string="Returns", required=True)
    refusal_note = fields.Text("Why?", required=True, help="The customer can read it.")

    has_withdrawals = fields.Boolean(compute='_compute_has_withdrawals')
    needs_ground = fields.Boolean(compute='_compute_has_withdrawals')
    refusal_ground = fields.Selection(
        REFUSAL_GROUNDS, string="Ground of the Law", help="A withdrawal can only be refused on one of these grounds.")

    @api.depends('order_ids.legal_basis')
    def _compute_has_withdrawals(self):
        for wizard in self:
            withdrawals = wizard.order_ids.filtered(lambda order: order.legal_basis == 'withdrawal')
            wizard.has_withdrawals = bool(withdrawals)
            wizard.needs_ground = bool(withdrawals._get_groundless())

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if 'order_ids' in fields and self.env.context.get('active_model') == 'returns.order':
            values['order_ids'] = [Command.set(self.env.context.get('active_ids', []))]
        return values

    def action_refuse(self):
        self.ensure_one()
        self.order_ids.refusal_note = self.refusal_note
        if self.refusal_ground:
            withdrawals = self.order_ids.filtered(lambda order: order.legal_basis == 'withdrawal')
            withdrawals.refusal_ground = self.refusal_ground
        self.order_ids.action_refuse()
        return {'type': 'ir.actions.act_window_close'}
