from odoo import fields, models


class ReturnsClose(models.TransientModel):
    """Closes the open rest of the chosen returns with a reason that the customers can read."""

    _name = 'returns.close'
    _inherit = 'returns.dialog'
    _description = "Close the Rest of Returns"

    text_id = fields.Many2one(domain="[('verb', '=', 'close')]")

    def action_close_rest(self):
        self.ensure_one()
        return self.order_ids._decide('close_rest', self._get_text_by_lang())
