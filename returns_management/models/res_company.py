from datetime import timedelta

import pytz

from odoo import Command, api, fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    # Which mails customers get
    returns_mail_submitted = fields.Boolean("Request Received", default=True)
    returns_mail_question = fields.Boolean("Question to the Customer", default=True)
    returns_mail_approved = fields.Boolean("Return Approved", default=True)
    returns_mail_refused = fields.Boolean("Return Refused", default=True)
    returns_mail_reminder = fields.Boolean("Reminder to Send", default=True)
    returns_mail_received = fields.Boolean("Goods Received", default=True)
    returns_mail_goods_refused = fields.Boolean("Goods Refused", default=True)
    returns_mail_credited = fields.Boolean("Credit Note Posted", default=True)
    returns_mail_closed = fields.Boolean("Return Closed", default=True)

    returns_group_send_backs = fields.Boolean(
        "One Delivery per Customer", default=True,
        help="What goes back to one address in one action is one delivery. Off: one for each return.")

    # When somebody is reminded
    returns_answer_days = fields.Integer(
        "Days to Answer", default=7, help="Days the customer has to answer a question about a return.")
    returns_reminder_days = fields.Integer(
        "Reminder", default=3, help="Days before the last day to send the goods, when the customer is reminded.")
    returns_review_days = fields.Integer(
        "Days to Review", default=3, help="Days after which a return nobody has reviewed becomes an activity.")

    returns_holiday_ids = fields.Many2many(
        'resource.calendar.leaves', string="Public Holidays", compute='_compute_returns_holiday_ids',
        compute_sudo=True)

    _returns_days_in_range = models.Constraint(
        'CHECK (LEAST(returns_answer_days, returns_reminder_days, returns_review_days) >= 0'
        ' AND GREATEST(returns_answer_days, returns_reminder_days, returns_review_days) <= 3650)',
        "Days in the settings of returns must lie between 0 and 3650.")

    @api.depends('resource_calendar_id.leave_ids')
    def _compute_returns_holiday_ids(self):
        """The public holidays in the working hours of the company; those of single people are none."""
        leaves_by_company = self.env['resource.calendar.leaves'].search([
            ('company_id', 'in', self.ids), ('resource_id', '=', False), ('time_type', '=', 'leave'),
        ]).grouped('company_id')
        for company in self:
            company.returns_holiday_ids = leaves_by_company.get(company, self.env['resource.calendar.leaves']).filtered(
                lambda leave: leave.calendar_id.id in (False, company.resource_calendar_id.id))  # noqa: B023

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.sudo()._create_returns_sequence()
        companies.sudo()._create_returns_policy()
        return companies

    @api.model
    def _create_missing_returns_data(self):
        """Give the companies from before this addon what new ones get by themselves."""
        numbered = self.env['ir.sequence'].search([('code', '=', 'returns.order')]).company_id
        self.search([('id', 'not in', numbered.ids)])._create_returns_sequence()
        policies = self.env['returns.policy'].with_context(active_test=False)
        governed = policies.search([('company_id', '!=', False)]).company_id
        self.search([('id', 'not in', governed.ids)])._create_returns_policy()

    def _create_returns_sequence(self):
        """Give each company a numbering of its own."""
        self.env['ir.sequence'].create([
            {
                'name': self.env._("%s Returns", company.name),
                'code': 'returns.order',
                'prefix': 'RMA/%(range_year)s/',
                'padding': 5,
                'use_date_range': True,
                'company_id': company.id,
            }
            for company in self
        ])

    def _create_returns_policy(self):
        """Give each company policies that work without anybody opening them, the last resort among them."""
        tag = self._get_returns_final_sale_tag()
        self.env['returns.policy'].create([
            vals for company in self for vals in (
                {'name': self.env._("30 days"), 'sequence': 1000, 'company_id': company.id},
                {
                    'name': self.env._("Final sale"), 'sequence': 100, 'company_id': company.id, 'returnable': False,
                    'product_tag_ids': [Command.set(tag.ids)],
                },
            )
        ])

    def _get_returns_final_sale_tag(self):
        """The product tag of what is sold as final. It changes nothing until somebody gives it to a product."""
        tag = self.env.ref('returns_management.product_tag_final_sale', raise_if_not_found=False)
        if not tag:  # names of tags are unique: the shop may have one of its own
            tag = self.env['product.tag'].search([('name', '=', "Final sale")], limit=1) or (
                self.env['product.tag'].create({'name': "Final sale", 'visible_to_customers': False}))
            self.env['ir.model.data']._update_xmlids([{
                'xml_id': 'returns_management.product_tag_final_sale', 'record': tag, 'noupdate': True,
            }])
        return tag

    def _get_returns_working_day(self, day):
        """`day` itself, or the next one that is no Saturday, Sunday or public holiday of the company."""
        self.ensure_one()
        holidays = self._get_returns_holidays()
        while day.weekday() >= 5 or any(first <= day <= last for first, last in holidays):
            day += timedelta(days=1)
        return day

    def _get_returns_holidays(self):
        """First and last day of each public holiday of the company."""
        return [
            (self._get_returns_day(leave.date_from), self._get_returns_day(leave.date_to))
            for leave in self.sudo().returns_holiday_ids
        ]

    def _get_returns_day(self, moment):
        """The day (`date`) of `moment` (`datetime`, UTC) where the company is."""
        return pytz.utc.localize(moment).astimezone(self._get_returns_timezone()).date()

    def _get_returns_timezone(self):
        return pytz.timezone(self.sudo().resource_calendar_id.tz or 'UTC')
