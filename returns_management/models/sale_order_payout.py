from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Orders that were paid online before they were invoiced."""

    _inherit = 'sale.order'

    def _get_returns_overpaid(self, amount_not_owed=0.0):
        """What was paid online for this order beyond all that is invoiced or is still to be, in its currency.

        Less than 0 when more is refunded than that; 0 when nothing was paid online.

        :param float amount_not_owed: the part of what is still to be invoiced that the customer does not owe
        """
        self.ensure_one()
        payments = self.transaction_ids._get_returns_sources().filtered(
            lambda payment: payment.currency_id == self.currency_id)
        if not payments:
            return 0.0
        invoices = self.order_line.invoice_lines.move_id.filtered(
            lambda move: move.move_type == 'out_invoice' and move.state == 'posted')
        return self.currency_id.round(
            sum(payment._get_returns_unspent() for payment in payments)
            - sum(invoices.mapped('amount_residual')) - self.amount_to_invoice + amount_not_owed)

    def _invoice_returns_delivered(self):
        """Invoice and post all that is to be invoiced of these orders, and what came back before it was.

        :return: the new `account.move` records, one for each order
        :raise UserError: naming the draft invoices that stand in the way
        """
        drafts = self.order_line.invoice_lines.move_id.filtered(
            lambda move: move.move_type == 'out_invoice' and move.state == 'draft')
        if drafts:
            raise UserError(self.env._(
                "Goods of %(orders)s were paid and came back, but are on a draft invoice. Post the draft invoice or "
                "delete it, then create the credit note.",
                orders=", ".join(drafts.line_ids.sale_line_ids.order_id.mapped('name'))))
        for line in self.order_line.filtered('returns_exist'):
            line.qty_to_invoice = line._get_returns_qty_delivered_to_invoice()
        invoices = self.with_context(raise_if_nothing_to_invoice=False)._create_invoices(grouped=True, final=True)
        invoices.action_post()
        return invoices
