from odoo import models


class StockMove(models.Model):
    """Goods of returns that move without a credit note: their cost is booked when they move."""

    _inherit = 'stock.move'

    def _action_done(self, cancel_backorder=False):
        """Override of `stock`: the cost of what is sent for a return is booked."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves.filtered('returns_delivery_line_id')._book_returns_cost()
        return moves

    def _book_returns_cost(self):
        """What these done moves have brought or sent is booked, unless a credit note does it."""
        if not self:  # most moves have nothing to do with a return
            return
        moves_sudo = self.sudo().filtered(lambda move: move.state == 'done')
        lines_sudo = moves_sudo.returns_line_id | moves_sudo.returns_delivery_line_id
        lines_sudo.order_id._run_automatically('_book_cost')

    def _get_returns_cost(self):
        """The value at which these goods moved, in the currency of the company.

        An addon that writes down what came in with an entry of its own overrides this and adds that again: the cost
        comes back as it left, the loss is another entry.
        """
        self.ensure_one()
        return self.value


class StockMoveLine(models.Model):
    _inherit = 'stock.move.line'

    def _update_stock_move_value(self, old_qty_by_ml=None):
        """Override of `stock_account`: what was done is corrected, so is the cost that was booked for it."""
        super()._update_stock_move_value(old_qty_by_ml)
        self.move_id.filtered(lambda move: move.returns_line_id or move.returns_delivery_line_id)._book_returns_cost()
