from odoo import models


class StockMove(models.Model):
    _inherit = 'stock.move'

    def _set_returns_lots(self):
        """Announce the lots that the return names, where core has proposed others of the delivery."""
        for move in self.filtered('returns_line_id.lot_ids'):
            named = move.returns_line_id.lot_ids
            spare_lines = move.move_line_ids.filtered(lambda line: line.lot_id not in named)  # noqa: B023
            for line, lot in zip(spare_lines, named - move.move_line_ids.lot_id, strict=False):
                line.lot_id = lot
