from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: What narrows a policy down. Where none of them is set, a policy fits everything of its company.
SCOPE_FIELDS = (
    'date_from', 'date_to', 'country_ids', 'product_category_ids', 'product_tag_ids', 'partner_tag_ids', 'reason_ids')


class ReturnsPolicy(models.Model):
    """Which policy applies: the first one, in the order of the list, whose conditions all fit."""

    _inherit = 'returns.policy'

    date_from = fields.Date("Orders From", help="First day, by the date of the sales order.")
    date_to = fields.Date("Orders Until", help="Last day, by the date of the sales order.")
    country_ids = fields.Many2many(
        'res.country', string="Countries", help="Where it was delivered to.")
    product_category_ids = fields.Many2many(
        'product.category', string="Product Categories", help="With the categories below them.")
    product_tag_ids = fields.Many2many('product.tag', string="Product Tags")
    partner_tag_ids = fields.Many2many('res.partner.category', string="Customer Tags")
    reason_ids = fields.Many2many('returns.reason', string="Reasons", check_company=True)

    @api.constrains('date_from', 'date_to')
    def _check_dates(self):
        for policy in self:
            if policy.date_from and policy.date_to and policy.date_from > policy.date_to:
                raise ValidationError(self.env._("“%s” would end before it begins.", policy.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last_resort(self):
        self._check_last_resort(self.company_id, without=self)

    @api.model
    def _check_last_resort(self, companies, without=()):
        """Each company keeps a policy that fits everything, so that no return is left without one.

        :param without: policies that are about to go
        :raise UserError: naming the companies that would have none
        """
        resorts = self.sudo().search([
            ('company_id', 'in', companies.ids), *((name, '=', False) for name in SCOPE_FIELDS),
        ])
        orphans = companies - resorts.filtered(lambda policy: policy not in without).company_id
        if orphans:
            raise UserError(self.env._(
                "%s needs one policy without any condition: it applies to whatever no other policy fits. Add another "
                "one first.", ", ".join(orphans.mapped('name'))))

    def _is_last_resort(self):
        """Whether this policy has no condition."""
        self.ensure_one()
        return not any(self[name] for name in SCOPE_FIELDS)

    @api.model
    def _get_by_line(self, lines):
        """The policy of each line: the first that fits. One search for all of them.

        :param lines: `returns.order.line` records of any companies
        :return: dict by line, in which a line without any policy is missing
        """
        by_company = self.search([('company_id', 'in', lines.company_id.ids)]).grouped('company_id')
        found = {}
        for line in lines:
            fitting = (policy for policy in by_company.get(line.company_id, ()) if policy._fits(line))
            if policy := next(fitting, None):
                found[line] = policy
        return found

    def _fits(self, line):
        """Whether `line` meets every condition. A condition about something unknown yet is not met."""
        self.ensure_one()
        return (
            self._fits_date(line)
            and self._fits_any(self.country_ids, lambda: line._get_country())
            and self._fits_category(line.product_id.categ_id)
            and self._fits_any(self.product_tag_ids, lambda: line.product_id.all_product_tag_ids)
            and self._fits_any(self.partner_tag_ids, lambda: line._get_customer_tags())
            and self._fits_any(self.reason_ids, lambda: line.reason_id)
        )

    def _fits_any(self, wanted, get_records):
        return not wanted or bool(wanted & get_records()._origin)

    def _fits_date(self, line):
        if not self.date_from and not self.date_to:
            return True
        ordered_at = line.sale_line_id.order_id.date_order
        if not ordered_at:
            return False
        day = line._to_local_date(ordered_at)
        return (not self.date_from or day >= self.date_from) and (not self.date_to or day <= self.date_to)

    def _fits_category(self, category):
        if not self.product_category_ids:
            return True
        with_parents = {int(category_id) for category_id in (category.parent_path or '').split('/') if category_id}
        return not with_parents.isdisjoint(self.product_category_ids.ids)
