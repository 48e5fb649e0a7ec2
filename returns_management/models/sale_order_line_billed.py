from odoo import models


class SaleOrderLine(models.Model):
    """What came back of what is invoiced: raising the order later bills the raise, and takes nothing off the credit."""

    _inherit = 'sale.order.line'

    def _get_returns_unbilled(self):
        """What is delivered and not invoiced of these lines.

        :return: dict of quantity, in the unit of the product, by line
        """
        return {
            line: max(0.0, line._get_returns_delivered_qty() - sum(line._get_returns_invoice_rooms().values()))
            for line in self}

    def _get_returns_qty_billed_back(self, unit):
        """What came back to be credited, after it had been invoiced, in `unit`.

        Less what was sent to the customer again, unless that is for goods that are refused or exchanged.
        """
        self.ensure_one()
        product_unit = self.product_id.uom_id
        lines_sudo = self.sudo().returns_line_ids
        back = sum(line._get_qty_billed_back() for line in lines_sudo)
        never_credited = sum(line._get_qty_received_in_vain() for line in lines_sudo)
        resent = self.product_uom_id._compute_quantity(self._get_returns_qty_resent(), product_unit, round=False)
        return product_unit._compute_quantity(
            max(0.0, back - max(0.0, resent - never_credited)), unit, round=False)

    def _get_returns_owed_qty(self):
        """What is to be credited in all, by notes of returns and anybody's, in the unit of the product.

        What is invoiced beyond what the customer has; and what came back after it had been invoiced, though the
        customer may have got more since that is not invoiced yet.
        """
        self.ensure_one()
        invoiced = sum(map(self._get_returns_invoiced_qty, self._get_returns_invoice_lines()))
        in_advance = self._get_returns_qty_in_advance()
        back = self._get_returns_qty_billed_back(self.product_id.uom_id)
        return max(0.0, invoiced - self._get_returns_delivered_qty() + in_advance, min(invoiced, back + in_advance))

    def _update_returns_to_invoice(self):
        """Have what is to be invoiced computed anew: it has become known what was invoiced when it came back."""
        stored = ['qty_to_invoice', 'untaxed_amount_to_invoice']
        for name in stored:
            self.env.add_to_compute(self._fields[name], self)
        self.invalidate_recordset(['amount_to_invoice'], flush=False)
        self.modified([*stored, 'amount_to_invoice'])
