from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    returns_defect_alert_date = fields.Date(
        readonly=True, copy=False, company_dependent=True,
        help="The last week of which somebody was told that the defect rate left its limits.")

    def action_view_returns_defect_rate(self):
        """The control chart of the defect rate of these products."""
        action = self.env['ir.actions.act_window']._for_xml_id('returns_quality.returns_defect_rate_action')
        action.update(
            domain=[('product_id', 'in', self.product_variant_ids.ids)], context={}, views=[
                (False, 'graph'), (False, 'list')], view_mode='graph,list')
        return action
