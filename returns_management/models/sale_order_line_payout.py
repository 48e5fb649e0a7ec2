from odoo import models


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    def _get_returns_qty_delivered_to_invoice(self):
        """What is to be invoiced of this line as if nothing had come back, in its unit."""
        self.ensure_one()
        back = self._get_returns_qty_received() - self._get_returns_qty_resent()
        delivered = self.qty_delivered + back
        billed = delivered if self.product_id.invoice_policy == 'delivery' else max(self.product_uom_qty, delivered)
        return max(0.0, billed - self.qty_invoiced)
