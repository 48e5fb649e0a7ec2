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
        lines = self.filtered(lambda line: unbilled.get(line.sale_line_id))
        for line in lines:
            came = sum(
                move.product_uom._compute_quantity(move.quantity, line.product_id.uom_id, round=False)
                for move in line.move_ids & moves if line._is_reception(move))
            part = min(came, unbilled[line.sale_line_id])
            unbilled[line.sale_line_id] -= part
            line.qty_unbilled += line._convert_product_qty(part)
        lines.sale_line_id._update_returns_to_invoice()
        lines._update_qty_to_credit()

    def _forget_billed(self):
        """An invoice is withdrawn: what came back counts as not invoiced, and is credited as far as others bill it."""
        lines = self.filtered(lambda line: line.qty_received > line.qty_unbilled)
        for line in lines:
            line.qty_unbilled = line.qty_received
        lines.sale_line_id._update_returns_to_invoice()
        lines._update_qty_to_credit()

    def _enter_billed(self):
        """An invoice is posted: what came back before and is billed by it after all is to be credited.

        That is what is billed beyond what the customer has or is still to get, and was not to be credited before.
        """
        late = self.filtered('qty_unbilled')
        for sale_line, lines in late.grouped('sale_line_id').items():
            surplus = max(0.0, sale_line._get_returns_qty_overbilled() - sale_line._get_returns_qty_billed_back())
            for line in lines.sorted('id'):
                part = min(surplus, line._convert_qty(line.qty_unbilled, line.product_id.uom_id))
                surplus -= part
                line.qty_unbilled -= line._convert_product_qty(part)
        late.sale_line_id._update_returns_to_invoice()

    def _get_qty_received_billed(self):
        """What came back after it had been invoiced, in the unit of the product."""
        self.ensure_one()
        return self._convert_qty(self.qty_received - self.qty_unbilled, self.product_id.uom_id)

    def _get_qty_received_in_vain(self):
        """What came back and is never credited, refused or exchanged, in the unit of the product."""
        self.ensure_one()
        return self._get_qty_never_credited(self._convert_qty(self.qty_received, self.product_id.uom_id))
