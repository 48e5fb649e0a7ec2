from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from .locking import serialize

#: verb -> (states it may start from, state it leads to)
TRANSITIONS = {
    'submit': ({'draft'}, 'requested'),
    'approve': ({'requested'}, 'approved'),
    'refuse': ({'requested'}, 'refused'),
    'cancel': ({'draft', 'requested', 'approved'}, 'cancel'),
    'reset_to_draft': ({'refused', 'cancel'}, 'draft'),
    'reopen': ({'refused', 'cancel'}, 'requested'),
}
#: What a verb need not do again: the states that come after it.
REACHED = {
    'submit': {'requested', 'approved', 'done'},
    'approve': {'approved', 'done'},
    'refuse': {'refused'},
    'cancel': {'cancel'},
    'reset_to_draft': {'draft'},
    'reopen': {'requested'},
}
#: What a new request does not know any more: what was told and asked the last time.
FORGOTTEN_FIELDS = ('approval_note', 'question', 'date_answer', 'close_note', 'date_reminder', 'date_slip_sent')
#: In the context of a write it says that the write comes from a verb. An object, so that no RPC call can send it.
TRANSITION_KEY = object()


class ReturnsOrder(models.Model):
    """May it come back? The state of a return, changed only by verbs and one automatic pair."""

    _inherit = 'returns.order'

    state = fields.Selection(
        [
            ('draft', "Draft"), ('requested', "Requested"), ('approved', "Approved"), ('done', "Done"),
            ('refused', "Refused"), ('cancel', "Cancelled"),
        ],
        string="Status", required=True, default='draft', index=True, tracking=True,
        compute='_compute_state', store=True, readonly=True,
    )
    refusal_note = fields.Text("Refusal", copy=False, tracking=True, help="The customer can read it.")
    approver_id = fields.Many2one('res.users', string="Approved By", readonly=True, copy=False)
    date_request = fields.Datetime("Requested On", readonly=True, copy=False)
    date_approval = fields.Datetime("Approved On", readonly=True, copy=False)
    date_done = fields.Datetime("Done On", compute='_compute_state', store=True, copy=False)

    @api.depends('reception_status', 'replacement_status', 'credit_status', 'payout_status', 'line_ids.qty_kept')
    def _compute_state(self):
        """The one automatic pair: an approved return is done when nothing is expected any more, and back if it is.

        What the customer keeps of an order that is not billed is done at once: there is nothing to credit yet.
        """
        for order in self:
            order.state = order.state or 'draft'
            order.date_done = order.date_done
            if order.state not in ('approved', 'done'):  # lines ask for it while they look for their policy
                continue
            tracks = {order.reception_status, order.replacement_status, order.credit_status, order.payout_status}
            happened = 'full' in tracks or any(order.line_ids.mapped('qty_kept'))
            if order.state == 'approved' and happened and tracks <= {'full', 'no'}:
                order.state = 'done'
                order.date_done = fields.Datetime.now()
                order._tell_later('closed')
            elif order.state == 'done' and not tracks <= {'full', 'no'}:
                order.state = 'approved'
                order.date_done = False

    def _is_transition(self):
        return self.env.context.get('returns_transition') is TRANSITION_KEY

    def _get_to_transition(self, verb):
        """The returns of `self` that `verb` still has to move; those that are there already are left out.

        :raise UserError: naming the returns that `verb` cannot start from
        """
        sources, target = TRANSITIONS[verb]
        todo = self.filtered(lambda order: order.state not in REACHED[verb])
        blocked = todo.filtered(lambda order: order.state not in sources)
        if blocked:
            labels = dict(self._fields['state']._description_selection(self.env))
            raise UserError(self.env._(
                "%(returns)s cannot become “%(target)s”: the status is “%(states)s”.",
                returns=", ".join(blocked.mapped('name')), target=labels[target],
                states=format_list(self.env, [labels[state] for state in dict.fromkeys(blocked.mapped('state'))])))
        return todo

    def _transition(self, verb, **values):
        """Move the returns along `verb` and write `values` with it; nobody else writes the state."""
        self.with_context(returns_transition=TRANSITION_KEY).write({'state': TRANSITIONS[verb][1], **values})

    def _write_by_system(self, values):
        """Write what follows from a verb, without a change of the state."""
        self.with_context(returns_transition=TRANSITION_KEY).write(values)

    def action_submit(self):
        """Freeze the verdict, claim the quantities, and approve at once what the policy lets pass."""
        orders = self._get_to_transition('submit')
        orders._check_complete()
        orders.line_ids._share_out()._check_lots_complete()
        orders.with_context(returns_transition=TRANSITION_KEY)._stamp_request()
        orders.line_ids._freeze_verdict()
        orders._transition('submit')
        orders.line_ids.origin_move_id._check_returns_claims()
        orders.line_ids._check_serials_free()
        orders.line_ids.sale_line_id.sudo().filtered(lambda line: not line.returns_exist).returns_exist = True
        orders._log_on_sale_orders()
        orders._tell_later('submitted')
        orders.filtered(lambda order: order._is_approved_automatically()).action_approve()
        return True

    def action_confirm(self):
        """Submit and approve in one click. What only a manager may overrule stays requested, for a manager to see."""
        drafts = self.filtered(lambda order: order.state == 'draft')
        drafts.action_submit()
        pending = self.filtered(lambda order: order.state == 'requested')
        (pending - drafts.filtered(lambda order: not order._can_approve())).action_approve()
        return True

    def action_approve(self):
        """Approve what is approved of each line, and announce it to the warehouse.

        :raise AccessError: when objections are overruled by somebody who is no returns manager
        """
        orders = self._get_to_transition('approve')
        orders._check_approvable()
        moves = orders.line_ids.origin_move_id
        serialize(moves)
        today = fields.Date.context_today(self)
        for days, group in orders.grouped(lambda order: order._get_shipping_days()).items():
            group._transition(
                'approve', date_approval=fields.Datetime.now(), approver_id=self.env.uid,
                date_deadline=today + relativedelta(days=days))
        orders._create_receipts()
        moves._check_returns_claims()
        orders._log_overruled_objections()
        orders._tell_later('approved')
        orders._on_approved()
        return True

    def action_refuse(self):
        """Refuse the returns. Each needs a text that the customer can read."""
        orders = self._get_to_transition('refuse')
        silent = orders.filtered(lambda order: not (order.refusal_note or '').strip())
        if silent:
            raise UserError(self.env._(
                "Say why %s cannot be returned: the customer reads it.", ", ".join(silent.mapped('name'))))
        orders._transition('refuse')
        orders._tell_later('refused')
        return True

    def action_cancel(self):
        """Call the returns off, with their receipts. What has arrived or is credited cannot be called off."""
        orders = self._get_to_transition('cancel')
        started = orders.filtered(lambda order: order._is_started())
        if started:
            raise UserError(self.env._(
                "%s cannot be cancelled: goods have arrived or left, or a credit note exists.",
                ", ".join(started.mapped('name'))))
        # The clerk who calls a return off needs no stock rights to tell the warehouse.
        orders.sudo()._get_open_pickings().action_cancel()
        orders._transition('cancel')
        orders.filtered('date_request')._tell_later('closed')
        return True

    def action_reset_to_draft(self):
        orders = self._get_to_transition('reset_to_draft')
        orders._transition(
            'reset_to_draft', date_request=False, date_approval=False, approver_id=False, date_deadline=False,
            date_sent=False, refusal_note=False, **dict.fromkeys(FORGOTTEN_FIELDS, False))
        orders.line_ids.write({'qty_approved': 0.0, 'refusal_note': False})
        orders.line_ids._update_verdict()
        return True

    def _check_complete(self):
        """:raise UserError: naming everything that is missing, on every return at once"""
        empty = self.filtered(lambda order: not order.line_ids)
        if empty:
            raise UserError(self.env._(
                "Add what comes back before you submit: %s has no products.", ", ".join(empty.mapped('name'))))

    def _is_approved_automatically(self):
        """Whether no objection was found and every policy lets a return of this amount pass."""
        self.ensure_one()
        return (
            all(line.eligibility == 'accepted' for line in self.line_ids)
            and all(policy._is_within_auto_limit(self) for policy in self.line_ids.policy_id)
        )

    def _get_shipping_days(self):
        self.ensure_one()
        return min(self.line_ids.policy_id.mapped('shipping_days'), default=0)

    def _get_overruled_lines(self):
        """The lines approved although the policy objects."""
        return self.line_ids.filtered(lambda line: line.qty_approved and line.objection_ids)

    def _can_approve(self):
        self.ensure_one()
        overruled = self._get_overruled_lines()
        return any(self.line_ids.mapped('qty_approved')) and (
            not overruled or self._is_manager() and all(overruled.objection_ids.mapped('waivable')))

    def _is_manager(self):
        return self.env.su or self.env.user.has_group('returns_management.group_returns_manager')

    def _check_approvable(self):
        empty = self.filtered(lambda order: not any(order.line_ids.mapped('qty_approved')))
        if empty:
            raise UserError(self.env._(
                "Nothing is approved of %s. Set an approved quantity, or refuse the return.",
                ", ".join(empty.mapped('name'))))
        overruled = self._get_overruled_lines()
        final = overruled.objection_ids.filtered(lambda objection: not objection.waivable)
        if final:
            raise UserError(self.env._(
                "This cannot be overruled. Set the approved quantity of the line to 0, or refuse the return.\n%s",
                "\n".join(final.mapped('message'))))
        if overruled and not self._is_manager():
            raise AccessError(self.env._(
                "Only a returns manager can approve against the policy:\n%s",
                "\n".join(
                    f"{objection.line_id.order_id.name}: {objection.message}"
                    for objection in overruled.objection_ids)))

    def _log_overruled_objections(self):
        for order in self:
            objections = order._get_overruled_lines().objection_ids
            if objections:
                order.message_post(body=self.env._(
                    "Approved against the policy: %s", format_list(self.env, objections.mapped('message'))))
