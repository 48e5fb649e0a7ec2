from odoo import fields, models


class ReturnsOrder(models.Model):
    """When a return was called off: what is told as of an earlier day still counts it."""

    _inherit = 'returns.order'

    date_called_off = fields.Datetime("Called Off On", readonly=True, copy=False)

    def _transition(self, verb, **values):
        """Override to remember when a return was cancelled or refused, and to forget it when it lives again."""
        called_off = fields.Datetime.now() if verb in ('cancel', 'refuse') else False
        super()._transition(verb, date_called_off=called_off, **values)
