from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = 'product.product'

    returns_defect_alert_date = fields.Date(
        readonly=True, copy=False, company_dependent=True,
        help="The last week of which somebody was told that the defect rate left its limits.")
