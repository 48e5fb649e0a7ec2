from odoo import models


class StockRule(models.Model):
    _inherit = 'stock.rule'

    def _get_custom_move_fields(self):
        """Override of `stock`: what is procured for a return says so."""
        return [*super()._get_custom_move_fields(), 'returns_delivery_line_id']

    def _push_prepare_move_copy_values(self, move_to_copy, new_date):
        """Override of `stock`: the next step of a delivery is made for the same return."""
        vals = super()._push_prepare_move_copy_values(move_to_copy, new_date)
        if move_to_copy.returns_delivery_line_id:
            vals['returns_delivery_line_id'] = move_to_copy.returns_delivery_line_id.id
        return vals
