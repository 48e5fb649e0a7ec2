from odoo import models


class ReturnsOrderLine(models.Model):
    """What of a line is owed, but cannot be credited: it was never invoiced."""

    _inherit = 'returns.order.line'

    def _get_qty_uninvoiced(self):
        """What is due of this line and neither credited nor to be credited, in its unit."""
        self.ensure_one()
        if not self.product_uom_id:  # still being filled in
            return 0.0
        covered = self.qty_credited + self.qty_in_draft_credit + self.qty_to_credit + self.qty_drafted_by_hand
        return max(0.0, self.product_uom_id.round(self._get_qty_due() - covered))

    def _get_qty_uninvoiced_at_customer(self):
        """How much of it has not come back: what the customer keeps, or is credited for in advance."""
        self.ensure_one()
        kept = self.qty_kept if self._get_action() == 'reduce' else self._get_qty_in_advance()
        return min(kept, self._get_qty_uninvoiced())

    def _get_amount(self, quantity):
        """What is credited for `quantity` of this line, taxes included."""
        self.ensure_one()
        return self._round_amount(quantity * self._get_unit_credit()) if quantity else 0.0
