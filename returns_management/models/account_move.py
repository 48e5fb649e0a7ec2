from odoo import api, fields, models
from odoo.exceptions import UserError

from .locking import serialize


class AccountMove(models.Model):
    _inherit = 'account.move'

    returns_order_ids = fields.Many2many(
        'returns.order', string="Returns", compute='_compute_returns_order_ids', compute_sudo=True,
        search='_search_returns_order_ids')
    returns_order_count = fields.Integer(
        "Return Count", compute='_compute_returns_order_ids', compute_sudo=True)

    @api.depends('line_ids.returns_line_id.order_id', 'line_ids.returns_cost_move_id')
    def _compute_returns_order_ids(self):
        for move in self:
            booked_alone = move.line_ids.filtered('returns_cost_move_id')
            move.returns_order_ids = (move.line_ids.returns_line_id | booked_alone.returns_cost_line_id).order_id
            move.returns_order_count = len(move.returns_order_ids)

    def _search_returns_order_ids(self, operator, value):
        return [('line_ids.returns_line_id.order_id', operator, value)]

    def action_view_returns(self):
        self.ensure_one()
        return self.returns_order_ids._get_documents_action(
            'returns_management.returns_order_action', self.returns_order_ids)

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account`: what a credit note made by hand credits is not to be credited again."""
        moves = super().create(vals_list)
        moves._update_returns_of_refunds()
        return moves

    def write(self, vals):
        """Override of `account`: what a credit note made by hand credits is not to be credited again."""
        result = super().write(vals)
        if {'line_ids', 'invoice_line_ids'} & vals.keys():
            self._update_returns_of_refunds()
        return result

    def _update_returns_of_refunds(self):
        if refunds := self.filtered(lambda move: move.move_type == 'out_refund'):
            refunds._get_returns_lines()._update_qty_to_credit()

    def _compute_payment_state(self):
        """Override of `account` to tell the returns whether their credit notes are paid."""
        super()._compute_payment_state()
        credit_notes = self.filtered(lambda move: move.move_type == 'out_refund' and move.id)
        credit_notes.sudo().line_ids.returns_line_id.order_id._update_payout_status()

    def _post(self, soft=True):
        """Override of `account`: no credit note of a return credits more than was invoiced."""
        self._check_returns_credit()
        self._claim_returns_credits()
        corrected = self.filtered('posted_before')
        posted = super()._post(soft)
        posted.filtered(lambda move: move.move_type == 'out_invoice')._get_returns_lines()._enter_billed()
        posted._get_returns_lines()._update_qty_to_credit()
        (posted - corrected)._tell_returns_customers()
        return posted

    def _reconcile_reversed_moves(self, reverse_moves, move_reverse_cancel):
        """Override of `account` to match the credit notes of returns with their invoices all at once.

        Core takes the credit notes and the invoices for two lists of the same order. They are not when two credit notes
        of one invoice are posted together, as returns do.
        """
        of_returns = reverse_moves.filtered(lambda move: move.move_type == 'out_refund' and (
            move.invoice_line_ids.returns_line_id))
        if not of_returns:
            return super()._reconcile_reversed_moves(reverse_moves, move_reverse_cancel)
        (of_returns | of_returns.reversed_entry_id).line_ids.mapped('tax_ids')  # core asks note by note
        others = reverse_moves - of_returns
        super(AccountMove, others.reversed_entry_id)._reconcile_reversed_moves(others, move_reverse_cancel)
        self.env['account.move.line'].with_context(move_reverse_cancel=move_reverse_cancel)._reconcile_plan([
            lines for credit_note in of_returns for lines in credit_note._get_returns_lines_to_match()])
        return reverse_moves

    def _get_returns_lines_to_match(self):
        """The journal items of this credit note and of its invoice that are matched with each other: recordsets."""
        self.ensure_one()
        open_lines = (self.reversed_entry_id.line_ids + self.line_ids).filtered(
            lambda line: not line.reconciled and line.account_id.reconcile)
        groups = open_lines.grouped(lambda line: (line.account_id, line.currency_id)).values()
        return [lines for lines in groups if len(lines.move_id) > 1]

    def _tell_returns_customers(self):
        credit_notes_sudo = self.sudo().filtered(lambda move: move.move_type == 'out_refund')
        credit_notes_sudo.returns_order_ids._tell_later('credited')

    def button_draft(self):
        """Override of `account`: what a withdrawn document billed or credited does not count any more."""
        if not self:  # core often calls it for nothing
            return super().button_draft()
        withdrawn = self.filtered(lambda move: move.move_type == 'out_invoice' and move.state == 'posted')
        result = super().button_draft()
        # What they billed was not invoiced when it came back, as things stand now.
        withdrawn._get_returns_lines()._forget_billed()
        self._get_returns_lines()._update_qty_to_credit()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._get_returns_lines()._update_qty_to_credit()
        return result

    def unlink(self):
        """Override of `account`: what a deleted credit note credited is to be credited again."""
        if not self:  # core often calls it for nothing
            return super().unlink()
        lines = self._get_returns_lines()
        result = super().unlink()
        lines._update_qty_to_credit()
        return result

    def _check_returns_credit(self):
        """No unit is credited twice, and no invoice more than it was, by credit notes of returns and anybody's.

        :raise UserError: naming what is credited too much
        """
        credit_notes_sudo = self.sudo().filtered(lambda move: move.move_type == 'out_refund')
        sale_lines = credit_notes_sudo.invoice_line_ids.sale_line_ids.filtered('returns_exist')
        sale_lines |= credit_notes_sudo.invoice_line_ids.returns_line_id.sale_line_id
        if not sale_lines:
            return
        credit_notes_sudo.line_ids.mapped('tax_ids')  # core asks note by note
        serialize(sale_lines._get_returns_invoice_lines())
        invoices = credit_notes_sudo.filtered(lambda move: (
            move.invoice_line_ids.returns_line_id or move.invoice_line_ids.sale_line_ids & sale_lines
        )).reversed_entry_id
        problems = [
            *filter(None, (line._get_returns_credit_problem(credit_notes_sudo) for line in sale_lines)),
            *filter(None, map(credit_notes_sudo._get_returns_amount_problem, invoices)),
        ]
        if problems:
            raise UserError(self.env._(
                "More would be credited than is owed. Lower the credit note, or delete it when another one stands for "
                "it.\n%s", "\n".join(problems)))

    def _get_returns_lines(self):
        """The return lines of the order lines on these invoices: there may be more, or less, to credit for them."""
        lines_sudo = self.sudo().line_ids  # which core reads, too
        return lines_sudo.sale_line_ids.filtered('returns_exist').returns_line_ids | lines_sudo.returns_line_id
