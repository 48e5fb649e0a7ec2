from odoo import api, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    _inherit = 'product.product'

    @api.model
    def name_search(self, name='', domain=None, operator='ilike', limit=100):
        """Override of `product`: who exchanges a product mostly wants another size of it, so these come first.

        The product comes in the context as `returns_exchanged_product_id`.
        """
        product = self.browse(self.env.context.get('returns_exchanged_product_id'))
        if not product:
            return super().name_search(name, domain, operator, limit)
        domain = Domain(domain or Domain.TRUE) & Domain('id', '!=', product.id)
        siblings = Domain('product_tmpl_id', '=', product.product_tmpl_id.id)
        first = super().name_search(name, domain & siblings, operator, limit)
        rest = limit and limit - len(first)
        if rest == 0:
            return first
        return first + super().name_search(name, domain & ~siblings, operator, rest)
