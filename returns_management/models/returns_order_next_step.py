from odoo import api, fields, models

#: Who acts in each next step.
ACTOR_BY_STEP = {
    'review': 'returns', 'answer': 'customer', 'send': 'customer', 'receive': 'warehouse', 'inspect': 'inspector',
    'ship': 'warehouse', 'credit': 'returns', 'pay': 'accounting', 'none': False,
}


class ReturnsOrder(models.Model):
    """What happens next, who does it, and until when: all that people read, computed from the three answers."""

    _inherit = 'returns.order'

    next_step = fields.Selection(
        [
            ('review', "Review"), ('answer', "Wait for answer"), ('send', "Send goods"), ('receive', "Receive"),
            ('inspect', "Inspect"), ('ship', "Send to customer"), ('credit', "Credit"), ('pay', "Pay back"),
            ('none', "Nothing"),
        ],
        compute='_compute_next_step', store=True, index=True, group_expand='_group_expand_next_step')
    next_actor = fields.Selection(
        [
            ('customer', "Customer"), ('returns', "Returns"), ('warehouse', "Warehouse"), ('inspector', "Inspector"),
            ('accounting', "Accounting"),
        ],
        string="Next Is", compute='_compute_next_step', store=True)
    date_next = fields.Date("Until", compute='_compute_next_step', store=True)

    @api.depends(
        'state', 'reception_status', 'replacement_status', 'credit_status', 'payout_status', 'date_sent',
        'date_deadline', 'date_answer',
        'date_refund_deadline', 'line_ids.qty_to_credit', 'line_ids.qty_in_draft_credit',
        'line_ids.qty_drafted_by_hand', 'line_ids.qty_to_replace', 'line_ids.qty_to_send_back',
        'line_ids.qty_to_deliver', 'amount_uninvoiced', 'is_refunded_directly',
    )
    def _compute_next_step(self):
        for order in self:
            order.next_step = order._get_next_step()
            order.next_actor = order._get_next_actor()
            order.date_next = order._get_date_next()

    @api.model
    def _group_expand_next_step(self, values, domain):
        """Columns in the order of the steps, without the empty ones."""
        return [value for value, _label in self._fields['next_step'].selection if value in values]

    def _get_next_step(self):
        """The one thing to do next. Where several could be done, what we owe the customer comes first."""
        self.ensure_one()
        if self.state == 'requested':
            return 'answer' if self.date_answer else 'review'
        if self.state != 'approved':
            return 'none'
        if self._has_open_credit():
            return 'credit'
        if self._has_open_delivery():
            return 'ship'
        if self.reception_status == 'partial' or (self.reception_status == 'pending' and self.date_sent):
            return 'receive'
        if self.reception_status == 'pending':
            return 'send'
        if self.payout_status in ('pending', 'partial'):
            return 'pay'
        return 'review'  # its receipt was cancelled: somebody has to say what becomes of it

    def _get_next_actor(self):
        """Who does the next step. Drafts of credit notes wait for accounting, not for the returns clerk."""
        self.ensure_one()
        if self.next_step == 'credit' and not (
            self._is_to_invoice_first() or any(self.line_ids.mapped('qty_to_credit'))
        ):
            return 'accounting'
        if self.next_step == 'ship' and self._has_owed_delivery():
            return 'returns'
        return ACTOR_BY_STEP[self.next_step]

    def _get_date_next(self):
        self.ensure_one()
        if self.next_step == 'answer':
            return self.date_answer
        if self.next_step in ('send', 'receive'):
            return self.date_deadline
        if self.next_step in ('credit', 'pay'):
            return self.date_refund_deadline
        return False
