from odoo import models


class StockLocation(models.Model):
    _inherit = 'stock.location'

    def _is_returns_customer(self):
        """Whether goods in this location are with a customer, or with another company of ours that bought them.

        As core's `_is_outgoing`, which looks its transit location up in the database each time that it says no.
        """
        self.ensure_one()
        return self.usage == 'customer' or (self.usage == 'transit' and self._is_outgoing())
