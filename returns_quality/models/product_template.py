from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    returns_defect_alert_date = fields.Date(
        readonly=True, copy=False, company_dependent=True,
        help="The last week of which somebody was told that the defect rate left its limits.")
