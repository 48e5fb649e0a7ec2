from odoo import models


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
