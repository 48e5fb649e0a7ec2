from odoo import models


class ReturnsOrderLine(models.Model):
    _inherit = 'returns.order.line'

    def _read_goods_to_cost(self):
        """Override: what inspections have written down is read of all lines at once, too."""
        super()._read_goods_to_cost()
        self.move_ids.returns_inspection_ids.mapped('write_down_amount')
