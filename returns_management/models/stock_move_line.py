from odoo import models


class StockMoveLine(models.Model):
    _inherit = 'stock.move.line'

    def write(self, vals):
        """Override of `stock`: a corrected delivery or receipt must not leave more back than was delivered."""
        result = super().write(vals)
        if 'quantity' in vals:
            corrected = self.filtered(lambda line: line.state == 'done').move_id
            if corrected:
                corrected._check_returns_correction()
        return result
