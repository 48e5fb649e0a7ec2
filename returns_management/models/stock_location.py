from odoo import api, models, tools
from odoo.fields import Domain


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

    @api.model
    @tools.ormcache()
    def _get_returns_customer_ids(self):
        """The ids of all locations of which `_is_returns_customer` says yes, remembered until a location changes."""
        transit_id = self.env['ir.model.data']._xmlid_to_res_id('stock.stock_location_inter_company')
        between_companies = Domain('usage', '=', 'transit') & Domain('id', 'child_of', transit_id or 0)
        locations_sudo = self.sudo().with_context(active_test=False).search(
            Domain('usage', '=', 'customer') | between_companies)
        return locations_sudo._ids

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if {'usage', 'location_id'} & vals.keys():
            self.env.registry.clear_cache()
        return super().write(vals)
