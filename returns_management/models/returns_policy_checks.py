from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import format_date, formatLang

from .eligibility import Objection, Verdict

#: Objections that state a fact about the goods. No law and no manager changes a fact.
FACTS = ('not_delivered', 'kit', 'quantity')


class ReturnsPolicy(models.Model):
    """May it come back? One small method for each criterion: it objects, or has nothing to say."""

    _inherit = 'returns.policy'

    def _evaluate(self, line):
        """Ask every check about `line`. All the objections are kept, not only the first.

        :param line: a `returns.order.line`
        :return: a `Verdict`
        """
        self.ensure_one()
        objections = tuple(objection for check in self._get_checks(line) if (objection := check(line)))
        if line.order_id.legal_basis == 'defect':  # the law may go further than the shop: a person looks first
            objections = tuple(
                objection._replace(waivable=objection.waivable or objection.code not in FACTS)
                for objection in objections)
        return Verdict(objections)

    def _get_checks(self, line):
        """What `line` is asked: the policy's checks, but only those of the law when a consumer withdraws."""
        if line.order_id.legal_basis == 'withdrawal':
            return [*self._get_factual_checks(), *line.order_id.withdrawal_right_id._get_eligibility_checks()]
        return self._get_eligibility_checks()

    def _get_factual_checks(self):
        """The checks that hold under every legal basis: each takes a return line like those of the policy."""
        return [self._get_delivery_objection, self._get_kit_objection, self._get_quantity_objection]

    def _get_eligibility_checks(self):
        """The checks of this policy: each takes a return line and gives an `Objection`, or `None` for none.

        Extend it to add a criterion; it is not asked when a consumer withdraws by law::

            return [*super()._get_eligibility_checks(), self._get_seal_objection]
        """
        return [
            *self._get_factual_checks(),
            self._get_final_sale_objection,
            self._get_window_objection,
            self._get_customer_objection,
            self._get_reason_objection,
            self._get_resolution_objection,
            self._get_wish_objection,
            self._get_comment_objection,
            self._get_photo_objection,
            self._get_amount_objection,
        ]

    # --- Facts --------------------------------------------------------------------------------------------------------

    def _get_delivery_objection(self, line):
        if line.origin_move_id:
            return None
        return Objection('not_delivered', self.env._(
            "Nothing of %s was delivered yet.", line.sale_line_id.product_id.display_name))

    def _get_kit_objection(self, line):
        if not line.origin_move_id or line.product_id == line.sale_line_id.product_id:
            return None
        return Objection('kit', self.env._(
            "%(kit)s was delivered in parts (a kit). Kits cannot be returned here: use the return of the delivery.",
            kit=line.sale_line_id.product_id.display_name))

    def _get_quantity_objection(self, line):
        if not line.origin_move_id:
            return None
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

    # --- What the shop allows -----------------------------------------------------------------------------------------

    def _get_final_sale_objection(self, line):
        if self.returnable:
            return None
        return Objection('final_sale', self.env._(
            "%(product)s was sold as final: “%(policy)s” takes nothing back.",
            product=line.product_id.display_name or line.sale_line_id.product_id.display_name, policy=self.name))

    def _get_window_objection(self, line):
        deadline = self._get_window_deadline(line)
        if not deadline or line._get_request_date() <= deadline:
            return None
        return Objection('window', self.env._(
            "The return window closed on %s.", format_date(self.env, deadline)), waivable=True)

    def _get_customer_objection(self, line):
        customer = line.order_id.partner_id.commercial_partner_id
        if not customer.returns_blocked:
            return None
        return Objection('customer', self.env._(
            "Returns of %(customer)s are blocked: %(reason)s", customer=customer.display_name,
            reason=customer.returns_blocked_reason), waivable=True)

    def _get_reason_objection(self, line):
        if line.reason_id._origin not in self.excluded_reason_ids:
            return None
        return Objection('reason', self.env._(
            "“%(policy)s” does not accept the reason “%(reason)s”.", policy=self.name, reason=line.reason_id.name))

    def _get_resolution_objection(self, line):
        resolution = line._get_resolution()
        if line._is_resolution_allowed(resolution):
            return None
        return Objection('resolution', self.env._(
            "“%s” is not offered here: choose something else the customer gets.", resolution.name), waivable=True)

    def _get_wish_objection(self, line):
        wish = line.wished_resolution_id._origin
        if not wish or wish == line._get_resolution()._origin:
            return None
        return Objection('wish', self.env._("The customer wishes something else: %s.", wish.name), waivable=True)

    def _get_comment_objection(self, line):
        comments = (line.customer_note, line.order_id.customer_note)
        if not line.reason_id.needs_comment or any((comment or '').strip() for comment in comments):
            return None
        return Objection('comment', self.env._(
            "“%s” needs a comment of the customer.", line.reason_id.name), waivable=True)

    def _get_photo_objection(self, line):
        if not (self.needs_photo or line.reason_id.needs_photo) or line.has_photo:
            return None
        return Objection('photo', self.env._(
            "A photo of %s is missing: attach one to the return.", line.product_id.display_name), waivable=True)

    def _get_amount_objection(self, line):
        if not (self.returnable and self.auto_approve) or not self._is_above_limit(line.order_id):
            return None
        return Objection('amount', self.env._(
            "The return is worth %(amount)s; above %(limit)s a returns manager approves.",
            amount=formatLang(self.env, self._get_company_amount(line.order_id), currency_obj=self.currency_id),
            limit=formatLang(self.env, self.auto_approve_limit, currency_obj=self.currency_id)), waivable=True)

    # --- Until when ---------------------------------------------------------------------------------------------------

    def _get_window_deadline(self, line):
        """Last day on which `line` may be asked for, or `None` when the window has not started."""
        start = getattr(self, f'_get_window_start_{self.window_start}')(line)
        if not start:
            return None
        last_day = start + relativedelta(days=self.window_days)
        return line.company_id._get_returns_working_day(last_day) if self.window_next_working_day else last_day

    def _get_window_start_delivery(self, line):
        return line._to_local_date(line.origin_move_id.date) if line.origin_move_id else None

    def _get_window_start_order(self, line):
        return line._to_local_date(line.sale_line_id.order_id.date_order)

    def _get_window_start_invoice(self, line):
        return min(line.sale_line_id._get_returns_invoice_lines().mapped('invoice_date'), default=None)
