from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _inherit = 'res.partner'

    returns_blocked = fields.Boolean(
        help="Returns of this customer wait for a returns manager. A withdrawal by law does not.")
    returns_blocked_reason = fields.Char("Why Blocked", help="Stands on the return, for the staff.")

    returns_order_count = fields.Integer("Return Count", compute='_compute_returns_order_count')

    @api.constrains('returns_blocked', 'returns_blocked_reason')
    def _check_returns_blocked_reason(self):
        for partner in self:
            if partner.returns_blocked and not (partner.returns_blocked_reason or '').strip():
                raise ValidationError(self.env._("Say why the returns of %s are blocked.", partner.display_name))

    def _compute_returns_order_count(self):
        """The returns of the whole company that a person belongs to."""
        count_by_customer = dict(self.env['returns.order']._read_group(
            [('partner_id', 'in', self.commercial_partner_id.ids)], ['partner_id'], ['__count']))
        for partner in self:
            partner.returns_order_count = count_by_customer.get(partner.commercial_partner_id, 0)

    def action_view_returns(self):
        returns = self.env['returns.order'].search([('partner_id', 'in', self.commercial_partner_id.ids)])
        return returns._get_documents_action('returns_management.returns_order_action', returns)
