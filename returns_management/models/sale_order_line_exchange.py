from odoo import fields, models


class SaleOrderLine(models.Model):
    """What customers get for returned goods, and what that leaves of the line that sold them."""

    _inherit = 'sale.order.line'

    returns_exchange_line_id = fields.Many2one(
        'returns.order.line', string="Exchange Of", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null', check_company=True)

    def _get_returns_exchanged_qty(self, quantity):
        """`quantity` of this line, in the unit of the return line that it exchanges."""
        self.ensure_one()
        unit = self.returns_exchange_line_id.product_uom_id
        if not self.product_uom_id._has_common_reference(unit):
            return quantity
        return self.product_uom_id._compute_quantity(quantity, unit, rounding_method='HALF-UP')

    def _get_returns_qty_resent(self):
        """Override: what came back and was exchanged for the same product was sent to the customer again, too."""
        return super()._get_returns_qty_resent() + sum(
            line._convert_qty(min(line.qty_replaced, line.qty_received), self.product_uom_id)
            for line in self.sudo().returns_line_ids if not line._is_other_product())

    def _get_returns_qty_replaced_in_advance(self, unit):
        """What the customer has twice: sent again, while the first is still on its way to us, in `unit`."""
        self.ensure_one()
        return sum(
            line._convert_qty(line._get_qty_replaced_in_advance(), unit) for line in self.sudo().returns_line_ids)

    def _get_returns_qty_in_advance(self):
        """Override: what the customer has twice is not to be paid twice."""
        return super()._get_returns_qty_in_advance() + self._get_returns_qty_replaced_in_advance(
            self.product_id.uom_id)

    def _get_returns_qty_credited_without_goods(self, refunds):
        """What `refunds` credit that did not come back, in the unit of this line: in advance, or for good.

        Return by return: what came for one is not what another has credited.
        """
        self.ensure_one()
        return sum(
            max(0.0, self._sum_returns_credit(of_line) - line._convert_qty(line.qty_received, self.product_uom_id))
            for line, of_line in refunds.filtered('returns_line_id').sudo().grouped('returns_line_id').items())
