from odoo import Command, api, fields, models


class ReturnsRefuse(models.TransientModel):
    """Asks for the text that goes to the customer, and refuses the chosen returns with it."""

    _name = 'returns.refuse'
    _description = "Refuse Returns"

    order_ids = fields.Many2many('returns.order', string="Returns", required=True)
    refusal_note = fields.Text("Why?", required=True, help="The customer can read it.")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if 'order_ids' in fields and self.env.context.get('active_model') == 'returns.order':
            values['order_ids'] = [Command.set(self.env.context.get('active_ids', []))]
        return values

    def action_refuse(self):
        self.ensure_one()
        self.order_ids.refusal_note = self.refusal_note
        self.order_ids.action_refuse()
        return {'type': 'ir.actions.act_window_close'}
