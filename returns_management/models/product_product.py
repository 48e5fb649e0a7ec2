from odoo import models


class ProductProduct(models.Model):
    _inherit = 'product.product'

    def _get_returns_withdrawal_exception(self):
        """Why consumers cannot withdraw from the sale of this product, by itself or by its category; else `False`."""
        return self.returns_withdrawal_exception or self.categ_id._get_returns_withdrawal_exception()
