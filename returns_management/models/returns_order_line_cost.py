from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError

from .allocation import allocate
from .goods_to_cost import GoodsToCost
from .locking import serialize


class ReturnsOrderLine(models.Model):
    """Cost comes back as it left. What no credit note books is booked here, at the stock move.

    Perpetual valuation only. The value of what came is `stock.move.value`. Credit notes carry the cost of the goods
    they credit; what moves without one has a journal entry of its own, stock valuation against the expense account of
    the invoice: goods that are exchanged for the same product or sent back, in and out, and goods that were credited
    before they came. So the difference between stock report and stock account is the same before and after a return.

    Nothing remembers what has to be booked: `_book_cost` compares what should be in the books with what is, and books
    the difference. It may run at any time, and a second run finds nothing to do.
    """

    _inherit = 'returns.order.line'

    cost_line_ids = fields.One2many(
        'account.move.line', 'returns_cost_line_id', string="Cost Entries", copy=False, readonly=True,
        help="Journal items on the stock account, of credit notes and of entries of their own.")

    # === What is in the books ===

    def _get_cost_items(self):
        """The posted journal items of the cost of these goods."""
        return self.cost_line_ids.filtered(lambda item: item.parent_state == 'posted')

    def _get_cost_booked_alone(self):
        """What entries of their own have booked.

        :return: dict of amount, positive into the stock, by `stock.move`
        """
        booked = defaultdict(float)
        for item in self._get_cost_items().filtered('returns_cost_move_id'):
            booked[item.returns_cost_move_id] += item.balance
        return booked

    def _read_goods_to_cost(self):
        """Read what `_get_goods_to_cost` needs of all these lines at once, not line by line.

        An addon whose costs depend on more overrides this method and reads that, too.
        """
        self.move_ids.move_line_ids.mapped('picked')

    def _get_goods_to_cost(self):
        """What came on this line and what is booked of it: `GoodsToCost`."""
        self.ensure_one()
        sent = self._get_sent_moves()
        items = self._get_cost_items().filtered(lambda item: item.returns_cost_move_id not in sent)
        receipts = self._get_valued_receipts()
        received = sum(move._get_valued_qty() for move in receipts)
        alone = self._get_qty_never_credited(received)
        return GoodsToCost(
            [(move._get_valued_qty(), move._get_returns_cost()) for move in receipts],
            self.company_id.currency_id.round,
            costed=alone + min(self._get_qty_credited_of_goods(), received - alone),
            booked=sum(items.mapped('balance')))

    def _get_valued_receipts(self):
        """The done receipts of this line that count in the value of the stock, the oldest first."""
        self.ensure_one()
        return self.move_ids.filtered(
            lambda move: move.state == 'done' and move.is_in and self._is_reception(move)
        ).sorted(lambda move: (move.date, move.id))

    def _get_qty_never_credited(self, received):
        """How much of the `received` quantity no credit note is for, in the unit of the product."""
        self.ensure_one()
        if not self._is_credited_for_goods():
            return received
        return min(received, self._convert_qty(self.qty_refused, self.product_id.uom_id))

    def _get_qty_credited_of_goods(self):
        """What posted notes credit of goods that come back, in the unit of the product.

        Less what invoices take back again; also what notes credit that were made by hand and are linked by cost alone.
        """
        self.ensure_one()
        credit_lines = self.credit_line_ids.filtered(
            lambda line: line.parent_state == 'posted' and line._is_returns_credit_of_goods())
        others = self._get_note_items().filtered(lambda item: item.move_id not in credit_lines.move_id)
        return self._sum_item_qty(others) + sum(
            line._get_returns_cost_qty() * (1 if line.move_id.move_type == 'out_refund' else -1)
            for line in credit_lines)

    def _get_qty_costed_by_notes(self):
        """How much of what came has its cost on credit notes, in the unit of the product."""
        self.ensure_one()
        return self._sum_item_qty(self._get_note_items())

    def _get_note_items(self):
        """The journal items of credit notes, and of invoices that take such a note back."""
        return self._get_cost_items().filtered(lambda item: not item.returns_cost_move_id)

    def _sum_item_qty(self, items):
        return sum(item.quantity if item.balance > 0 else -item.quantity for item in items)

    # === What an invoice of the same order line leaves to them ===

    def _get_goods_waiting_for_credit(self):
        """What came and waits for its credit note: tuple `(quantity, value)`, in the unit of the product."""
        self.ensure_one()
        waiting = self.qty_to_credit + self.qty_in_draft_credit + self.qty_drafted_by_hand
        return self._get_goods_to_cost().take(self._convert_qty(waiting, self.product_id.uom_id))

    def _get_qty_settled(self):
        """What came back and is neither to be credited nor invoiced any more, less what was sent in its place."""
        self.ensure_one()
        unit = self.product_id.uom_id
        never_credited = self._get_qty_never_credited(
            sum(move._get_valued_qty() for move in self._get_valued_receipts()))
        sent = sum(move._get_valued_qty() for move in self._get_sent_moves())
        awaited = self._convert_qty(self._get_qty_replaced_in_advance(), unit)
        return self._get_goods_to_cost().costed - min(sent, never_credited + awaited)

    # === What moves without a credit note ===

    def _book_cost(self):
        """Book what is missing, or too much, of the cost of goods that move without a credit note.

        One entry for each return, in the stock journal, on the day that core books stock moves on.

        :return: the new `account.move` records
        """
        if not self:
            return self.env['account.move']
        # Whoever receives, refuses or sends goods needs no accounting rights.
        lines_sudo = self.sudo().filtered(lambda line: line._is_valued_perpetually())
        serialize(lines_sudo.origin_move_id)
        groups = defaultdict(list)
        for line in lines_sudo:
            for move, amount in line._get_receipt_cost_to_book() + line._get_sent_cost_to_book():
                groups[line.order_id, line._get_cost_journal()] += line._prepare_cost_item_vals(move, amount)
        entries_sudo = self.env['account.move'].sudo().create([
            order._prepare_cost_entry_vals(journal, vals_list)
            for (order, journal), vals_list in groups.items() if vals_list])
        if entries_sudo:
            entries_sudo._post(soft=False)
        return entries_sudo

    def _is_valued_perpetually(self):
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        return product.is_storable and product.valuation == 'real_time'

    def _get_receipt_cost_to_book(self):
        """What has to be booked for what came: nothing as long as credit notes carry the cost of what they credit.

        :return: list of `(stock.move, amount)`, positive into the stock
        """
        self.ensure_one()
        goods, sent = self._get_goods_to_cost(), self._get_sent_moves()
        booked = {move: amount for move, amount in self._get_cost_booked_alone().items() if move not in sent}
        if self.product_id.uom_id.is_zero(goods.costed - self._get_qty_costed_by_notes()):
            missing = -sum(booked.values())
        else:
            missing = goods.get_value_of_first(goods.costed) - goods.booked
        missing = goods.round(missing)
        if missing >= 0:  # what came last is what was not booked yet
            receipts = reversed(self._get_valued_receipts())
            return allocate(missing, {move: move._get_returns_cost() - booked.get(move, 0.0) for move in receipts})
        too_much = allocate(-missing, dict(booked))
        rest = goods.round(-missing - sum(amount for _move, amount in too_much))
        if rest:  # a receipt was corrected after its credit note
            too_much.append((self._get_valued_receipts()[-1:], rest))
        return [(move, -amount) for move, amount in too_much]

    def _get_sent_cost_to_book(self):
        """What has to be booked for what was sent to the customer: list of `(stock.move, amount)`."""
        self.ensure_one()
        booked = self._get_cost_booked_alone()
        amounts = [
            (move, self.company_id.currency_id.round(-move._get_returns_cost() - booked[move]))
            for move in self._get_sent_moves() if move.is_out]
        return [(move, amount) for move, amount in amounts if amount]

    # === Journal entries ===

    def _get_cost_journal(self):
        """:raise UserError: when nobody has said in which journal the cost of goods is booked"""
        self.ensure_one()
        template = self.product_id.product_tmpl_id.with_company(self.company_id)
        journal = template.get_product_accounts()['stock_journal']
        if not journal:
            raise UserError(self.env._(
                "The cost of %(product)s cannot be booked: set the Stock Journal of its category %(category)s.",
                product=self.product_id.display_name, category=template.categ_id.display_name))
        return journal

    def _prepare_cost_item_vals(self, move, amount):
        """Values of the two journal items that book `amount` for `move`: stock valuation against expense.

        :param float amount: positive into the stock
        :return: list of dicts for `account.move.line.create`; empty when the product has no such accounts, as in core
        """
        self.ensure_one()
        template = self.product_id.product_tmpl_id.with_company(self.company_id)
        accounts = template.get_product_accounts(fiscal_pos=self.sale_order_id.fiscal_position_id)
        if not accounts['stock_valuation'] or not accounts['expense']:
            return []
        shared = {
            'name': f'{move.reference} - {self.product_id.name}',
            'product_id': self.product_id.id,
        }
        return [
            {
                **shared,
                'account_id': accounts['stock_valuation'].id,
                'balance': amount,
                'returns_cost_line_id': self.id,
                'returns_cost_move_id': move.id,
            },
            {
                **shared,
                'account_id': accounts['expense'].id,
                'balance': -amount,
                **self.sale_line_id._get_returns_expense_vals(),
            },
        ]

    # === Decisions ===

    def write(self, vals):
        """Override: what is refused, or what the customer gets instead, decides who books the cost."""
        result = super().write(vals)
        if {'qty_refused', 'resolution_id', 'exchange_product_id'} & vals.keys():
            self.filtered('qty_received').order_id.sudo()._run_automatically('_book_cost')
        return result
