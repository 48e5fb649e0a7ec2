from odoo import models


class StockMove(models.Model):
    """What people take back in core, without a return."""

    _inherit = 'stock.move'

    def _is_returns_plain(self):
        """Whether this move takes back, or has taken, what a sales order delivered, and no return knows it."""
        self.ensure_one()
        origin = self.origin_returned_move_id
        quantity = self.quantity if self.state == 'done' else self.product_uom_qty
        return bool(
            self.state != 'cancel' and not self.returns_line_id and origin.sale_line_id and quantity
            and origin.product_id == self.product_id and self.location_id._is_returns_customer()
            and origin.location_dest_id._is_returns_customer())

    def _get_returns_awaiting(self):
        """The lines of open returns that wait for what these moves take back, with room for all of it.

        :return: dict of `returns.order.line` by move
        """
        lines = self.env['returns.order.line'].sudo().search([
            ('origin_move_id', 'in', self.origin_returned_move_id.ids),
            ('order_id.state', 'in', ('requested', 'approved')),
        ], order='id')
        rooms = {line: line._convert_qty(line._get_qty_awaited(), line.product_id.uom_id) for line in lines}
        awaiting = {}
        for move in self:
            quantity = move.quantity if move.state == 'done' else move.product_uom_qty
            quantity = move.product_uom._compute_quantity(
                quantity, move.product_id.uom_id, rounding_method='HALF-UP')
            fitting = lines.filtered(lambda line: (
                line.origin_move_id == move.origin_returned_move_id  # noqa: B023
                and line.product_id.uom_id.compare(rooms[line], quantity) >= 0))  # noqa: B023
            if fitting:
                awaiting[move] = fitting[0]
                rooms[fitting[0]] -= quantity
        return awaiting
