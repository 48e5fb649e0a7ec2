from odoo import fields, models


class SaleReport(models.Model):
    _inherit = 'sale.report'

    returns_count = fields.Integer(
        "# of Returns", readonly=True, help="A return of two products counts for each of them.")

    def _select_additional_fields(self):
        """Override of `sale` to count returns without a join, which would multiply the lines."""
        return {
            **super()._select_additional_fields(),
            'returns_count': """SUM(CASE WHEN l.returns_exist THEN (
                SELECT COUNT(DISTINCT return_line.order_id)
                  FROM returns_order_line return_line
                  JOIN returns_order ON returns_order.id = return_line.order_id
                 WHERE return_line.sale_line_id = l.id AND returns_order.state NOT IN ('draft', 'cancel')
            ) ELSE 0 END)""",
        }
