from odoo import models

from .locking import serialize

#: Credit notes in these payment states are still to be paid back, wholly or in part.
OPEN_STATES = ('not_paid', 'partial')


class AccountMove(models.Model):
    """How the money of a credit note goes back: its invoice, refunds that were made already, then new ones."""

    _inherit = 'account.move'

    def _post(self, soft=True):
        """Override of `account`: what was paid back before is not owed any more, the rest may be paid by itself."""
        posted = super()._post(soft)
        returned = posted.sudo().filtered(lambda move: move.move_type == 'out_refund' and (
            move.invoice_line_ids.returns_line_id))
        returned._match_returns_refunds()
        exchanged = posted.sudo().filtered(lambda move: move.move_type == 'out_invoice')
        exchange_lines = exchanged.invoice_line_ids.sale_line_ids.returns_exchange_line_id
        (returned.returns_order_ids | exchange_lines.order_id)._pay_out_automatically()
        return posted

    def _is_returns_open(self):
        """Whether something of this credit note is owed to the customer, and nothing else is awaited first."""
        self.ensure_one()
        return self.state == 'posted' and self.payment_state in OPEN_STATES and not self._is_returns_held()

    def _is_returns_held(self):
        """Whether this credit note waits for the invoice of an exchange, with which it is settled."""
        self.ensure_one()
        sale_lines = self.invoice_line_ids.returns_line_id.exchange_sale_line_ids.filtered(
            lambda line: line.state != 'cancel')
        return any(
            not line.invoice_lines or 'draft' in line.invoice_lines.mapped('parent_state') for line in sale_lines)

    def _get_returns_unpaid(self, with_unsent=False):
        """What of this credit note is owed and not on its way to the customer, in its currency.

        :param bool with_unsent: whether refunds that are only written down count as owed, too
        """
        self.ensure_one()
        if self.state != 'posted' or self.payment_state not in OPEN_STATES:
            return 0.0
        under_way = self.transaction_ids.filtered(lambda tx: tx._is_returns_refund_under_way() and not (
            with_unsent and tx._is_returns_refund_unsent()))
        return max(0.0, self.currency_id.round(self.amount_residual + sum(under_way.mapped('amount'))))

    def _get_returns_payments(self):
        """The online payments that this credit note may be refunded from, in the order in which they are used.

        Those of its invoice before others of the same sales orders, and the newest first: providers refund for some
        months only. In the currency of the credit note: nobody converts what a customer paid.
        """
        self.ensure_one()
        invoice = self.reversed_entry_id
        of_invoice = invoice.transaction_ids._get_returns_sources()
        others = (
            invoice.invoice_line_ids.sale_line_ids.order_id.transaction_ids
            | self.invoice_line_ids.sale_line_ids.order_id.transaction_ids
        )._get_returns_sources() - of_invoice
        payments = of_invoice.sorted('id', reverse=True) + others.sorted('id', reverse=True)
        return payments.filtered(lambda payment: payment.currency_id == self.currency_id)

    def _match_returns_invoices(self):
        """Match these credit notes with their invoices, where those are open again."""
        plan = [lines for credit_note in self for lines in credit_note._get_returns_lines_to_match()]
        if plan:
            self.env['account.move.line']._reconcile_plan(plan)

    def _match_returns_refunds(self):
        """Settle these credit notes with the refunds that were made before them, or beside returns.

        What was refunded in the provider's own dashboard, and what was refunded for a credit note that was reset and
        posted again.
        """
        for credit_note in self.filtered(lambda move: move.payment_state in OPEN_STATES):
            refunds = credit_note._get_returns_payments()._get_returns_refunds()
            for refund in refunds.filtered(lambda refund: refund._is_returns_refund_free()):
                foreign = refund.returns_order_id - credit_note.returns_order_ids
                if credit_note._get_returns_unpaid() and not foreign:
                    refund._link_to_returns(credit_note)
            credit_note._reconcile_returns_refunds()

    def _reconcile_returns_refunds(self):
        """Match this credit note with the payments of its refunds that are not matched with anything."""
        self.ensure_one()
        items = self.transaction_ids.filtered(lambda tx: tx.operation == 'refund')._get_returns_open_items()
        account = items.account_id[:1]
        owed = self.line_ids.filtered(lambda line: line.account_id == account and not line.reconciled)
        if owed:
            (items.filtered(lambda line: line.account_id == account) | owed).reconcile()

    def _create_returns_refunds(self):
        """Plan the refund of what these credit notes owe, from the online payments of what was returned.

        Never more than was paid and is not refunded yet, over all returns and anybody's refunds: one user at a time.

        :return: new `payment.transaction` records, not sent yet
        """
        payments_by_credit_note = {
            credit_note: payments for credit_note in self
            if credit_note._get_returns_unpaid() and (payments := credit_note._get_returns_payments())
        }
        payments = self.env['payment.transaction'].sudo().union(*payments_by_credit_note.values())
        serialize(payments)
        rooms = {payment: payment._get_returns_refundable() for payment in payments}
        refunds = payments.browse()
        for credit_note, sources in payments_by_credit_note.items():
            owed = credit_note._get_returns_unpaid()
            for payment in sources:
                part = payment._get_returns_refund_part(owed, rooms[payment])
                if part:
                    refunds += payment._create_returns_refund(part, credit_note.returns_order_ids[:1], credit_note)
                    rooms[payment] -= part
                    owed -= part
        return refunds
