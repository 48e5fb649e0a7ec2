from odoo import models


class SaleOrderLine(models.Model):
    """What is delivered and not invoiced costs what it cost: also after some of it came back."""

    _inherit = 'sale.order.line'

    def _get_returns_cost_of_next(self, quantity):
        """What the next `quantity` that is invoiced costs, of an order line whose goods have moved for returns.

        All that has left the stock for this order line and is not in the books yet, shared out over what is delivered
        and not invoiced yet. What is invoiced before it is delivered costs what it would cost today.

        :param float quantity: in the unit of the product
        :return: value in the currency of the company; None when no goods have moved for a return, it is core's then
        """
        self.ensure_one()
        lines = self.sudo().returns_line_ids.with_company(self.company_id)
        done = (lines.move_ids | lines.delivery_move_ids).filtered(lambda move: move.state == 'done')
        if not done:
            return None
        waiting = {line: line._get_goods_waiting_for_credit() for line in lines}
        uninvoiced = self._get_returns_qty_uninvoiced(lines) + sum(goods for goods, _value in waiting.values())
        value = self._get_returns_value_sent() - self._get_returns_value_booked(lines) + sum(
            value for _goods, value in waiting.values())
        part = max(0.0, min(quantity, uninvoiced))
        rest = (quantity - part) * self.product_id.with_company(self.company_id).standard_price
        return (value * part / uninvoiced if part else 0.0) + rest

    def _get_returns_valued_moves(self):
        return self.sudo().move_ids.filtered(
            lambda move: move.state == 'done' and move.product_id == self.product_id and (move.is_in or move.is_out))

    def _get_returns_value_sent(self):
        """The value of what has left the stock for this order line, less what has come back."""
        moves = self._get_returns_valued_moves()
        return sum(move._get_returns_cost() * (-1 if move.is_in else 1) for move in moves)

    def _get_returns_value_booked(self, lines):
        """The value that has left the stock account for this order line, less what has come back.

        By invoices, credit notes and entries of their own.
        """
        template = self.product_id.product_tmpl_id.with_company(self.company_id)
        documents = self.sudo().invoice_lines.move_id.filtered(lambda move: move.state == 'posted')
        items = documents.line_ids.filtered(
            lambda item: item.display_type == 'cogs' and item.cogs_origin_id in self.invoice_lines
            and item.account_id == template.get_product_accounts(
                fiscal_pos=item.move_id.fiscal_position_id)['stock_valuation'])
        alone = lines._get_cost_items().filtered('returns_cost_move_id')
        return -sum((items | alone).mapped('balance'))

    def _get_returns_qty_uninvoiced(self, lines):
        """What the customer has and no invoice has billed, in the unit of the product.

        What waits for its credit note counts as invoiced and gone; what was credited and kept as invoiced.
        """
        self.ensure_one()
        delivered = sum(
            move._get_valued_qty() * (-1 if move.is_in else 1) for move in self._get_returns_valued_moves())
        invoiced = sum(map(self._get_returns_invoiced_qty, self._get_returns_invoice_lines()))
        return delivered - invoiced + sum(line._get_qty_settled() for line in lines)

    def _get_returns_expense_vals(self, invoice=None):
        """Account and analytics of the cost of this order line, as its invoice has booked it.

        :param invoice: of which; by default the newest one
        :return: dict for `account.move.line.create`; empty when no cost was booked
        """
        lines = self.sudo()._get_returns_invoice_lines()
        if invoice:
            lines = lines.filtered(lambda line: line.move_id == invoice) or lines
        items = lines.move_id.line_ids.filtered(
            lambda item: item.display_type == 'cogs' and item.cogs_origin_id in lines and item.price_unit < 0)
        return {
            'account_id': items[-1].account_id.id,
            'analytic_distribution': items[-1].analytic_distribution,
        } if items else {}
