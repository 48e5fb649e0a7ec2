from odoo import api, models


class StockRule(models.Model):
    _inherit = 'stock.rule'

    @api.model
    def _get_returns_pushed_locations(self, locations):
        """Of these locations, those from where some rule may push goods on, of any route, warehouse and company.

        A rule of a location is one for all that lies below it, as core's `_get_push_rule` looks for it.
        """
        if not locations:
            return locations
        sources_sudo = self.sudo().search([
            ('action', 'in', ('push', 'pull_push')), ('location_src_id', 'parent_of', locations.ids),
        ]).location_src_id
        return locations.filtered(
            lambda location: any(location._child_of(source_sudo) for source_sudo in sources_sudo))

    def _get_custom_move_fields(self):
        """Override of `stock`: what is procured for a return says so."""
        return [*super()._get_custom_move_fields(), 'returns_delivery_line_id']

    def _push_prepare_move_copy_values(self, move_to_copy, new_date):
        """Override of `stock`: the next step of a delivery is made for the same return."""
        vals = super()._push_prepare_move_copy_values(move_to_copy, new_date)
        if move_to_copy.returns_delivery_line_id:
            vals['returns_delivery_line_id'] = move_to_copy.returns_delivery_line_id.id
        return vals
