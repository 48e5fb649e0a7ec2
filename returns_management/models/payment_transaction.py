from odoo import Command, api, fields, models

#: A refund in one of these states is, or may still be, money that has left.
LIVE_STATES = ('draft', 'pending', 'authorized', 'done')
FAILED_STATES = ('error', 'cancel')


class PaymentTransaction(models.Model):
    """An online payment, and what of it goes back: refunds of returns, whoever asked for them."""

    _inherit = 'payment.transaction'

    returns_order_id = fields.Many2one(
        'returns.order', string="Return", readonly=True, copy=False, index='btree_not_null', ondelete='set null')

    # === What can be refunded of a payment ===

    def _get_returns_refunds(self):
        """The refunds of these payments that have left or may still leave, whoever asked for them."""
        return self.child_transaction_ids.filtered(
            lambda refund: refund.operation == 'refund' and refund.state in LIVE_STATES)

    def _get_returns_sources(self):
        """The confirmed payments among these; of what was captured in parts, the parts."""
        payments = (self | self.child_transaction_ids).filtered(
            lambda payment: payment.state == 'done' and payment.operation not in ('refund', 'validation'))
        return payments.filtered(lambda payment: not payment.child_transaction_ids & payments)

    def _get_returns_linked(self):
        """These payments, and those of which they are captured parts: only these are linked with what they pay for."""
        return self | self.source_transaction_id

    def _get_returns_refundable(self):
        """How much of this payment can still be refunded online, in its currency; 0 when its provider cannot."""
        self.ensure_one()
        if self._get_returns_refund_support() == 'none':
            return 0.0
        return max(0.0, self.currency_id.round(self.amount + sum(self._get_returns_refunds().mapped('amount'))))

    def _get_returns_refund_support(self):
        """What provider and payment method both can: `partial`, `full_only` or `none`."""
        self.ensure_one()
        method = self.payment_method_id.primary_payment_method_id or self.payment_method_id
        supported = {self.provider_id.support_refund, method.support_refund}
        if self.provider_id.state == 'disabled' or supported & {'none', False}:
            return 'none'
        return 'full_only' if 'full_only' in supported else 'partial'

    def _get_returns_refund_part(self, owed, room):
        """How much of what is `owed` is refunded from this payment, of which `room` can be: maybe nothing.

        A provider that refunds in full only is asked for all that was paid or nothing.
        """
        self.ensure_one()
        part = self.currency_id.round(min(owed, room))
        if self._get_returns_refund_support() == 'full_only' and self.currency_id.compare_amounts(part, self.amount):
            return 0.0
        return max(0.0, part)

    # === What of a payment no invoice has used ===

    def _get_returns_unspent(self):
        """What of this payment neither an invoice nor a refund has used, in its currency."""
        self.ensure_one()
        received = -self._get_returns_open_amount() if self.payment_id.move_id else self.amount
        return received - sum(refund._get_returns_unspent_refund() for refund in self._get_returns_refunds())

    def _get_returns_unspent_refund(self):
        """What of this refund is still to be taken from its payment: nothing when it pays for a credit note."""
        self.ensure_one()
        if self.payment_id.move_id:
            return self._get_returns_open_amount()
        return 0.0 if self.invoice_ids else -self.amount

    def _get_returns_open_items(self):
        """The journal items of these payments that are not matched with anything yet."""
        return self.payment_id.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable' and not line.reconciled)

    def _get_returns_open_amount(self):
        """What of the receivable is not matched yet: less than 0 for a payment, more for a refund."""
        self.ensure_one()
        return sum(self._get_returns_open_items().mapped('amount_residual_currency'))

    # === How far a refund is ===

    def _is_returns_refund_under_way(self):
        """Whether this refund may still take from what its credit note owes: it is no payment in the books yet."""
        self.ensure_one()
        return self.operation == 'refund' and self.state in LIVE_STATES and not self.payment_id

    def _is_returns_refund_unsent(self):
        """Whether this refund of a return is written down, and its provider not asked yet."""
        self.ensure_one()
        return self.state == 'draft' and bool(self.returns_order_id) and not self.returns_sent_on

    def _is_returns_refund_free(self):
        """Whether nobody knows yet what this refund pays for."""
        self.ensure_one()
        paid_for = self.invoice_ids.filtered(lambda move: move.state != 'cancel')
        return not paid_for and not (self.payment_id.move_id and not self._get_returns_open_items())

    def _is_returns_surplus(self):
        """Whether this refund is booked, and something of it pays for nothing."""
        self.ensure_one()
        awaited = self.invoice_ids.filtered(lambda move: move.state == 'draft' or move._get_returns_unpaid())
        return not awaited and self.currency_id.compare_amounts(self._get_returns_open_amount(), 0) > 0

    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment`: refunds made in the provider's own dashboard belong to returns, too."""
        updated = super()._update_state(allowed_states, target_state, state_message)
        refunds = updated.filtered(lambda tx: tx.operation == 'refund')
        if target_state in LIVE_STATES:
            refunds._adopt_by_returns()
        refunds._tell_returns_of_refund()
        if target_state == 'done':
            updated.filtered(lambda tx: tx.operation != 'refund')._tell_returns_of_payment()
        return updated

    def _tell_returns_of_payment(self):
        """What came back and was not paid so far is paid now."""
        self.sudo().sale_order_ids.order_line.filtered('returns_exist').returns_line_ids._update_qty_to_credit()

    def _tell_returns_of_refund(self):
        """A refund that pays for several credit notes is news for each of their returns."""
        self.sudo().filtered('returns_order_id').invoice_ids.returns_order_ids._update_payout_status()

    def _adopt_by_returns(self):
        """Let refunds that nobody of ours asked for pay the open credit notes of returns, oldest first.

        The credit note of just that amount comes before all others. Where there is none, the refund is for a return
        of the order whose goods were never invoiced. Refunds of ours that were not sent yet stand back: when their
        turn comes, they are not owed any more.
        """
        for refund in self.sudo().filtered(lambda tx: not tx.returns_order_id and not tx.invoice_ids):
            payments = refund.source_transaction_id._get_returns_linked()
            credit_notes = payments._find_returns_credit_notes()
            unpaid = {note: note._get_returns_unpaid(with_unsent=True) for note in credit_notes}
            refund._link_to_returns(refund._choose_returns_credit_notes(unpaid))
            if not refund.invoice_ids and (uninvoiced := payments._find_returns_uninvoiced()):
                refund.returns_order_id = uninvoiced[0]

    def _find_returns_credit_notes(self):
        """The posted credit notes of returns that these payments may pay back and that are open, oldest first."""
        return self.env['account.move'].search([
            ('move_type', '=', 'out_refund'), ('state', '=', 'posted'),
            ('payment_state', 'in', ('not_paid', 'partial')), ('currency_id', '=', self.currency_id.id),
            ('line_ids.returns_line_id', '!=', False),
            '|', ('reversed_entry_id', 'in', self.invoice_ids.ids),
            ('reversed_entry_id.line_ids.sale_line_ids.order_id', 'in', self.sale_order_ids.ids),
        ], order='invoice_date, id')

    def _find_returns_uninvoiced(self):
        """The returns of orders of these payments that were paid but never invoiced, oldest first."""
        return self.sale_order_ids.returns_order_ids.sorted('id').filtered(lambda order: order.amount_uninvoiced or any(
            refund._is_returns_refund_unsent() for refund in order._get_direct_refunds()))

    def _choose_returns_credit_notes(self, unpaid):
        """Which credit notes this refund pays.

        :param dict unpaid: what is to be paid by credit note, oldest first
        :return: `account.move` records
        """
        self.ensure_one()
        left, chosen = -self.amount, self.env['account.move']
        exact = [move for move, amount in unpaid.items() if not self.currency_id.compare_amounts(amount, left)]
        for credit_note in exact[:1] or unpaid:
            if unpaid[credit_note] > 0 and self.currency_id.compare_amounts(left, 0) > 0:
                chosen += credit_note
                left -= unpaid[credit_note]
        return chosen

    def _link_to_returns(self, credit_notes):
        """Let this refund pay `credit_notes`: when it is booked, the payment is matched with them."""
        self.ensure_one()
        if credit_notes:
            self.write({
                'invoice_ids': [Command.link(credit_note.id) for credit_note in credit_notes],
                'returns_order_id': self.returns_order_id.id or credit_notes.returns_order_ids[:1].id,
            })
            self._tell_returns_of_refund()

    # === Books ===

    def _post_process(self):
        """Override of `account_payment`: the refund of goods never invoiced settles a part of their payment.

        And what came back before it was paid is credited now, where the policy says so.
        """
        result = super()._post_process()
        direct = self.filtered(
            lambda tx: tx.returns_order_id and tx.operation == 'refund' and tx.state == 'done' and not tx.invoice_ids)
        plan = []
        for refund in direct:
            items = (refund | refund.source_transaction_id)._get_returns_open_items()
            plan += [group for group in items.grouped('account_id').values() if len(group.move_id) > 1]
        if plan:
            self.env['account.move.line']._reconcile_plan(plan)
        paid = self.sudo().filtered(lambda tx: tx.operation != 'refund' and tx.state == 'done').sale_order_ids
        paid.returns_order_ids._on_paid()
        return result

    # === Asking for a refund ===

    def _create_returns_refund(self, amount, return_order, credit_note=None):
        """A refund of a part of this payment, not asked for yet.

        :param float amount: in the currency of this payment
        :param credit_note: the `account.move` that it pays; None for goods that were never invoiced
        :return: the new `payment.transaction`
        """
        self.ensure_one()
        invoices = [Command.set(credit_note.ids)] if credit_note else []
        return self._create_child_transaction(
            amount, is_refund=True, returns_order_id=return_order.id, invoice_ids=invoices)

    @api.model
    def _get_returns_unsent_domain(self):
        return [('state', '=', 'draft'), ('returns_order_id', '!=', False), ('returns_sent_on', '=', False),
                ('operation', '=', 'refund')]
