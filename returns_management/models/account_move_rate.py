from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    returns_exchange_rate = fields.Selection(
        [('invoice', "Rate of the original invoice"), ('credit_note', "Rate on the date of the credit note")],
        string="Exchange Rate of Returns", default='invoice', required=True,
        help="At which rate the credit note of a return in another currency takes back revenue and tax.")


class AccountMove(models.Model):
    """A return reverses a sale: revenue and tax go back as they were booked, unless the company decides else."""

    _inherit = 'account.move'

    def _compute_invoice_currency_rate(self):
        """Override of `account`: the date of a return's credit note may change, the rate of its invoice does not."""
        super()._compute_invoice_currency_rate()
        for move in self.filtered(lambda move: move.move_type == 'out_refund' and move.reversed_entry_id):
            invoice = move.reversed_entry_id
            if (
                move.company_id.returns_exchange_rate == 'invoice' and move.currency_id == invoice.currency_id
                and move.invoice_line_ids.returns_line_id
            ):
                move.invoice_currency_rate = invoice.invoice_currency_rate
