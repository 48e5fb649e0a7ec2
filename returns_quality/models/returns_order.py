from odoo import api, fields, models


class ReturnsOrder(models.Model):
    """What happens next when goods are inspected, refused, or objected to?"""

    _inherit = 'returns.order'

    inspection_ids = fields.One2many('returns.inspection', 'order_id', string="Inspections", readonly=True, copy=False)
    inspection_count = fields.Integer(compute='_compute_inspection_count', compute_sudo=True)
    dispute_ids = fields.One2many('returns.dispute', 'order_id', string="Disputes", copy=False)
    has_open_dispute = fields.Boolean(
        "Disputed", compute='_compute_has_open_dispute', store=True, help="The customer objects to an inspection.")

    @api.depends('inspection_ids')
    def _compute_inspection_count(self):
        for order in self:
            order.inspection_count = len(order.inspection_ids)

    @api.depends('dispute_ids.state')
    def _compute_has_open_dispute(self):
        for order in self:
            order.has_open_dispute = 'open' in order.dispute_ids.mapped('state')

    @api.depends('line_ids.qty_to_inspect')
    def _compute_credit_status(self):
        """Override: what waits for its inspection may still have to be credited."""
        super()._compute_credit_status()
        for order in self:
            waits = any(line.qty_to_inspect and line._is_credited_for_goods() for line in order.line_ids)
            if waits and order.credit_status in ('no', 'full'):
                order.credit_status = 'partial' if order.credit_status == 'full' else 'pending'

    @api.depends('line_ids.qty_to_inspect', 'inspection_ids.goods_state', 'inspection_ids.counts')
    def _compute_replacement_status(self):
        super()._compute_replacement_status()

    @api.depends(
        'inspection_ids.state', 'inspection_ids.date_deadline', 'inspection_ids.goods_state',
        'inspection_ids.date_dispute', 'has_open_dispute',
    )
    def _compute_next_step(self):
        super()._compute_next_step()

    def _get_next_step(self):
        """Override: goods are inspected after what we owe the customer, and before anything else is waited for."""
        step = super()._get_next_step()
        if self.state not in ('approved', 'done') or self.parcel_note:
            return step
        if self.has_open_dispute and 'todo' not in self.dispute_ids.again_id.mapped('state'):
            return 'review'
        if step in ('credit', 'ship'):
            return step
        if 'todo' in self.inspection_ids.mapped('state'):
            return 'inspect'
        if step in ('review', 'none') and self._get_refused_waiting():
            return 'answer' if 'pending' in self._get_refused_waiting().mapped('goods_state') else 'review'
        return step

    def _get_refused_waiting(self):
        """The refused inspections whose goods nobody has let go."""
        return self.inspection_ids.filtered(
            lambda one: one.counts and one.is_refused and one.goods_state in ('pending', 'held'))

    def _get_date_next(self):
        """Override: until when somebody inspects, or the customer may object."""
        if self.next_step == 'inspect':
            todo = self.inspection_ids.filtered(lambda one: one.state == 'todo' and one.date_deadline)
            return min(todo.mapped('date_deadline'), default=False)
        if self.next_step == 'answer' and self.state in ('approved', 'done'):
            return min(filter(None, self._get_refused_waiting().mapped('date_dispute')), default=False)
        return super()._get_date_next()

    # === Why it is listed ===

    @api.model
    def _get_main_objections(self):
        return [
            *super()._get_main_objections(),
            ('dispute', self.env._("Customer objects to the inspection")),
            ('refused_goods', self.env._("Refused goods are here")),
        ]

    @api.depends('has_open_dispute')
    def _compute_main_objection(self):
        super()._compute_main_objection()

    def _get_main_objection(self):
        if self.has_open_dispute:
            return 'dispute'
        if self.state in ('approved', 'done') and self._get_refused_waiting():
            return 'refused_goods'
        return super()._get_main_objection()

    # === What follows ===

    def _on_received(self):
        """Override: what needs no inspection is credited when others are at their inspection."""
        super()._on_received()
        self._credit_by_trigger({'on_inspection'})

    def _on_inspected(self):
        """Goods of these returns are inspected or let go: do what their policies say happens by itself."""
        self.filtered(lambda order: any(order.line_ids.mapped('qty_rejected')))._run_automatically('_book_cost')
        self._credit_by_trigger({'on_approval', 'on_receipt', 'on_inspection'})
        self._replace_by_trigger({'on_approval', 'on_receipt'})
        self._tell_later('inspected')

    def _dispose_refused(self):
        """Let go of the refused goods to which nobody may object any more."""
        self.inspection_ids.filtered('is_refused')._get_to_dispose()._dispose()
        self._on_inspected()

    @api.model
    def _cron_schedule_activities(self):
        """Override: an overdue inspection is an activity, too."""
        super()._cron_schedule_activities()
        self._work_off('_schedule_overdue_activity', [
            ('next_step', '=', 'inspect'), ('date_next', '<', fields.Date.context_today(self))])

    def _get_overdue_user(self):
        """Override: who inspects sees to an overdue inspection."""
        if self.next_step == 'inspect':
            todo = self.inspection_ids.filtered(lambda one: one.state == 'todo' and one.user_id.active)
            if todo.user_id:
                return todo.user_id[0]
        return super()._get_overdue_user()

    def action_view_inspections(self):
        return self._get_documents_action('returns_quality.returns_inspection_action', self.inspection_ids)

    def action_view_disputes(self):
        return self._get_documents_action('returns_quality.returns_dispute_action', self.dispute_ids)
