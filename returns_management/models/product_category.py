from odoo import fields, models

from .product_template import WITHDRAWAL_EXCEPTIONS


class ProductCategory(models.Model):
    _inherit = 'product.category'

    returns_withdrawal_exception = fields.Selection(
        WITHDRAWAL_EXCEPTIONS, string="Excluded from Withdrawal",
        help="Why consumers cannot withdraw from the sale of these products. Empty: as the category above says.")

    def _get_returns_withdrawal_exception(self):
        """The exception of this category, else of the nearest one above it; `False` for none."""
        category = self
        while category and not category.returns_withdrawal_exception:
            category = category.parent_id
        return category.returns_withdrawal_exception
