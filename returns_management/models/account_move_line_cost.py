from odoo import fields, models


class AccountMoveLine(models.Model):
    """Cost comes back as it left: what a credit note, or the invoice of goods that were sent again, books as cost."""

    _inherit = 'account.move.line'

    returns_cost_line_id = fields.Many2one(
        'returns.order.line', string="Cost of Return Line", readonly=True, index='btree_not_null',
        ondelete='set null', check_company=True,
        help="The goods of this return line whose cost the journal item moves into or out of the stock account.")
    returns_cost_move_id = fields.Many2one(
        'stock.move', string="Cost of Stock Move", readonly=True, index='btree_not_null', ondelete='set null',
        check_company=True, help="Booked when these goods moved, since no credit note does it.")

    def _eligible_for_stock_account(self):
        """Override of `stock_account`: what was sent by the vendor himself comes back into our own stock."""
        if self.move_id.move_type == 'out_refund' and self.sudo().returns_line_id:
            return self.product_id.is_storable
        return super()._eligible_for_stock_account()

    def _get_cogs_value(self):
        """Override of `stock_account`: the cost of one unit (of the product) that comes back, or was sent again.

        `account.move` has worked it out for all the lines that are posted together.
        """
        value = self.env.context.get('returns_cost', {}).get(self.id)
        if value is None:
            return super()._get_cogs_value()
        quantity = self._get_returns_cost_qty()
        return value / quantity if quantity else 0.0

    def _get_returns_cost_qty(self):
        """The quantity of this line in the unit of the product, rounded as core rounds it when it books cost."""
        return self.product_uom_id._compute_quantity(self.quantity, self.product_id.uom_id)

    def _is_returns_credit_of_goods(self):
        """Whether this line credits goods: no lower price, no fee. Of what is kept nothing comes, so it has no cost."""
        self.ensure_one()
        line_sudo = self.sudo().returns_line_id
        return (
            bool(line_sudo and self.sale_line_ids) and self._is_returns_goods() and self.quantity > 0
            and self.product_id == line_sudo.product_id)

    def _get_returns_credit_costs(self):
        """What these credit note lines bring back, in the order in which they are posted.

        What was booked before is taken off the value of all that is booked then, so that nothing is lost by rounding,
        resetting or correcting.

        :return: see `account.move._get_returns_cost_parts`
        """
        goods = {}
        (self.returns_line_id | self.sale_line_ids.returns_line_ids)._read_goods_to_cost()
        self.sale_line_ids.invoice_lines.move_id.line_ids.mapped('display_type')  # of all of them at once
        parts = {
            line: line._take_returned_goods(goods)
            for line in self.sorted(lambda line: (line.move_id.date, line.move_id.id, line.id))}
        return {line: of_line for line, of_line in parts.items() if of_line or line.returns_line_id}

    def _take_returned_goods(self, goods):
        """The goods that this credit note line credits: what has come and is not booked yet, the oldest first.

        A line that somebody made by hand takes what the returns of its order line have waiting, the rest is core's.

        :param dict goods: what is left, `GoodsToCost` by return line; filled here
        :return: list of `(return line or None, quantity, value)`
        """
        self.ensure_one()
        left, parts = self._get_returns_cost_qty(), []
        for return_line in self._get_returns_lines_to_cost():
            if return_line not in goods:
                goods[return_line] = return_line._get_goods_to_cost()
            quantity, value = goods[return_line].take(left)
            if quantity:
                parts.append((return_line, quantity, value))
                left -= quantity
        if parts and not self.returns_line_id and self.product_id.uom_id.compare(left, 0) > 0:
            parts.append((None, left, left * self.with_company(self.company_id)._get_cogs_value()))
        return parts

    def _get_returns_lines_to_cost(self):
        """The return lines whose goods this credit note line may bring back."""
        self.ensure_one()
        if self.returns_line_id:
            return self.returns_line_id if self._is_returns_credit_of_goods() else self.returns_line_id.browse()
        return self.sale_line_ids.returns_line_ids.filtered(
            lambda line: line.product_id == self.product_id and line._is_credited_for_goods()).sorted('id')

    def _get_returns_invoice_costs(self):
        """What these invoice lines cost, of order lines whose goods were returned before.

        :return: see `account.move._get_returns_cost_parts`
        """
        parts = {}
        for line in self.filtered(lambda line: len(line.sale_line_ids) == 1):
            quantity = line._get_returns_cost_qty()
            value = line.sale_line_ids._get_returns_cost_of_next(quantity)
            if value is not None:
                parts[line] = [(None, quantity, value)]
        return parts

    def _get_returns_taken_back_costs(self):
        """What these invoice lines cost that take a credit note back: what that note had brought in.

        :return: see `account.move._get_returns_cost_parts`
        """
        parts = {}
        for line in self:
            items = line.move_id.reversed_entry_id.line_ids.filtered(
                lambda item: item.returns_cost_line_id and item.product_id == line.product_id)  # noqa: B023
            left = line._get_returns_cost_qty()
            for item in items:
                part = min(left, item.quantity)
                if part > 0:
                    parts.setdefault(line, []).append(
                        (item.returns_cost_line_id, part, item.balance * part / item.quantity))
                    left -= part
        return parts

    def _prepare_returns_cost_vals(self, core_vals, parts):
        """Values of the cost lines of this line: core's, one pair for each part, saying whose goods they are.

        :param core_vals: the two dicts that core has prepared: stock account, expense account
        :param parts: list of `(return line or None, quantity, value)`
        :return: list of dicts for `account.move.line.create`
        """
        self.ensure_one()
        if not any(return_line for return_line, _quantity, _value in parts):
            return core_vals
        stock, expense = core_vals
        expense = {**expense, **self.sale_line_ids[:1]._get_returns_expense_vals(self.move_id.reversed_entry_id)}
        into_stock = 1 if self.move_id.move_type == 'out_refund' else -1
        vals_list = []
        for return_line, quantity, value in parts:
            for vals, sign in ((stock, into_stock), (expense, -into_stock)):
                vals_list.append({
                    **vals,
                    'quantity': quantity,
                    'product_uom_id': self.product_id.uom_id.id,
                    'price_unit': sign * into_stock * value / quantity,
                    'amount_currency': sign * value,
                    'balance': sign * value,  # a line without it is written once more as soon as it is there
                })
            if return_line:
                vals_list[-2]['returns_cost_line_id'] = return_line.id
        return vals_list
