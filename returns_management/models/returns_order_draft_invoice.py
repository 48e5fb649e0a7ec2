from odoo import api, fields, models

from .compute_anew import compute_anew


class ReturnsOrder(models.Model):
    """A draft invoice is no invoice: when it bills what came back, somebody has to correct it."""

    _inherit = 'returns.order'

    draft_invoice_note = fields.Text(
        "Draft Invoices to Correct", compute='_compute_draft_invoice_note', store=True,
        help="Draft invoices that bill what came back.")

    @api.depends('line_ids.qty_received', 'line_ids.qty_to_credit', 'line_ids.qty_kept')
    def _compute_draft_invoice_note(self):
        """Invoices are not among the dependencies: `account.move` tells the returns when they change."""
        for order in self:
            sale_lines = order.line_ids.filtered(lambda line: line.qty_received or line.qty_kept).sale_line_id
            notes = [sale_line._get_returns_draft_note() for sale_line in sale_lines._origin]
            order.draft_invoice_note = "\n".join(filter(None, notes)) or False


class ReturnsOrderLine(models.Model):
    _inherit = 'returns.order.line'

    def _update_qty_to_credit(self):
        """Override: invoices have changed, drafts among them."""
        super()._update_qty_to_credit()
        compute_anew(self.order_id, ['draft_invoice_note'])


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    def _get_returns_draft_note(self):
        """Which draft invoice bills too much of this line, and by how much to lower it; None when none does."""
        self.ensure_one()
        drafts = self.invoice_lines.filtered(lambda line: line.parent_state == 'draft' and line._is_returns_sale())
        drafted = sum(map(self._get_returns_invoiced_qty, drafts))
        unit = self.product_id.uom_id
        to_bill = self._get_returns_qty_to_bill() - sum(self._get_returns_invoice_rooms().values())
        surplus = min(drafted, drafted - to_bill)
        if not drafted or unit.compare(surplus, 0.0) <= 0:
            return None
        return self.env._(
            "%(invoices)s: lower %(product)s by %(quantity)s, that came back.",
            invoices=", ".join(invoice.display_name for invoice in drafts.move_id),
            product=self.product_id.display_name, quantity=f'{unit.round(surplus):g} {unit.name}')

    def _get_returns_qty_to_bill(self):
        """What is billed of this line in all, less what came back and less what is credited without coming back."""
        unit = self.product_id.uom_id
        if self.product_id.invoice_policy == 'delivery':
            billed = self._get_returns_delivered_qty()
        else:
            back = self._get_returns_qty_received() - self._get_returns_qty_resent()
            billed = self.product_uom_id._compute_quantity(self.product_uom_qty - back, unit, round=False)
        return billed - self._get_returns_qty_in_advance()


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _update_returns_of_refunds(self):
        """Override: draft invoices may bill what came back."""
        super()._update_returns_of_refunds()
        if invoices_sudo := self.sudo().filtered(lambda move: move.move_type == 'out_invoice'):
            invoices_sudo._get_returns_lines()._update_qty_to_credit()
