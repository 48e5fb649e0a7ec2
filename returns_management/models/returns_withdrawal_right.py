from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from .eligibility import Objection


class ReturnsWithdrawalRight(models.Model):
    """What the law of some countries gives consumers who withdraw from a distance sale, whatever the policy says.

    The data says where each rule is from and when that was checked. It is no legal advice.
    """

    _name = 'returns.withdrawal.right'
    _description = "Right of Withdrawal"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    country_group_id = fields.Many2one('res.country.group')
    country_ids = fields.Many2many('res.country', string="Countries", help="Beside those of the group.")
    window_days = fields.Integer(
        "Withdrawal Period", required=True, default=14,
        help="Days after the day on which the last goods of the order were delivered. The last day still counts.")
    window_next_working_day = fields.Boolean(
        "End on a Working Day",
        help="A period that would end on a Saturday, a Sunday or a public holiday ends on the next working day.")
    uninformed_months = fields.Integer(
        "Months More", required=True, default=12,
        help="How much longer the period is for a consumer whom nobody told about the right.")
    send_days = fields.Integer(
        "Days to Send", required=True, default=14,
        help="Days the consumer has to send the goods. Counted from the approval when the policy gives less.")
    refund_days = fields.Integer("Days to Refund", required=True, default=14)
    refund_start = fields.Selection(
        [
            ('declaration', "The declaration; may be held back until goods or proof of sending arrive"),
            ('goods', "The arrival of the goods or of proof of sending"),
        ],
        string="Refund Counted From", required=True, default='declaration')
    source = fields.Text(required=True, help="Which law says so, article by article.")
    date_checked = fields.Date("Checked On", required=True, help="When somebody last compared this with the law.")

    _days_in_range = models.Constraint(
        'CHECK (LEAST(window_days, send_days, refund_days) >= 0'
        ' AND GREATEST(window_days, send_days, refund_days) <= 730)',
        "Days of a right of withdrawal must lie between 0 and 730.")
    _months_in_range = models.Constraint(
        'CHECK (uninformed_months BETWEEN 0 AND 60)',
        "The longer period of those who were not told must lie between 0 and 60 months.")

    @api.constrains('country_group_id', 'country_ids')
    def _check_countries(self):
        for right in self:
            if not right._get_countries():
                raise ValidationError(self.env._("Choose the countries in which “%s” is the law.", right.name))

    def _get_countries(self):
        self.ensure_one()
        return self.country_ids | self.country_group_id.country_ids

    @api.model
    def _get_by_country(self, countries):
        """The right in each of `countries`: a dict, in which those without any are missing."""
        rights = self.search([
            '|', ('country_ids', 'in', countries.ids), ('country_group_id.country_ids', 'in', countries.ids)])
        by_country = {}
        for right in rights:
            for country in right._get_countries() & countries:
                by_country.setdefault(country, right)
        return by_country

    # --- May it come back? --------------------------------------------------------------------------------------------

    def _get_eligibility_checks(self):
        """The only checks that a consumer who withdraws meets, beside the facts about the goods.

        Called on no record where no law is known. Like those of the policy each takes a return line and gives an
        `Objection`, or `None` for none.
        """
        return [
            self._get_consumer_objection, self._get_country_objection, self._get_window_objection,
            self._get_exception_objection,
        ]

    def _get_consumer_objection(self, line):
        customer = line.order_id.partner_id.commercial_partner_id
        if not customer.is_company:
            return None
        return Objection('withdrawal_consumer', self.env._(
            "Only consumers may withdraw, %s is a company. Choose “Shop policy”.", customer.display_name))

    def _get_country_objection(self, line):
        if self or line.order_id.partner_id.commercial_partner_id.is_company:
            return None
        return Objection('withdrawal_country', self.env._(
            "No right of withdrawal is known for %s. Choose “Shop policy”.",
            line._get_country().name or self.env._("a customer without country")))

    def _get_window_objection(self, line):
        deadline = self._get_window_deadline(line)
        if not deadline or line._get_request_date() <= deadline:
            return None
        return Objection('withdrawal_window', self.env._(
            "The withdrawal period ended on %s. The shop's policy may still allow the return.",
            format_date(self.env, deadline)), waivable=True)

    def _get_exception_objection(self, line):
        exception = line.product_id._get_returns_withdrawal_exception() if self else False
        if not exception:
            return None
        labels = dict(line.product_id._fields['returns_withdrawal_exception']._description_selection(self.env))
        return Objection('withdrawal_exception', self.env._(
            "%(product)s is excluded from withdrawal: %(exception)s.", product=line.product_id.display_name,
            exception=labels[exception]), waivable=True)

    # --- Until when ---------------------------------------------------------------------------------------------------

    def _get_window_deadline(self, line):
        """Last day on which the consumer may withdraw, or `None` while goods of the order are still to be delivered.

        The day of the delivery does not count, the last good of the order does: Directive 2011/83/EU Art. 9 (2) (b),
        and for the end Regulation 1182/71 Art. 3 (4).
        """
        delivered_on = self._get_last_delivery(line) if self else None
        return self._get_last_day(delivered_on, line.order_id, line.company_id) if delivered_on else None

    def _get_last_day(self, delivered_on, order, company):
        """The last day of the period, where the last goods were delivered on this day.

        :param order: the `returns.order`, which says whether the consumer was told about the right
        """
        last_day = self._extend_window(delivered_on, order)
        return company._get_returns_working_day(last_day) if self.window_next_working_day else last_day

    def _extend_window(self, delivered_on, order):
        """The last day of the period, before it moves to a working day: later for who was not told about the right.

        Directive 2011/83/EU Art. 10, Consumer Contracts Regulations 2013 reg. 31: not told, the period ends so many
        months later; told within these months after the delivery, it is counted from then.

        :param date delivered_on: the day of the delivery that counts
        :param order: the `returns.order`
        """
        last_day = delivered_on + relativedelta(days=self.window_days)
        if order.withdrawal_information == 'in_time':
            return last_day
        more = relativedelta(months=self.uninformed_months)
        told_on = order.withdrawal_information == 'late' and order.date_informed
        if told_on and told_on <= delivered_on + more:
            return max(last_day, told_on + relativedelta(days=self.window_days))
        return last_day + more

    def _get_last_delivery(self, line):
        sale_lines = line.sale_line_id.order_id.order_line.sudo()
        # In several steps goods are picked before they are shipped: where they go in the end counts.
        outgoing = sale_lines.move_ids.filtered(lambda move: move.state not in ('done', 'cancel') and (
            move.location_final_id or move.location_dest_id)._is_outgoing())
        delivered = sale_lines._get_returns_delivered_moves()
        return line._to_local_date(delivered[-1].date) if delivered and not outgoing else None

    def _get_refund_deadline(self, declared_on, goods_on):
        """Last day on which the money goes back.

        Directive 2011/83/EU Art. 13 (1) and (3): from the declaration, but not before goods or proof. Consumer
        Contracts Regulations 2013 reg. 34 (4) to (6): from goods or proof. Never moved to a later working day: to pay
        earlier is always right.

        :param date declared_on: when the consumer withdrew
        :param goods_on: first day on which goods or proof of sending arrived, `None` when neither has
        :return: a date, or `False` when the clock has not started
        """
        self.ensure_one()
        if self.refund_start == 'goods':
            return goods_on + relativedelta(days=self.refund_days) if goods_on else False
        return max(filter(None, (declared_on + relativedelta(days=self.refund_days), goods_on)))
