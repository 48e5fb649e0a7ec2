from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .bad_numbers import check_finite


class ReturnsPolicy(models.Model):
    """What the shop allows: what may come back, until when, and what happens by itself."""

    _name = 'returns.policy'
    _description = "Return Policy"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first policy that fits a line applies to it.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related='company_id.currency_id')

    # May it come back?
    returnable = fields.Boolean(
        "May Come Back", default=True, help="Off: sold as final. The law still lets consumers withdraw.")
    window_days = fields.Integer(
        "Return Window", default=30,
        help="Days in which the customer may ask for a return. The last day still counts.",
    )
    window_start = fields.Selection(
        [('delivery', "Delivery"), ('order', "Order"), ('invoice', "Invoice")],
        string="Counted From", required=True, default='delivery',
    )
    window_next_working_day = fields.Boolean(
        "End on a Working Day",
        help="A window that would end on a Saturday, a Sunday or a public holiday ends on the next working day.",
    )
    excluded_reason_ids = fields.Many2many(
        'returns.reason', 'returns_policy_excluded_reason_rel', string="Reasons Not Accepted", check_company=True)
    needs_photo = fields.Boolean("Photo Needed", help="The customer shows what is wrong before anybody approves.")
    resolution_ids = fields.Many2many(
        'returns.resolution', string="Customer May Get", help="Empty: whatever is offered.")
    resolution_id = fields.Many2one(
        'returns.resolution', string="Customer Gets", required=True, ondelete='restrict',
        help="What is given unless somebody chooses otherwise.",
        default=lambda self: self.env.ref('returns_management.returns_resolution_refund', raise_if_not_found=False),
    )

    # What happens by itself?
    auto_approve = fields.Boolean(
        "Approve Automatically", default=True,
        help="A return without any objection is approved as soon as it is submitted.",
    )
    auto_approve_limit = fields.Monetary(
        "Up To", default=200,
        help="Returns worth more than this, taxes included, wait for a returns manager. In the company's currency.",
    )
    shipping_days = fields.Integer(
        "Days to Send", default=14, help="Days the customer has to send the goods after the approval.",
    )
    grace_days = fields.Integer(
        "Days of Grace", default=7,
        help="Days after the last day to send. Then the return expires, unless the customer has sent the goods.",
    )
    credit_trigger = fields.Selection(
        [
            ('on_approval', "When the return is approved, before the goods arrive"),
            ('on_receipt', "When the goods are received"),
            ('manual', "By hand"),
        ],
        string="Credit", required=True, default='on_receipt',
    )
    exchange_trigger = fields.Selection(
        [
            ('on_approval', "When the return is approved, before the goods arrive"),
            ('on_receipt', "When the goods are received"),
            ('manual', "By hand"),
        ],
        string="Send Exchanges", required=True, default='on_receipt',
        help="When the customer gets other goods, or the same goods again.",
    )
    credit_note_posting = fields.Selection(
        [('draft', "Leave as draft for accounting"), ('posted', "Post at once")],
        string="Credit Notes", required=True, default='draft',
    )
    refund_days = fields.Integer(
        "Days to Refund", default=14, help="Days in which we give the money back after the goods arrived.",
    )

    # What does it cost?
    return_freight = fields.Selection(
        [('customer', "The customer"), ('company', "We do"), ('fault', "Who is at fault")],
        string="Way Back Paid By", required=True, default='customer',
    )
    fee_type = fields.Selection(
        [('none', "No fee"), ('percent', "Percent of the price"), ('amount', "Fixed amount")],
        string="Restocking Fee", required=True, default='none',
        help="Deducted from the credit note. Never charged when a consumer withdraws or goods are defective, nor when "
        "the reason says that we or the carrier caused it.",
    )
    fee_percent = fields.Float("Fee in Percent", digits=(5, 2))
    fee_amount = fields.Monetary("Fee", help="Once for each return. In the currency of the company.")
    fee_product_id = fields.Many2one(
        'product.product', check_company=True, ondelete='restrict',
        domain="[('type', '=', 'service'), ('company_id', 'in', (company_id, False))]",
        help="Says account, taxes and text of the fee on the credit note.",
    )

    _days_in_range = models.Constraint(
        'CHECK (LEAST(window_days, shipping_days, grace_days, refund_days) >= 0'
        ' AND GREATEST(window_days, shipping_days, grace_days, refund_days) <= 3650)',
        "Days of a return policy must lie between 0 and 3650.")
    _limit_not_negative = models.Constraint(
        'CHECK (auto_approve_limit >= 0)', "The amount limit of automatic approval cannot be negative.")
    _fee_in_range = models.Constraint(
        'CHECK (fee_percent >= 0 AND fee_percent <= 100 AND fee_amount >= 0)',
        "A restocking fee cannot be negative, nor more than 100 percent.")

    @api.constrains('fee_type', 'fee_percent', 'fee_amount', 'fee_product_id')
    def _check_fee(self):
        for policy in self.filtered(lambda policy: policy.fee_type != 'none'):
            if not policy[f'fee_{policy.fee_type}']:
                raise ValidationError(self.env._(
                    "How much is the restocking fee of “%s”? Enter it, or choose “No fee”.", policy.name))
            if not policy.fee_product_id:
                raise ValidationError(self.env._(
                    "Choose the product of the restocking fee of “%s”: it says account and taxes.", policy.name))

    @api.constrains('resolution_id', 'resolution_ids')
    def _check_resolution(self):
        for policy in self:
            if policy.resolution_ids and policy.resolution_id not in policy.resolution_ids:
                raise ValidationError(self.env._(
                    "“%(policy)s” gives %(resolution)s by default, but does not allow it. Add it to what the customer "
                    "may get, or choose another default.",
                    policy=policy.name, resolution=policy.resolution_id.name))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_finite(self, vals)
        policies = super().create(vals_list)
        policies._update_drafts(policies.company_id)
        return policies

    # --- What happens by itself ---------------------------------------------------------------------------------------

    def _is_within_auto_limit(self, return_order):
        """Whether this policy lets `return_order` be approved without anybody looking at it."""
        self.ensure_one()
        return self.auto_approve and not self._is_above_limit(return_order)

    def _is_above_limit(self, return_order):
        """Whether `return_order` is worth more than what is approved by itself, in the currency of the company."""
        return self.currency_id.compare_amounts(
            self._get_company_amount(return_order), self.auto_approve_limit) > 0

    def _get_company_amount(self, return_order):
        """What `return_order` is worth in the currency of the company, taxes included, at today's rate."""
        self.ensure_one()
        return return_order.currency_id._convert(
            return_order._get_worth(), self.currency_id, self.company_id, fields.Date.context_today(self))

    def _check_found(self, lines):
        """:raise UserError: naming the company whose returns have no policy"""
        orphans = lines.filtered(lambda line: not line.policy_id)
        if orphans:
            raise UserError(self.env._(
                "%s has no return policy. Create one under Returns → Configuration → Policies.",
                ", ".join(orphans.company_id.mapped('name'))))
