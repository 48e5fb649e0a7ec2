from odoo import models
from odoo.exceptions import UserError


class ReturnsOrder(models.Model):
    """What is not to come any more is not exchanged either."""

    _inherit = 'returns.order'

    def _close_rest(self):
        """Override: a replacement of the rest that was announced in advance and has not left is called off."""
        super()._close_rest()
        lines_sudo = self.sudo().line_ids.filtered(lambda line: line._get_qty_surplus() > 0)
        # The clerk who closes a return needs no rights in stock or sales to call off what it sends.
        lines_sudo.filtered(lambda line: not line._is_other_product())._call_off_replacements()
        lines_sudo.filtered(lambda line: line._is_other_product())._call_off_exchange_orders()

    def _check_exchange_bills(self):
        """What was closed is not billed either.

        :raise UserError: naming the exchange orders of which more is invoiced than the customer gets
        """
        over_billed = self.sudo().exchange_order_ids.order_line.filtered(
            lambda line: line.qty_invoiced > line.product_uom_qty).order_id
        if over_billed:
            raise UserError(self.env._(
                "%s bills more than the customer gets, since the rest of the return was closed. Correct its invoice.",
                ", ".join(over_billed.mapped('name'))))
