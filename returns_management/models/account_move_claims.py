from odoo import models
from odoo.tools import formatLang


class AccountMove(models.Model):
    """Credit notes made by hand: returns claim what stands for them. And no invoice is credited with more than it was."""

    _inherit = 'account.move'

    def _claim_returns_credits(self):
        """Have returns claim what these credit notes credit: each line the oldest return that is owed as much."""
        lines_sudo = self.sudo().filtered(lambda move: move.move_type == 'out_refund').invoice_line_ids.filtered(
            lambda line: not line.returns_line_id and line.quantity > 0
            and any(line.sale_line_ids.mapped('returns_exist')))
        for line in lines_sudo:
            returns_line = line.sale_line_ids.returns_line_ids._get_claimant(line)
            if returns_line:
                line.write({'returns_line_id': returns_line.id, 'returns_part': 'goods', 'returns_share': 1.0})

    def _get_returns_amount_problem(self, invoice):
        """What is wrong with the amounts of these credit notes and of those posted for `invoice`; None when nothing.

        Ours add up to the cent. Others are rounded one by one: a cent for each of their lines is no problem.
        """
        credit_notes = invoice.reversal_move_ids.filtered(
            lambda move: move.move_type == 'out_refund' and (move.state == 'posted' or move in self))
        credited = sum(credit_notes.mapped('amount_total'))
        billed = invoice._get_returns_billed_amount()
        by_hand = credit_notes.invoice_line_ids.filtered(lambda line: not line.returns_invoice_line_id)
        tolerance = invoice.currency_id.rounding * len(by_hand)
        if invoice.currency_id.compare_amounts(credited, billed + tolerance) <= 0:
            return None
        return self.env._(
            "%(invoice)s: %(credited)s credited, %(invoiced)s invoiced.", invoice=invoice.name,
            credited=formatLang(self.env, credited, currency_obj=invoice.currency_id),
            invoiced=formatLang(self.env, billed, currency_obj=invoice.currency_id))

    def _get_returns_billed_amount(self):
        """What this invoice bills, taxes included. What was paid in advance for it is paid, too.

        A final invoice of less than the down payments is a credit note for Odoo: it bills what they exceed it by less.
        """
        self.ensure_one()
        sign = 1 if self.move_type == 'out_invoice' else -1
        advances = self.invoice_line_ids.filtered(lambda line: any(line.sale_line_ids.mapped('is_downpayment')))
        if not advances:
            return sign * self.amount_total
        amounts = self._get_returns_amounts()
        paid = sum(
            (1 if line.quantity >= 0 else -1) * sum(
                amount for key, amount in amounts[line].items()
                if key == 'total_excluded_currency' or key.endswith('.tax_amount_currency'))
            for line in advances)
        return sign * (self.amount_total - paid)
