from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .compute_anew import compute_anew
from .locking import serialize
from .payment_transaction import FAILED_STATES
from .tracks import TRACK_STATUSES


class ReturnsOrder(models.Model):
    """Is the money back? Through the original online payment where that can be refunded, else by accounting."""

    _inherit = 'returns.order'

    payout_status = fields.Selection(TRACK_STATUSES, string="Money Back", compute='_compute_payout_status', store=True)
    amount_to_pay = fields.Monetary(
        "To Pay Back", compute='_compute_payout_status', store=True, help="Open in posted credit notes.")
    refund_ids = fields.One2many(
        'payment.transaction', 'returns_order_id', string="Online Refunds", readonly=True, copy=False,
        groups='account.group_account_invoice')

    @api.depends('credit_status', 'amount_uninvoiced', 'is_refunded_directly', 'refund_ids.state')
    def _compute_payout_status(self):
        """From the payments of the credit notes, of which `account.move` tells the returns.

        They are not among the dependencies: almost every field of a journal item ends in the payment status, so that
        whatever is written on any journal item would look for returns on a dozen ways.
        """
        for order in self:
            posted = order.line_ids.credit_line_ids.move_id.filtered(
                lambda move: move.state == 'posted' and move.move_type == 'out_refund')
            settled = posted.filtered(lambda move: move.payment_state in ('in_payment', 'paid', 'reversed'))
            direct = order.sudo()._get_direct_refunds()
            direct_done = direct.filtered(lambda refund: refund.state == 'done')
            direct_due = order.amount_uninvoiced if order.is_refunded_directly else 0.0
            order.amount_to_pay = direct_due + sum((posted - settled).mapped('amount_residual'))
            if order.credit_status == 'no' and not direct and not direct_due:
                order.payout_status = 'no'
            elif order.credit_status in ('full', 'no') and settled == posted and direct_done == direct and (
                not direct_due
            ):
                order.payout_status = 'full'
            elif settled or direct_done or 'partial' in posted.mapped('payment_state'):
                order.payout_status = 'partial'
            else:
                order.payout_status = 'pending'

    def _update_payout_status(self):
        """Have it computed anew, with all that follows from it: a credit note was paid, or no longer is."""
        compute_anew(self, ['payout_status', 'amount_to_pay'])

    def _get_direct_refunds(self):
        """The refunds of goods that were never invoiced, those that failed left out."""
        return self.refund_ids.filtered(lambda refund: not refund.invoice_ids and refund.state not in FAILED_STATES)

    # === The verb ===

    def action_pay_out(self):
        """Pay back what is owed: online where the original payment can be refunded, the rest by Odoo's own dialog.

        A second call finds nothing to do: what is on its way is not paid again, what failed is tried again.

        :return: the action that registers the payment of what cannot go online, else one that says what was done
        :raise AccessError: when somebody else than accounting pays
        """
        self._check_may_pay()
        orders_sudo = self.sudo()
        before = orders_sudo.refund_ids
        if len(self) == 1:
            orders_sudo._pay_out()
            orders_sudo._forget_failure('_pay_out')
        else:
            orders_sudo._run_automatically('_pay_out')
        by_hand = self._get_credit_notes_to_register()
        if by_hand:
            return by_hand.action_register_payment()
        return self._get_payout_notification(len(orders_sudo.refund_ids - before))

    def action_register_payment(self):
        """Open Odoo's own dialog that pays the open credit notes of these returns, grouped as Odoo does.

        :raise UserError: when nothing is to be paid by hand
        """
        self._check_may_pay()
        credit_notes = self._get_credit_notes_to_register()
        if not credit_notes:
            raise UserError(self.env._(
                "Nothing is to be paid by hand: no posted credit note is open, or its online refund is on its way."))
        return credit_notes.action_register_payment()

    def _check_may_pay(self):
        self.check_access('read')
        if not (self.env.su or self.env.user.has_group('account.group_account_invoice')):
            raise AccessError(self.env._("Only accounting pays money back."))

    def _pay_out(self):
        """Match the open credit notes with their invoices and with refunds made before, refund the rest online.

        :return: the new refunds (`payment.transaction`), empty when nothing can go online
        """
        orders_sudo = self.sudo().filtered(lambda order: order.state in ('approved', 'done'))
        credit_notes = orders_sudo._get_open_credit_notes()
        serialize(credit_notes)
        credit_notes._match_returns_invoices()
        credit_notes._match_returns_refunds()
        refunds = credit_notes._create_returns_refunds() + orders_sudo._create_direct_refunds()
        refunds._send_returns_refunds_soon()
        return refunds

    def _pay_out_automatically(self):
        """Pay back online, where the company says so and it can be."""
        automatic = self.filtered(lambda order: order.amount_to_pay and order.company_id.returns_auto_payout)
        automatic.sudo()._run_automatically('_pay_out')

    def _get_open_credit_notes(self):
        return self.line_ids.credit_line_ids.move_id.filtered(
            lambda move: move.move_type == 'out_refund' and move._is_returns_open())

    def _get_credit_notes_to_register(self):
        """The open credit notes of which nothing is on its way online: they are to be paid by hand."""
        return self.sudo()._get_open_credit_notes().filtered(lambda move: not move.currency_id.compare_amounts(
            move._get_returns_unpaid(), move.amount_residual)).sudo(False)

    def _create_direct_refunds(self):
        """Plan the refund of goods that were paid and never invoiced.

        Where the payment cannot be refunded online any more, the goods are to be invoiced and credited instead.

        :return: new `payment.transaction` records, not sent yet
        """
        todo = self.filtered('is_refunded_directly')
        payments = todo._get_direct_payments()
        serialize(payments)
        refunds = payments.browse()
        for order in todo:
            plan = order._plan_direct_refund(order.amount_uninvoiced)
            for payment, part in plan:
                refunds += payment._create_returns_refund(part, order)
            if not plan:
                order.line_ids._update_qty_to_credit()
        return refunds

    def _plan_direct_refund(self, amount):
        """From which payments `amount` is refunded without a credit note, the newest first.

        :param float amount: in the currency of this return
        :return: list of tuples (`payment.transaction`, amount), empty when not all of it can be refunded online
        """
        self.ensure_one()
        plan, owed = [], amount
        for payment in self._get_direct_payments().sorted('id', reverse=True):
            room = min(payment._get_returns_refundable(), payment._get_returns_unspent())
            part = payment._get_returns_refund_part(owed, room)
            if part:
                plan.append((payment, part))
                owed -= part
        return [] if self.currency_id.compare_amounts(owed, 0) > 0 else plan

    def _get_direct_payments(self):
        payments = self.line_ids.sale_line_id.order_id.transaction_ids._get_returns_sources()
        return payments.filtered(lambda payment: payment.currency_id in self.currency_id)

    def _get_payout_notification(self, count):
        """The notification that says how many refunds were written down."""
        message = self.env._("Online refunds on their way: %s.", count) if count else self.env._(
            "Nothing is to be paid now: it is paid, its refund is on its way, or it waits for an exchange.")
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {'type': 'info', 'message': message, 'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}},
        }
