from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from .tracks import TRACK_STATUSES


class ReturnsOrder(models.Model):
    """Was the customer made whole? The credit notes of a return, and the money that goes back."""

    _inherit = 'returns.order'

    amount_expected = fields.Monetary(
        "Expected Credit", compute='_compute_amount_expected', store=True, help="Taxes included.")
    date_refund_deadline = fields.Date("Refund By", compute='_compute_date_refund_deadline', store=True)
    credit_status = fields.Selection(TRACK_STATUSES, string="Credit", compute='_compute_credit_status', store=True)
    credit_note_ids = fields.Many2many(
        'account.move', string="Credit Notes", compute='_compute_credit_note_ids', compute_sudo=True)
    credit_note_count = fields.Integer(compute='_compute_credit_note_ids', compute_sudo=True)

    @api.depends('line_ids.amount_expected')
    def _compute_amount_expected(self):
        for order in self:
            order.amount_expected = sum(order.line_ids.mapped('amount_expected'))

    @api.depends(
        'line_ids.qty_to_receive', 'line_ids.qty_to_credit', 'line_ids.qty_in_draft_credit',
        'line_ids.qty_drafted_by_hand', 'line_ids.qty_credited', 'line_ids.resolution_id',
        'line_ids.exchange_product_id', 'amount_uninvoiced', 'is_refunded_directly',
    )
    def _compute_credit_status(self):
        for order in self:
            lines = order.line_ids
            credited = any(lines.mapped('qty_credited'))
            owed = order._has_open_credit() or any(
                line._is_credited_for_goods() and line.qty_to_receive > line._get_qty_in_advance() for line in lines)
            if owed:
                order.credit_status = 'partial' if credited else 'pending'
            else:
                order.credit_status = 'full' if credited else 'no'

    def _has_open_credit(self):
        """Whether a credit note for what was accepted is missing, or still a draft."""
        self.ensure_one()
        return self._is_to_invoice_first() or any(
            line.qty_to_credit or line.qty_in_draft_credit or line.qty_drafted_by_hand for line in self.line_ids)

    @api.depends('line_ids.qty_received')
    def _compute_date_refund_deadline(self):
        for order in self:
            arrived = order.line_ids.move_ids.filtered(lambda move: move.state == 'done').mapped('date')
            days = min(order.line_ids.policy_id.mapped('refund_days'), default=0)
            order.date_refund_deadline = min(arrived) + relativedelta(days=days) if arrived else False

    @api.depends('line_ids.credit_line_ids.move_id')
    def _compute_credit_note_ids(self):
        credit_notes = self._get_entries('returns_line_id', [('move_id.move_type', '=', 'out_refund')])
        for order in self:
            order.credit_note_ids = credit_notes[order]
            order.credit_note_count = len(order.credit_note_ids)

    def _get_entries(self, line_field, domain):
        """The journal entries of each return, in one query.

        :param str line_field: which field of journal items points to the return lines
        :param list domain: which journal items count
        :return: dict of `account.move` by return
        """
        entries = dict(self.env['account.move.line']._read_group(
            [(line_field, 'in', self.line_ids._origin.ids), *domain], [line_field], ['move_id:recordset']))
        no_entry = self.env['account.move']
        return {order: no_entry.union(*(entries.get(line, no_entry) for line in order.line_ids._origin))
                for order in self}

    def action_create_credit_notes(self):
        """Credit what is owed and not credited yet; a second call finds nothing to do.

        :return: the action that shows the credit notes of the returns
        """
        self.check_access('write')  # the notes are made for the clerk, whoever may only look on makes none
        self._create_credit_notes()
        self._forget_failure('_create_credit_notes')
        return self.action_view_credit_notes()

    def _create_credit_notes(self):
        """Give what is owed for the lines, by the resolution of each.

        :return: the new credit notes (`account.move`)
        """
        credit_notes = self.env['account.move']
        self._invoice_what_was_paid()
        self.line_ids._update_qty_to_credit()  # somebody may have changed a line of a credit note of theirs
        approved = self.filtered(lambda order: order.state in ('approved', 'done'))
        to_credit = approved.line_ids.filtered(lambda line: line._is_credit_owed())
        for lines in to_credit.grouped(lambda line: line._get_resolution()._get_credit_key()).values():
            credit_notes += lines[0]._get_resolution()._resolve(lines)
        approved.filtered('is_refunded_directly')._pay_out_automatically()
        return credit_notes

    def _prepare_credit_note_vals(self, invoice):
        """Values of the credit note of this return for `invoice`, without its lines: it says what the invoice said.

        Without a payment term: what is owed to the customer is due at once.

        :param invoice: the posted `account.move` that is credited
        :return: dict for `account.move.create`
        """
        self.ensure_one()
        return {
            'move_type': 'out_refund',
            'reversed_entry_id': invoice.id,
            'partner_id': invoice.partner_id.id,
            'partner_shipping_id': invoice.partner_shipping_id.id,
            'company_id': invoice.company_id.id,
            'currency_id': invoice.currency_id.id,
            'journal_id': invoice.journal_id.id,
            'fiscal_position_id': invoice.fiscal_position_id.id,
            'invoice_date': fields.Date.context_today(self),
            'invoice_payment_term_id': False,
            'invoice_user_id': invoice.invoice_user_id.id,
            'team_id': invoice.team_id.id,
            'invoice_origin': invoice.invoice_origin,
            'ref': self.env._("%(number)s: return of %(invoice)s", number=self.name, invoice=invoice.name),
        }

    def action_view_credit_notes(self):
        return self._get_documents_action('account.action_move_out_refund_type', self.credit_note_ids)
