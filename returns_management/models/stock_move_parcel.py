from collections import defaultdict

from odoo import Command, models


class StockMove(models.Model):
    """What a parcel brings, counted at the dock."""

    _inherit = 'stock.move'

    def _get_returns_lots_outstanding(self):
        """The lots that this delivery brought and that have not come back.

        :return: dict of quantity, in the unit of the product, by lot
        """
        self.ensure_one()
        quantities = defaultdict(float)
        for move_line in self.move_line_ids.filtered('lot_id'):
            quantities[move_line.lot_id] += move_line.quantity_product_uom
        came_back = self.returned_move_ids.filtered(lambda move: move.state == 'done')
        for move_line in came_back.move_line_ids.filtered('lot_id'):
            quantities[move_line.lot_id] -= move_line.quantity_product_uom
        return {lot: quantity for lot, quantity in quantities.items() if quantity > 0}

    def _set_parcel_parts(self, parts):
        """Count exactly `parts` on this move, instead of what is proposed.

        :param parts: list of `(lot, quantity)`, in the unit of the product; the lot is empty without tracking
        """
        self.ensure_one()
        self.move_line_ids.unlink()
        self.move_line_ids = [
            Command.create({
                **self._prepare_move_line_vals(quantity=quantity),
                'lot_id': lot.id,
                'owner_id': self.restrict_partner_id.id,
                'picked': True,
            })
            for lot, quantity in parts
        ]
