from odoo import api, models


class ResCompany(models.Model):
    _inherit = 'res.company'

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
        """Give each company a policy that works without anybody opening it: the last resort of all."""
        self.env['returns.policy'].create([
            {'name': self.env._("30 days"), 'sequence': 1000, 'company_id': company.id} for company in self
        ])
