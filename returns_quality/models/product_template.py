from odoo import models


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    def action_view_returns_defect_rate(self):
        """The control chart of the defect rate of this product; of several variants the list that leads to theirs."""
        self.ensure_one()
        rates = self.env['returns.defect.rate']
        if len(self.product_variant_ids) == 1:
            return rates._get_chart_action(self.product_variant_ids, self.env.company)
        return {
            **self.env['ir.actions.act_window']._for_xml_id('returns_quality.returns_defect_rate_action'),
            'domain': [('product_id', 'in', self.product_variant_ids.ids)],
        }
