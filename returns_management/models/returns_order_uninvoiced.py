from odoo import api, fields, models


class ReturnsOrder(models.Model):
    """Paid online, but never invoiced: what a web shop owes for goods that came back before it had billed them.

    By default what was delivered is invoiced, then credited: the books show a sale and its return. A company may
    rather have the payment refunded directly; then there is neither an invoice nor a credit note for these goods.
    """

    _inherit = 'returns.order'

    amount_uninvoiced = fields.Monetary(
        "Paid, Not Invoiced", compute='_compute_amount_uninvoiced', store=True,
        help="What the customer paid online for what came back, of which there is no invoice. Taxes included.")
    is_refunded_directly = fields.Boolean(
        compute='_compute_amount_uninvoiced', store=True,
        help="The payment is refunded, without an invoice and a credit note.")

    @api.depends(
        'line_ids.qty_accepted', 'line_ids.qty_to_receive', 'line_ids.qty_kept', 'line_ids.qty_credited',
        'line_ids.qty_in_draft_credit', 'line_ids.qty_to_credit', 'line_ids.qty_drafted_by_hand', 'refund_ids.state',
    )
    def _compute_amount_uninvoiced(self):
        """Like `qty_to_credit` from invoices too, of which `account.move` tells, and from online payments."""
        for order in self:
            order_sudo = order.sudo()
            lines = order_sudo.line_ids.filtered(lambda line: line._get_qty_uninvoiced())
            amount = order_sudo._get_amount_overpaid(lines) if lines else 0.0
            order.amount_uninvoiced = amount
            order.is_refunded_directly = bool(amount) and order_sudo._can_refund_directly(lines, amount)

    def _can_refund_directly(self, lines, amount):
        """Whether the payment of `lines` is refunded without an invoice: the company wants it, and it is possible.

        What stays with the customer has to be invoiced: only a credit note makes it cheaper.
        """
        self.ensure_one()
        return (
            self.company_id.returns_uninvoiced == 'refund'
            and not any(line._get_qty_uninvoiced_at_customer() for line in lines)
            and bool(self._plan_direct_refund(amount))
        )

    def _get_amount_overpaid(self, lines):
        """What the customer paid online for `lines` that were never invoiced, less what was refunded directly."""
        self.ensure_one()
        worth = sum(line._get_amount(line._get_qty_uninvoiced()) for line in lines)
        refunded = -sum(self._get_direct_refunds().mapped('amount'))
        # What stays with the customer is not taken off the order before it is credited.
        paid = sum(
            max(0.0, sale_order._get_returns_overpaid(
                sum(line._get_amount(line._get_qty_uninvoiced_at_customer()) for line in of_order)))
            for sale_order, of_order in lines.grouped(lambda line: line.sale_line_id.order_id).items())
        return max(0.0, self.currency_id.round(min(worth - refunded, paid)))

    def _is_to_invoice_first(self):
        """Whether what came back is to be invoiced, so that it can be credited."""
        self.ensure_one()
        return bool(self.amount_uninvoiced) and not self.is_refunded_directly

    def _on_paid(self):
        """The orders of these returns were paid online just now: credit what came back, where the policy says so."""
        triggered = self.filtered(lambda order: order.state == 'approved' and order.amount_uninvoiced and any(
            line.policy_id.credit_trigger != 'manual' for line in order.line_ids if line._get_qty_uninvoiced()))
        triggered.sudo()._run_automatically('_create_credit_notes')

    def _invoice_what_was_paid(self):
        """Invoice what was delivered of orders that were paid online, where something of it came back.

        A clerk has no accounting rights: the invoices are made and posted for them, as a web shop does at the payment.

        :raise UserError: naming the draft invoices that are to be posted or deleted first
        """
        todo = self.sudo().filtered(
            lambda order: order.state in ('approved', 'done') and order._is_to_invoice_first())
        lines = todo.line_ids.filtered(lambda line: line._get_qty_uninvoiced())
        lines.sale_line_id.order_id._invoice_returns_delivered()
