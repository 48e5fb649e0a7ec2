from odoo import Command, models


class StockMove(models.Model):
    """What a parcel brings, counted at the dock."""

    _inherit = 'stock.move'

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
