from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from .eligibility import Objection, Verdict


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
    window_days = fields.Integer(
        "Return Window", default=30,
        help="Days in which the customer may ask for a return. The last day still counts.",
    )
    window_start = fields.Selection(
        [('delivery', "Delivery"), ('order', "Order"), ('invoice', "Invoice")],
        string="Counted From", required=True, default='delivery',
    )
    auto_approve = fields.Boolean(
        "Approve Automatically", default=True,
        help="A return without any objection is approved as soon as it is submitted.",
    )
    auto_approve_limit = fields.Monetary(
        "Up To", default=200,
        help="Returns worth more than this, taxes included, wait for a person. In the currency of the company.",
    )

    # What happens next?
    shipping_days = fields.Integer(
        "Days to Send", default=14, help="Days the customer has to send the goods after the approval.",
    )
    refund_days = fields.Integer(
        "Days to Refund", default=14, help="Days in which we give the money back after the goods arrived.",
    )
    resolution_id = fields.Many2one(
        'returns.resolution', string="Customer Gets", required=True, ondelete='restrict',
        default=lambda self: self.env.ref('returns_management.returns_resolution_refund', raise_if_not_found=False),
    )
    credit_trigger = fields.Selection(
        [('on_receipt', "When the goods are received"), ('manual', "By hand")],
        string="Credit", required=True, default='on_receipt',
    )
    credit_note_posting = fields.Selection(
        [('draft', "Leave as draft for accounting"), ('posted', "Post at once")],
        string="Credit Notes", required=True, default='draft',
    )

    _window_not_negative = models.Constraint(
        'CHECK (window_days >= 0)', "The return window cannot be negative.")
    _shipping_not_negative = models.Constraint(
        'CHECK (shipping_days >= 0)', "The days to send cannot be negative.")
    _refund_not_negative = models.Constraint(
        'CHECK (refund_days >= 0)', "The days to refund cannot be negative.")

    # --- Which policy applies -----------------------------------------------------------------------------------------

    def _get_by_company(self, companies):
        """The policy of each company: a dict, in which a company without any policy is missing."""
        by_company = self.search([('company_id', 'in', companies.ids)]).grouped('company_id')
        return {company: policies[0] for company, policies in by_company.items()}

    # --- May it come back? --------------------------------------------------------------------------------------------

    def _evaluate(self, line):
        """Ask every check about `line`. All the objections are kept, not only the first.

        :param line: a `returns.order.line`
        :return: a `Verdict`
        """
        self.ensure_one()
        objections = (check(line) for check in self._get_eligibility_checks())
        return Verdict(tuple(objection for objection in objections if objection))

    def _get_eligibility_checks(self):
        """The checks of this policy: each takes a return line and gives an `Objection`, or `None` for none.

        Extend it to add a criterion::

            return [*super()._get_eligibility_checks(), self._get_seal_objection]
        """
        return [self._get_kit_objection, self._get_quantity_objection, self._get_window_objection]

    def _get_kit_objection(self, line):
        if line.product_id == line.sale_line_id.product_id:
            return None
        return Objection('kit', self.env._(
            "%(kit)s was delivered in parts (a kit). Kits cannot be returned here: use the return of the delivery.",
            kit=line.sale_line_id.product_id.display_name))

    def _get_quantity_objection(self, line):
        siblings = line._origin.order_id.line_ids.filtered(
            lambda sibling: sibling != line._origin and sibling.origin_move_id == line.origin_move_id)
        wanted = line.product_uom_qty + sum(
            sibling._convert_qty(sibling.product_uom_qty, line.product_uom_id) for sibling in siblings)
        if line.product_uom_id.compare(wanted, line.qty_returnable) <= 0:
            return None
        return Objection('quantity', self.env._(
            "Only %(quantity)s %(unit)s of %(product)s can still be returned.",
            quantity=formatLang(self.env, line.qty_returnable, dp='Product Unit'),
            unit=line.product_uom_id.name, product=line.product_id.display_name))

    def _get_window_objection(self, line):
        deadline = self._get_window_deadline(line)
        if not deadline or line._get_request_date() <= deadline:
            return None
        return Objection('window', self.env._(
            "The return window closed on %s.", format_date(self.env, deadline)), waivable=True)

    def _get_window_deadline(self, line):
        """Last day on which `line` may be asked for, or `None` when the window has not started."""
        start = getattr(self, f'_get_window_start_{self.window_start}')(line)
        return start + relativedelta(days=self.window_days) if start else None

    def _get_window_start_delivery(self, line):
        return line._to_local_date(line.origin_move_id.date)

    def _get_window_start_order(self, line):
        return line._to_local_date(line.sale_line_id.order_id.date_order)

    def _get_window_start_invoice(self, line):
        return min(line.sale_line_id._get_returns_invoice_lines().mapped('invoice_date'), default=None)

    # --- What happens by itself ---------------------------------------------------------------------------------------

    def _is_within_auto_limit(self, return_order):
        """Whether this policy lets `return_order` be approved without anybody looking at it."""
        self.ensure_one()
        if not self.auto_approve:
            return False
        amount = return_order.currency_id._convert(
            return_order.amount_expected, self.currency_id, self.company_id, fields.Date.context_today(self))
        return self.currency_id.compare_amounts(amount, self.auto_approve_limit) <= 0

    def _check_found(self, lines):
        """:raise UserError: naming the company whose returns have no policy"""
        orphans = lines.filtered(lambda line: not line.policy_id)
        if orphans:
            raise UserError(self.env._(
                "%s has no return policy. Create one under Returns → Configuration → Policies.",
                ", ".join(orphans.company_id.mapped('name'))))
