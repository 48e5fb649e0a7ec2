from collections import defaultdict

from odoo import models

from .locking import serialize


class AccountMove(models.Model):
    """Cost comes back as it left: credit notes of returns, and invoices of goods that were returned before.

    The cost of a credit note is the value at which its goods came into stock, not what core makes of the first cost
    line of the invoice. It is worked out for all documents that are posted together, since two of them may credit the
    same return line.
    """

    _inherit = 'account.move'

    def _stock_account_prepare_realtime_out_lines_vals(self):
        """Override of `stock_account`: core books the cost, returns say how much and of which goods."""
        parts = self._get_returns_cost_parts()
        if not parts:
            return super()._stock_account_prepare_realtime_out_lines_vals()
        costs = {line.id: sum(value for *_goods, value in of_line) for line, of_line in parts.items()}
        vals_list = super(
            AccountMove, self.with_context(returns_cost=costs))._stock_account_prepare_realtime_out_lines_vals()
        by_line = defaultdict(list)
        for vals in vals_list:
            by_line[vals['cogs_origin_id']].append(vals)
        for line, of_line in parts.items():
            if by_line[line.id]:
                by_line[line.id] = line._prepare_returns_cost_vals(by_line[line.id], of_line)
        return [vals for of_line in by_line.values() for vals in of_line]

    def _get_returns_cost_parts(self):
        """What the lines of these documents cost as far as returns have a say in it.

        :return: dict by `account.move.line` of a list of `(return line or None, quantity, value)`, in the unit of the
            product and the currency of the company; lines that have nothing to do with a return are missing
        """
        lines_sudo = self.sudo().filtered(
            lambda move: move.move_type in ('out_invoice', 'out_refund')).invoice_line_ids
        concerned = lines_sudo.filtered(lambda line: line.returns_line_id or any(
            line.sale_line_ids.mapped('returns_exist')))
        concerned = concerned.filtered(lambda line: line.quantity > 0 and line.product_id.is_storable)
        if not concerned:
            return {}
        refunds = concerned.filtered(lambda line: line.move_id.move_type == 'out_refund')
        serialize((refunds.returns_line_id | refunds.sale_line_ids.returns_line_ids).origin_move_id)
        taken_back = (concerned - refunds).filtered(
            lambda line: line.move_id.reversed_entry_id.move_type == 'out_refund')
        return {
            **refunds._get_returns_credit_costs(),
            **taken_back._get_returns_taken_back_costs(),
            **(concerned - refunds - taken_back)._get_returns_invoice_costs(),
        }

    def button_draft(self):
        """Override of `account`: what was booked alone because this note had credited it is taken back."""
        if not self:  # core often calls it for nothing
            return super().button_draft()
        lines = self._get_returns_cost_lines()
        result = super().button_draft()
        lines._book_cost()
        return result

    def button_cancel(self):
        """Override of `account`: what was booked alone because this note had credited it is taken back."""
        lines = self._get_returns_cost_lines()
        result = super().button_cancel()
        lines._book_cost()
        return result

    def _get_returns_cost_lines(self):
        """The return lines whose goods these credit notes credit."""
        notes_sudo = self.sudo().filtered(lambda move: move.move_type == 'out_refund')
        return notes_sudo.line_ids.returns_cost_line_id | notes_sudo.line_ids.returns_line_id
