from odoo import models


class AccountMove(models.Model):
    """The credit note of a return that completes an invoice takes back what cash rounding has added to it."""

    _inherit = 'account.move'

    def _recompute_cash_rounding_lines(self):
        """Override of `account`: what was rounded is taken back as it was, the rest of the invoice is not rounded."""
        reversed_invoice = self.reversed_entry_id
        if self.move_type != 'out_refund' or not self.invoice_line_ids.returns_line_id or not reversed_invoice:
            return super()._recompute_cash_rounding_lines()
        rounded = reversed_invoice.line_ids.filtered(lambda line: line.display_type == 'rounding')
        move = self.with_context(returns_cash_difference=-sum(rounded.mapped('amount_currency')))
        return super(AccountMove, move)._recompute_cash_rounding_lines()

    def _complete_returns_rounding(self):
        """Of these new credit notes, let the last one of each invoice that is credited in full take its rounding."""
        rounded = self.filtered(
            lambda move: move.reversed_entry_id.invoice_cash_rounding_id.strategy == 'add_invoice_line')
        for invoice, credit_notes in rounded.grouped('reversed_entry_id').items():
            billed = invoice.invoice_line_ids.filtered(
                lambda line: line.display_type == 'product' and line.sale_line_ids)
            if all(ledger.is_complete() for ledger in billed._get_returns_ledgers().values()):
                credit_notes.sorted('id')[-1].invoice_cash_rounding_id = invoice.invoice_cash_rounding_id


class AccountCashRounding(models.Model):
    _inherit = 'account.cash.rounding'

    def compute_difference(self, currency, amount):
        """Override of `account`: what an invoice was rounded by, for the credit note that completes it."""
        difference = self.env.context.get('returns_cash_difference')
        return super().compute_difference(currency, amount) if difference is None else difference
