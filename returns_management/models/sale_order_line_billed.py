from odoo import models

from .compute_anew import compute_anew


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

    def _get_returns_qty_billed_back(self):
        """What came back to be credited, after it had been invoiced, in the unit of the product.

        Less what was sent to the customer again, unless that is for goods that are refused or exchanged.
        """
        self.ensure_one()
        lines_sudo = self.sudo().returns_line_ids
        in_vain = {line: line._get_qty_received_in_vain() for line in lines_sudo}
        back = sum(max(0.0, line._get_qty_received_billed() - in_vain[line]) for line in lines_sudo)
        resent = self._convert_returns_qty(self._get_returns_qty_resent())
        return max(0.0, back - max(0.0, resent - sum(in_vain.values())))

    def _get_returns_qty_billed_here(self, policy):
        """What came back after it had been invoiced and was not sent to the customer again, in the unit of this line.

        All of it, be it to be credited, refused or exchanged: it stays billed until then, or for good. Where the order
        is billed, what is announced to be sent in its place counts as kept already (`_get_returns_kept_qty`).
        """
        self.ensure_one()
        billed = sum(line._get_qty_received_billed() for line in self.sudo().returns_line_ids)
        resent = self._get_returns_qty_resent()
        if billed and policy == 'order':
            outgoing, _incoming = self._get_outgoing_incoming_moves(strict=False)
            replacing = (outgoing | self.move_ids).sudo().filtered('returns_delivery_line_id')
            sent = replacing.filtered(lambda move: (
                move.state == 'done' and not move.origin_returned_move_id
                and move.location_dest_id._is_returns_customer()))
            resent += max(0.0, self._sum_returns_moves(replacing & outgoing) - self._sum_returns_moves(sent))
        return max(0.0, self.product_id.uom_id._compute_quantity(billed, self.product_uom_id, round=False) - resent)

    def _get_returns_qty_overbilled(self):
        """What is invoiced beyond what the customer has, in the unit of the product; may be less than 0.

        Where something came back before it was invoiced, what is billed in advance, and still to be delivered, is no
        part of it.
        """
        self.ensure_one()
        overbilled = sum(
            map(self._get_returns_invoiced_qty, self._get_returns_invoice_lines())) - self._get_returns_delivered_qty()
        if overbilled > 0 and any(self.sudo().returns_line_ids.mapped('qty_unbilled')):
            outgoing, _incoming = self._get_outgoing_incoming_moves(strict=False)
            awaited = self._sum_returns_moves(outgoing.filtered(lambda move: move.state != 'done'))
            overbilled -= self._convert_returns_qty(awaited)
        return overbilled

    def _convert_returns_qty(self, quantity):
        """`quantity` of this line, in the unit of the product, not rounded."""
        return self.product_uom_id._compute_quantity(quantity, self.product_id.uom_id, round=False)

    def _get_returns_owed_qty(self):
        """What is to be credited in all, by notes of returns and anybody's, in the unit of the product.

        What is invoiced beyond what the customer has; and what came back after it had been invoiced, though the
        customer may have got more since that is not invoiced yet.
        """
        self.ensure_one()
        invoiced = sum(map(self._get_returns_invoiced_qty, self._get_returns_invoice_lines()))
        in_advance = self._get_returns_qty_in_advance()
        return max(
            0.0, self._get_returns_qty_overbilled() + in_advance,
            min(invoiced, self._get_returns_qty_billed_back() + in_advance))

    def _update_returns_to_invoice(self):
        """Have what is to be invoiced computed anew: it has become known what was invoiced when it came back."""
        compute_anew(self, ['qty_to_invoice', 'untaxed_amount_to_invoice'])
        self.invalidate_recordset(['amount_to_invoice'], flush=False)
        self.modified(['amount_to_invoice'])
