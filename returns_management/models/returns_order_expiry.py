from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, split_every

#: How many returns a scheduled action handles before it saves.
CHUNK_SIZE = 50


class ReturnsOrder(models.Model):
    """What if nobody does anything? Customers are reminded, returns expire, colleagues get activities."""

    _inherit = 'returns.order'

    date_expiry = fields.Date(
        "Expires On", compute='_compute_date_expiry', store=True,
        help="Days of grace after the day until which the goods are to be sent back. After it nothing is expected "
             "any more, unless the customer has sent it.")
    date_reminder = fields.Date("Reminded On", readonly=True, copy=False)
    overdue_step = fields.Char(
        readonly=True, copy=False, help="The next step for which the responsible got an activity.")

    @api.depends('date_deadline', 'line_ids.policy_id')
    def _compute_date_expiry(self):
        for order in self:
            days = max(order.line_ids.policy_id.mapped('grace_days'), default=0)
            order.date_expiry = order.date_deadline + relativedelta(days=days) if order.date_deadline else False

    def action_mark_sent(self):
        """The customer has sent the goods: from now on they are expected, and the return does not expire."""
        self.filtered(lambda order: order.state == 'approved' and not order.date_sent).date_sent = (
            fields.Date.context_today(self))
        return True

    # === Scheduled actions ===

    @api.model
    def _cron_expire(self):
        today = fields.Date.context_today(self)
        self._work_off('_expire', [
            ('state', '=', 'approved'), ('reception_status', 'in', ('pending', 'partial')),
            ('date_sent', '=', False), ('date_expiry', '<', today),
        ])

    @api.model
    def _cron_remind_customers(self):
        today = fields.Date.context_today(self)
        self._work_off('_remind_customers', self._get_domain_by_company(lambda company: [
            ('next_step', '=', 'send'), ('date_reminder', '=', False), ('date_deadline', '>=', today),
            ('date_deadline', '<=', today + relativedelta(days=company.returns_reminder_days)),
        ]))

    @api.model
    def _cron_schedule_activities(self):
        """Give the responsible of each overdue return one activity, and take back those that are done with."""
        self._work_off('_drop_overdue_activities', [('overdue_step', '!=', False)])
        now, today = fields.Datetime.now(), fields.Date.context_today(self)
        self._work_off('_schedule_overdue_activity', self._get_domain_by_company(lambda company: (
            Domain('next_step', '=', 'review')
            & Domain('date_request', '<', now - relativedelta(days=company.returns_review_days))
            | Domain('next_step', 'in', ('answer', 'credit', 'pay')) & Domain('date_next', '<', today)
        )))

    @api.model
    def _get_domain_by_company(self, get_domain):
        """The domain of the returns that fit what `get_domain` says for their company."""
        return Domain.OR(
            Domain('company_id', '=', company.id) & Domain(get_domain(company))
            for company in self.env['res.company'].search([]))

    @api.model
    def _work_off(self, method_name, domain):
        """Run a step over the returns of `domain`, chunk by chunk, each saved before the next one begins."""
        cron = self.env['ir.cron']
        ids = self.search(domain, order='id').ids
        cron._commit_progress(remaining=len(ids))
        for chunk in split_every(CHUNK_SIZE, ids):
            # Somebody may have acted since, or be at it: the next run sees to it.
            orders = self.browse(chunk).try_lock_for_update().filtered_domain(domain)
            orders._run_automatically(method_name)
            if not cron._commit_progress(len(chunk)):
                break

    def _expire(self):
        """Nothing more came in time: what was received stays, the open rest is cancelled."""
        for (_lang, _date), orders in self.grouped(
            lambda order: (order._get_customer_lang(), order.date_expiry)
        ).items():
            order = orders[0].with_context(lang=orders[0]._get_customer_lang())
            orders.action_close_rest(order.env._(
                "Expired: not all of it had arrived on %s.", format_date(order.env, order.date_expiry)))

    def _remind_customers(self):
        self._write_by_system({'date_reminder': fields.Date.context_today(self)})
        self._tell_later('reminder')

    # === Activities ===

    def _schedule_overdue_activity(self):
        """One activity for each next step that is overdue, not one for each day."""
        for order in self.filtered(lambda order: order.overdue_step != order.next_step):
            order.activity_schedule(
                'returns_management.mail_activity_type_overdue', user_id=order._get_overdue_user().id,
                summary=dict(self._fields['next_step']._description_selection(self.env))[order.next_step])
            order.overdue_step = order.next_step

    def _get_overdue_user(self):
        """Who sees to an overdue return: the responsible, else who approved it, else a manager of the company."""
        self.ensure_one()
        responsible = (self.user_id + self.approver_id).filtered(lambda user: user.active and not user.share)
        managers = self.env.ref('returns_management.group_returns_manager').all_user_ids
        return responsible[:1] or managers.filtered(lambda user: self.company_id in user.company_ids)[:1]

    def _drop_overdue_activities(self):
        """Take back the activities of what is not overdue any more, because the next step is another one."""
        settled = self.filtered(lambda order: order.overdue_step and order.overdue_step != order.next_step)
        if settled:
            settled.sudo().activity_unlink(['returns_management.mail_activity_type_overdue'])
            settled._write_by_system({'overdue_step': False})
