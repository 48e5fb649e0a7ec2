from odoo import models


class ReturnsOrderLine(models.Model):
    """What people take back in core may be what this line waits for."""

    _inherit = 'returns.order.line'

    def _adopt(self, move):
        """`move` brings back what this line is about; no receipt announces that a second time.

        :param move: a `stock.move` without a return, open or done
        """
        self.ensure_one()
        quantity = self._sum_moves(move)
        self._reduce_announced(quantity)
        if move.state == 'done':  # nobody noted whether it was invoiced when it came
            self.qty_unbilled += quantity
        move.write({'returns_line_id': self.id, 'sale_line_id': self.sale_line_id.id, 'to_refund': True})
        if not move.picking_id.returns_order_id:
            move.picking_id.returns_order_id = self.order_id

    def _reduce_announced(self, quantity):
        """Expect less: what was announced last comes first.

        :param quantity: in the unit of the line
        """
        self.ensure_one()
        self._reduce_moves(self._get_open_receipt_moves(), quantity)

    def _reduce_moves(self, moves, quantity):
        """Plan `quantity` less with open `moves` of this line, the last ones first.

        :param quantity: in the unit of the line; nothing happens when it is not above zero
        """
        self.ensure_one()
        for move in moves.sorted('id', reverse=True):
            if self.product_uom_id.compare(quantity, 0) <= 0:
                return
            planned = self._sum_moves(move)
            if self.product_uom_id.compare(planned, quantity) <= 0:
                move._action_cancel()
            else:
                move._do_unreserve()
                move.product_uom_qty = self.product_uom_id._compute_quantity(
                    planned - quantity, move.product_uom, rounding_method='HALF-UP')
                move._action_assign()
                move._set_returns_lots()
            quantity -= planned
