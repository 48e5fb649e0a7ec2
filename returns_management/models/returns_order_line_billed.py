from odoo import fields, models


class ReturnsOrderLine(models.Model):
    """Was it invoiced when it came back? What was is credited, however much the order is raised afterwards."""

    _inherit = 'returns.order.line'

    qty_unbilled = fields.Float(
        "Came Back Before It Was Invoiced", digits='Product Unit', readonly=True, copy=False,
        help="It was taken off what is to be invoiced, and needs no credit note.")

    def _enter_unbilled(self, unbilled, moves):
        """Note how much of what has just arrived was not invoiced at that time.

        :param dict unbilled: what was delivered and not invoiced before it arrived, in the unit of the product, by
            `sale.order.line`; what is noted is taken off
        :param moves: the `stock.move` records that arrived
        """
        for line in self.filtered(lambda line: unbilled.get(line.sale_line_id)):
            came = sum(
                move.product_uom._compute_quantity(move.quantity, line.product_id.uom_id, round=False)
                for move in line.move_ids & moves if line._is_reception(move))
            part = min(came, unbilled[line.sale_line_id])
            unbilled[line.sale_line_id] -= part
            line.qty_unbilled += line._convert_product_qty(part)

    def _forget_billed(self):
        """An invoice is withdrawn: what came back counts as not invoiced, and is credited as far as others bill it."""
        for line in self.filtered(lambda line: line.qty_received > line.qty_unbilled):
            line.qty_unbilled = line.qty_received

    def _get_qty_billed_back(self, unit):
        """What came back after it had been invoiced, in `unit`."""
        self.ensure_one()
        return self._convert_qty(max(0.0, self.qty_received - self.qty_unbilled), unit)
