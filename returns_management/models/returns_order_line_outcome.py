from odoo import api, fields, models
from odoo.tools import formatLang


class ReturnsOrderLine(models.Model):
    """What may the customer get, and what does he get in the end? In one text, where nobody can choose any more."""

    _inherit = 'returns.order.line'

    selectable_resolution_ids = fields.Many2many(
        'returns.resolution', compute='_compute_selectable_resolution_ids',
        help="What the customer may get, as long as it is open; all there is for those who may overrule the policy.")
    outcome = fields.Char(compute='_compute_outcome', help="What the customer gets.")

    @api.depends(
        'resolution_id', 'policy_id', 'product_id', 'exchange_product_id', 'reduction_percent', 'reduction_amount')
    @api.depends_context('lang')
    def _compute_outcome(self):
        for line in self:
            details = line._get_outcome_details()
            line.outcome = ": ".join(filter(None, (line._get_resolution().name, details)))

    @api.depends('policy_id', 'reason_id', 'order_id.state')
    @api.depends_context('uid')
    def _compute_selectable_resolution_ids(self):
        """Nothing where nobody chooses any more."""
        undecided = self.filtered(lambda line: line.order_id.state in ('draft', 'requested'))
        (self - undecided).selectable_resolution_ids = False
        if not undecided:
            return
        everything = self.env['returns.resolution'].search([('active', '=', True)])
        overrules = self.env.user.has_group('returns_management.group_returns_manager')
        for line in undecided:
            line.selectable_resolution_ids = everything if overrules else everything.filtered(
                line._is_resolution_allowed)

    def _get_outcome_details(self):
        """What the name of the resolution leaves open: which goods, or by how much the price is lowered; else ''."""
        self.ensure_one()
        action = self._get_action()
        if action == 'exchange':
            product = self.exchange_product_id if self._is_other_product() else self.product_id
            return product.display_name
        if action != 'reduce':
            return ''
        if self.reduction_amount:
            return formatLang(self.env, self.reduction_amount, currency_obj=self.currency_id)
        return self.env._("%s %%", f'{self.reduction_percent:g}') if self.reduction_percent else ''
