from odoo import api, fields, models
from odoo.tools import formatLang

from .payment_transaction import FAILED_STATES


class ReturnsOrder(models.Model):
    """Why is the money not back yet? What everybody sees who asks, and what accounting does about it."""

    _inherit = 'returns.order'

    payout_hint = fields.Selection(
        [
            ('failed', "Refund failed"), ('pending', "Refund pending"), ('overpaid', "Paid back too much"),
            ('uninvoiced', "Paid, not invoiced"),
        ],
        string="Money", compute='_compute_payout_hint', store=True, index='btree_not_null')
    payout_note = fields.Text(compute='_compute_payout_note', compute_sudo=True)

    @api.depends('payout_status', 'amount_to_pay', 'amount_uninvoiced', 'refund_ids.state', 'refund_ids.payment_id')
    def _compute_payout_hint(self):
        """Other refunds of the credit notes, and what becomes of their payments, are told by these themselves."""
        for order in self:
            order_sudo = order.sudo()
            if order_sudo._get_failed_refunds():
                order.payout_hint = 'failed'
            elif order_sudo._get_pending_refunds():
                order.payout_hint = 'pending'
            elif order_sudo._get_surplus_refunds():
                order.payout_hint = 'overpaid'
            else:
                order.payout_hint = 'uninvoiced' if order.amount_uninvoiced else False

    @api.depends('payout_hint')
    def _compute_payout_note(self):
        for order in self:
            order.payout_note = "\n".join(order._get_payout_texts()) if order.payout_hint else False

    def _get_payout_texts(self):
        """What is to be said about the refunds of this return, and about what was paid and never invoiced."""
        self.ensure_one()
        return [
            *map(self._get_failure_text, self._get_failed_refunds()),
            *map(self._get_pending_text, self._get_pending_refunds()),
            *map(self._get_surplus_text, self._get_surplus_refunds()),
            *([self._get_uninvoiced_text()] if self.amount_uninvoiced else []),
        ]

    def _get_online_refunds(self):
        """The online refunds of these returns, with those of other returns that pay for their credit notes, too."""
        transactions = self.line_ids.credit_line_ids.move_id.transaction_ids
        return self.refund_ids | transactions.filtered(lambda tx: tx.operation == 'refund' and tx.returns_order_id)

    def _get_pending_refunds(self):
        """The online refunds that are neither confirmed nor failed."""
        return self._get_online_refunds().filtered(lambda refund: refund.state in ('draft', 'pending', 'authorized'))

    def _get_surplus_refunds(self):
        """The online refunds of which more is paid than was owed: what counted as failed has arrived after all."""
        if self._has_open_credit():  # which they will pay for
            return self.refund_ids.browse()
        return self.refund_ids.filtered(lambda refund: refund.state == 'done' and refund._is_returns_surplus())

    def _get_failed_refunds(self):
        """The online refunds that failed, while what they were for is still owed and not tried again."""
        if not (self.amount_to_pay or self.amount_uninvoiced):
            return self.refund_ids.browse()
        last = {
            (refund.invoice_ids, refund.source_transaction_id): refund
            for refund in self._get_online_refunds().sorted('id')
        }
        return self.refund_ids.browse().union(*last.values()).filtered(
            lambda refund: refund.state in FAILED_STATES and (
                refund.invoice_ids.filtered(lambda move: move._get_returns_unpaid()) or not refund.invoice_ids))

    def _get_failure_text(self, refund):
        return self.env._(
            "The refund of %(amount)s by %(provider)s failed: %(reason)s Pay it back again, or register a payment.",
            amount=self._format_refund(refund), provider=refund.provider_id.name,
            reason=refund.state_message or self.env._("no reason was given."))

    def _get_pending_text(self, refund):
        if refund.state == 'draft' and not refund.returns_sent_on:
            return self.env._(
                "The refund of %(amount)s is about to be sent to %(provider)s.",
                amount=self._format_refund(refund), provider=refund.provider_id.name)
        return self.env._(
            "The refund of %(amount)s was sent to %(provider)s, which has not confirmed it yet. %(reason)s",
            amount=self._format_refund(refund), provider=refund.provider_id.name,
            reason=refund.state_message or "").strip()

    def _get_surplus_text(self, refund):
        surplus = formatLang(self.env, refund._get_returns_open_amount(), currency_obj=refund.currency_id)
        return self.env._(
            "%(surplus)s more than is owed went back with the refund %(refund)s. Ask the customer for it, or match its "
            "payment %(payment)s with what else is owed.",
            surplus=surplus, refund=refund.reference, payment=refund.payment_id.name)

    def _get_uninvoiced_text(self):
        amount = formatLang(self.env, self.amount_uninvoiced, currency_obj=self.currency_id)
        if self.is_refunded_directly:
            return self.env._("%s was paid online and never invoiced: the payment is refunded.", amount)
        return self.env._(
            "%s was paid online and never invoiced: with the credit note what was delivered is invoiced, too.", amount)

    def _format_refund(self, refund):
        return formatLang(self.env, -refund.amount, currency_obj=refund.currency_id)

    def action_give_up_refunds(self):
        """Count pending refunds as failed, after somebody has looked at the provider: they can be paid again.

        :raise AccessError: when somebody else than accounting does it
        """
        self._check_may_pay()
        pending = self.sudo()._get_pending_refunds()
        pending._set_error(self.env._("%s says that it did not arrive.", self.env.user.name))
        return True
