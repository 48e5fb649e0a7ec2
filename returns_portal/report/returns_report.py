from odoo import fields, models
from odoo.tools import SQL


class ReturnsReport(models.Model):
    _inherit = 'returns.report'

    rating = fields.Float(
        readonly=True, aggregator='avg',
        help="How customers rated the handling, 1 to 5. The average over return lines.")

    def _get_columns(self):
        return SQL("%s, NULLIF(returns_order.rating_last_value, 0) AS rating", super()._get_columns())
