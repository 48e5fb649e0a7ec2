from odoo import fields, models


class ReturnsAsk(models.TransientModel):
    """Asks the customers of the chosen returns, and parks these until the answer comes."""

    _name = 'returns.ask'
    _inherit = 'returns.dialog'
    _description = "Ask the Customer"

    text_id = fields.Many2one(domain="[('verb', '=', 'ask')]")

    def action_ask(self):
        self.ensure_one()
        return self.order_ids._decide('ask_customer', self._get_text_by_lang())
