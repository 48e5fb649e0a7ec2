from odoo import api, fields, models
from odoo.modules.db import FunctionStatus
from odoo.tools import make_identifier
from odoo.tools.sql import create_index


class ResPartner(models.Model):
    _inherit = 'res.partner'

    # Searched while the customer waits on the phone.
    email_normalized = fields.Char(index='btree_not_null')
    phone_sanitized = fields.Char(index='btree_not_null')
    returns_order_count = fields.Integer(
        "Return Count", compute='_compute_returns_order_count', groups='returns_management.group_returns_user')

    def init(self):
        """Override of `phone_validation` to find customers by a part of their name, too."""
        super().init()
        registry = self.env.registry
        if registry.has_trigram and registry.has_unaccent != FunctionStatus.PRESENT:  # present, but not for indexes
            name = registry.unaccent('name') if registry.has_unaccent else 'name'
            create_index(
                self.env.cr, make_identifier(f'{self._table}_returns_name_trigram'), self._table,
                [f'{name} gin_trgm_ops'], method='gin')

    @api.depends_context('allowed_company_ids')
    def _compute_returns_order_count(self):
        """Of the whole customer: a return belongs to the commercial partner."""
        counts = dict(self.env['returns.order']._read_group(
            [('partner_id', 'in', self.commercial_partner_id.ids)], ['partner_id'], ['__count']))
        for partner in self:
            partner.returns_order_count = counts.get(partner.commercial_partner_id, 0)

    def action_view_returns(self):
        self.ensure_one()
        returns = self.env['returns.order'].search([('partner_id', '=', self.commercial_partner_id.id)])
        return self.env['returns.order']._get_documents_action('returns_management.returns_order_action', returns)

    def action_find_delivered(self):
        """The page that makes a return, with what was delivered to this customer."""
        self.ensure_one()
        action = self.env['ir.actions.client']._for_xml_id('returns_management.returns_phone_action')
        return {**action, 'params': {'customer': {'partner_id': self.commercial_partner_id.id}}}
