from odoo import models


class ReturnsOrderLine(models.Model):
    """What goes into the parcel?"""

    _inherit = 'returns.order.line'

    def _is_on_slip(self):
        """Whether the customer puts it into the parcel: not what was refused, nor what stays with the customer."""
        self.ensure_one()
        is_refused = self.state in ('approved', 'done') and not self.qty_approved
        return not is_refused and not self._is_without_goods()
