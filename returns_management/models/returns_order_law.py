from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .product_template import WITHDRAWAL_EXCEPTIONS

#: The only grounds on which a withdrawal may be refused.
REFUSAL_GROUNDS = [
    ('late', "Declared after the withdrawal period"),
    ('consumer', "The customer is no consumer"),
    ('country', "No right of withdrawal in the customer's country"),
    *WITHDRAWAL_EXCEPTIONS,
]

#: What the law asks about a withdrawal: it stands once the return is submitted.
LAW_FIELDS = {'legal_basis', 'date_declared', 'withdrawal_information', 'date_informed'}


class ReturnsOrder(models.Model):
    """Law before policy: a consumer who withdraws has a period and a refund clock of the law, and no fee."""

    _inherit = 'returns.order'

    legal_basis = fields.Selection(
        [('policy', "Shop policy"), ('withdrawal', "Withdrawal"), ('defect', "Defect")],
        required=True, default='policy', index=True, tracking=True,
        help="Withdrawal: a consumer withdraws by law from a distance sale, the policy does not count.\n"
             "Defect: the law's guarantee may go further than the policy, a person looks before anything is refused.")
    date_declared = fields.Date(
        "Declared On", copy=False, tracking=True,
        help="The day on which the consumer declared the withdrawal: by phone, letter or e-mail. Empty: today.")
    withdrawal_information = fields.Selection(
        [
            ('in_time', "Told before the contract"), ('late', "Told later"), ('never', "Not told"),
        ],
        string="Information on the Right", required=True, default='in_time', copy=False, tracking=True,
        help="Whether the consumer was told about the right of withdrawal. Who was not has longer to withdraw.")
    date_informed = fields.Date(
        "Told On", copy=False, tracking=True, help="The day on which the consumer was told about the right.")
    withdrawal_right_id = fields.Many2one(
        'returns.withdrawal.right', compute='_compute_withdrawal_right_id', store=True, ondelete='restrict',
        help="The law that applies, by the country of the delivery.")
    refusal_ground = fields.Selection(
        REFUSAL_GROUNDS, copy=False, tracking=True, help="The ground of the law on which a withdrawal is refused.")

    @api.depends('legal_basis', 'partner_id', 'line_ids.sale_line_id')
    def _compute_withdrawal_right_id(self):
        countries = {
            order: order.line_ids[:1]._get_country()._origin for order in self if order._is_consumer_withdrawal()}
        by_country = countries and self.env['returns.withdrawal.right']._get_by_country(
            self.env['res.country'].union(*countries.values()))
        for order in self:
            if order.state in (False, 'draft'):
                order.withdrawal_right_id = order in countries and by_country.get(countries[order])
            else:
                order.withdrawal_right_id = order.withdrawal_right_id

    def _is_consumer_withdrawal(self):
        self.ensure_one()
        return self.legal_basis == 'withdrawal' and not self.partner_id.commercial_partner_id.is_company

    @api.constrains('date_declared')
    def _check_date_declared(self):
        for order in self:
            today = fields.Datetime.context_timestamp(order, fields.Datetime.now()).date()
            if order.date_declared and order.date_declared > today:
                raise ValidationError(self.env._(
                    "%s: a withdrawal cannot be declared in the future.", order.display_name))

    @api.constrains('withdrawal_information', 'date_informed')
    def _check_date_informed(self):
        for order in self:
            if order.withdrawal_information == 'late' and not order.date_informed:
                raise ValidationError(self.env._(
                    "%s: enter the day on which the consumer was told about the right of withdrawal.",
                    order.display_name))

    def write(self, vals):
        if LAW_FIELDS & vals.keys() and not self._is_transition():
            submitted = self.filtered(lambda order: order.state != 'draft')
            if submitted:
                raise UserError(self.env._(
                    "%s was submitted, the legal basis and the day of the declaration stand. Cancel the return and "
                    "reset it to draft first.", ", ".join(submitted.mapped('name'))))
        return super().write(vals)

    def _get_declared_on(self):
        """The day that counts as the request when somebody entered one: only the law lets it be an earlier one."""
        self.ensure_one()
        return self.legal_basis == 'withdrawal' and self.date_declared

    def _stamp_request(self):
        """Write when the customer asked: now, or on the day of the declaration."""
        now = fields.Datetime.now()
        self.date_request = now
        for order in self.filtered(lambda order: order._get_declared_on()):
            timezone = pytz.timezone(order.line_ids[:1]._get_timezone())
            noon = timezone.localize(datetime.combine(order.date_declared, time(12)))
            order.date_request = min(now, noon.astimezone(pytz.utc).replace(tzinfo=None))

    # --- What the law says --------------------------------------------------------------------------------------------

    def _is_approved_automatically(self):
        """Override: the law leaves nothing to decide, whatever the amount, when it does not object itself."""
        if self.legal_basis == 'withdrawal':
            return all(line.eligibility == 'accepted' for line in self.line_ids)
        return super()._is_approved_automatically()

    def _get_shipping_days(self):
        """Override: the shop may give more days than the law, not less."""
        return max(super()._get_shipping_days(), self.withdrawal_right_id.send_days)

    def action_refuse(self):
        self._get_to_transition('refuse')._check_refusal_grounds()
        return super().action_refuse()

    def action_reset_to_draft(self):
        self.refusal_ground = False
        return super().action_reset_to_draft()

    def _check_approvable(self):
        super()._check_approvable()
        self._check_withdrawn_in_full()

    def _get_groundless(self):
        """Those that nothing lets us refuse: withdrawals without a ground or an objection of the law."""
        return self.filtered(
            lambda order: order.legal_basis == 'withdrawal' and not order.refusal_ground
            and not all(line.objection_ids for line in order.line_ids))

    def _check_refusal_grounds(self):
        """:raise UserError: naming the withdrawals that would be refused without any ground of the law"""
        if groundless := self._get_groundless():
            raise UserError(self.env._(
                "%s: a withdrawal can only be refused on a ground that the law lists. Choose the ground.",
                ", ".join(groundless.mapped('name'))))

    def _check_withdrawn_in_full(self):
        """:raise UserError: naming lines of withdrawals of which less is approved without any ground of the law"""
        withdrawals = self.filtered(lambda order: order.legal_basis == 'withdrawal' and not order.refusal_ground)
        shortened = withdrawals.line_ids.filtered(lambda line: not line.objection_ids and (
            line.product_uom_id.compare(line.qty_approved, line.product_uom_qty) < 0))
        if shortened:
            raise UserError(self.env._(
                "The consumer may withdraw from all of it: approve what was asked for, or choose the ground of the law "
                "to refuse it.\n%s",
                "\n".join(f"{line.order_id.name}: {line.product_id.display_name}" for line in shortened)))

    @api.depends('withdrawal_right_id', 'date_request', 'date_sent')
    def _compute_date_refund_deadline(self):
        """Override: the clock of the law runs from the declaration, not from the policy."""
        super()._compute_date_refund_deadline()
        for order in self.filtered(lambda order: order.withdrawal_right_id and order.date_request):
            line = order.line_ids[:1]
            arrived = order.line_ids.move_ids.filtered(lambda move: move.state == 'done').mapped('date')
            goods_on = [line._to_local_date(min(arrived))] if arrived else []
            goods_on += [order.date_sent] if order.date_sent else []
            order.date_refund_deadline = order.withdrawal_right_id._get_refund_deadline(
                line._to_local_date(order.date_request), min(goods_on, default=None))
