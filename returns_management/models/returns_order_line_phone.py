from odoo import models
from odoo.exceptions import UserError


class ReturnsOrderLine(models.Model):
    _inherit = 'returns.order.line'

    def _check_phone_lines(self):
        """:raise UserError: naming all that the clerk has to correct while the customer is on the phone"""
        silent = self.filtered(lambda line: not line.reason_id)
        if silent:
            raise UserError(self.env._(
                "Choose why it comes back: %s.", ", ".join(silent.product_id.mapped('display_name'))))
        excess = self.objection_ids.filtered(lambda objection: objection.code == 'quantity')
        if excess:
            raise UserError("\n".join(excess.mapped('message')))
