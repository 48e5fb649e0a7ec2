from odoo import models


class ReturnsOrderLine(models.Model):
    """What is on its way to the customer in place of goods that will not come."""

    _inherit = 'returns.order.line'

    def _get_qty_surplus(self):
        """How much is on its way to the customer in place of goods that will not come, in the unit of the line."""
        self.ensure_one()
        owed = max(0.0, self._get_qty_to_exchange() - self.qty_replaced)
        return self.product_uom_id.round(max(0.0, self._get_qty_being_replaced() - owed))

    def _call_off_replacements(self):
        """Plan the deliveries of the same product anew: cancel what has not left, send what is still owed."""
        moves = self.delivery_move_ids.filtered(
            lambda move: move.state not in ('done', 'cancel') and not move.origin_returned_move_id)
        moves._action_cancel()
        self.order_id._replace_by_trigger({'on_approval'})

    def _call_off_exchange_orders(self):
        """Sell less of the other product; what is invoiced already has to be corrected by accounting."""
        for line in self:
            surplus = line._get_qty_surplus()
            for sale_line in line.exchange_sale_line_ids.filtered(lambda sale_line: sale_line.state != 'cancel'):
                surplus -= line._lower_exchange(sale_line, surplus)
        self.order_id._run_automatically('_check_exchange_bills')

    def _lower_exchange(self, sale_line, surplus):
        """Sell up to `surplus` less by `sale_line`, of what has not left.

        :param surplus: in the unit of this line
        :return: by how much, in the unit of this line
        """
        self.ensure_one()
        undelivered = max(
            0.0, sale_line.product_uom_qty - sale_line.qty_delivered - sale_line._get_returns_qty_received())
        part = min(surplus, sale_line._get_returns_exchanged_qty(undelivered))
        if self.product_uom_id.compare(part, 0) <= 0:
            return 0.0
        order = sale_line.order_id
        order.filtered('locked').action_unlock()
        unit = sale_line.product_uom_id
        common = unit._has_common_reference(self.product_uom_id)
        left = sale_line.product_uom_qty - (
            self._convert_qty(part, unit) if common else part)
        if unit.compare(left, 0) <= 0 and len(order.order_line) == 1:
            order._action_cancel()
        else:
            sale_line.product_uom_qty = left
        return part
