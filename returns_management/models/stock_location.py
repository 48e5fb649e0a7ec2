from odoo import models


class StockLocation(models.Model):
    _inherit = 'stock.location'

    def _is_outgoing(self):
        """Override of `stock`, which looks its transit location up in the database each time that it says no.

        A location of our own below no transit location is not outgoing: said without a query.
        """
        self.ensure_one()
        transit_id = self.env['ir.model.data']._xmlid_to_res_id('stock.stock_location_inter_company')
        if self.usage == 'internal' and transit_id and f'/{transit_id}/' not in f'/{self.parent_path}':
            return False
        return super()._is_outgoing()

    def _is_returns_customer(self):
        """Whether goods in this location are with a customer, or with another company of ours that bought them.

        As core's `_is_outgoing`, which looks its transit location up in the database each time that it says no.
        """
        self.ensure_one()
        return self.usage == 'customer' or (self.usage == 'transit' and self._is_outgoing())
