from odoo import Command, fields

from .common import ReturnsCommon


class ReturnsCostCommon(ReturnsCommon):
    """Purchases at changing cost, and what stock report and ledger say of a product."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.credit_note_posting = 'draft'
        cls.account_expense = cls.company_data['default_account_expense']
        cls.account_stock = cls.product._get_product_accounts()['stock_valuation']
        cls.account_receivable = cls.company_data['default_account_receivable']
        cls.account_income = cls.company_data['default_account_revenue']
        cls.supplier_location = cls.env.ref('stock.stock_location_suppliers')

    @classmethod
    def _create_costed(cls, cost_method='average', valuation='real_time', **values):
        """A storable product without stock, valued as it says."""
        category = cls.env['product.category'].create({
            'name': f"{cost_method} {valuation}", 'property_cost_method': cost_method, 'property_valuation': valuation})
        return cls.env['product.product'].create({
            'name': f"Boot {cost_method} {valuation}", 'is_storable': True, 'categ_id': category.id,
            'list_price': 100, 'taxes_id': [Command.set(cls.tax.ids)], 'invoice_policy': 'order', **values})

    @classmethod
    def _buy(cls, product, quantity, cost, lot=None):
        """Receive `quantity` at `cost` each, an hour after all before, and book it as a vendor bill does."""
        cls._let_time_pass()
        move = cls.env['stock.move'].create({
            'product_id': product.id, 'product_uom_qty': quantity, 'price_unit': cost,
            'location_id': cls.supplier_location.id, 'location_dest_id': cls.warehouse.lot_stock_id.id,
        })
        move._action_confirm()
        move.quantity = quantity
        if lot:
            move.move_line_ids.lot_id = lot
        move.picked = True
        move._action_done()
        if not cls.company.currency_id.is_zero(move.value - quantity * cost):
            move.value_manual = quantity * cost
        cls._book(product, quantity * cost)
        return move

    @classmethod
    def _validate(cls, pickings, quantity=None):
        """Override: goods move an hour after all that has happened before."""
        cls._let_time_pass()
        return super()._validate(pickings, quantity)

    @classmethod
    def _let_time_pass(cls):
        """Make all that has happened an hour older: Odoo replays moves and values by the second, to get the average."""
        cls.env.flush_all()
        for table in ('stock_move', 'product_value'):
            cls.env.cr.execute(f"UPDATE {table} SET date = date - interval '1 hour' WHERE company_id = %s", [
                cls.company.id])
        cls.env.invalidate_all()

    @classmethod
    def _book(cls, product, amount):
        """Book `amount` into the stock account, against nothing that returns look at."""
        if product.valuation != 'real_time':
            return
        cls.env['account.move'].create({
            'journal_id': cls.company_data['default_journal_misc'].id,
            'line_ids': [
                Command.create({'account_id': account.id, 'balance': balance, 'product_id': product.id})
                for account, balance in (
                    (cls.account_stock, amount), (cls.company_data['default_account_payable'], -amount))
            ],
        }).action_post()

    def _get_gap(self, product):
        """By how much stock account and stock report differ for `product`."""
        self.env.flush_all()
        items = self.env['account.move.line'].search([
            ('account_id', '=', self.account_stock.id), ('product_id', '=', product.id),
            ('parent_state', '=', 'posted')])
        self.env.invalidate_all()
        return self.company.currency_id.round(sum(items.mapped('balance')) - product.total_value)

    def _check_gap(self, product, expected=0.0):
        self.assertAlmostEqual(self._get_gap(product), expected, 2)

    def _check_entry(self, move, expected):
        """`move` has exactly the journal items `expected`: `(account, debit, credit)`, in any order."""
        self.assertCountEqual(
            [(item.account_id.code, round(item.debit, 2), round(item.credit, 2)) for item in move.line_ids],
            [(account.code, debit, credit) for account, debit, credit in expected])

    def _check_cost(self, document, amount):
        """`document` books `amount` from expense into the stock, and no other cost."""
        cost_lines = document.line_ids.filtered(lambda line: line.display_type == 'cogs')
        self.assertCountEqual(
            [(line.account_id.code, round(line.balance, 2)) for line in cost_lines],
            [(self.account_stock.code, amount), (self.account_expense.code, -amount)] if amount else [])

    def _check_alone(self, return_order, amounts):
        """The return has one entry for each of `amounts`, from expense into the stock, in the order of their making."""
        entries = return_order.cost_entry_ids.sorted('id')
        self.assertEqual(entries.mapped('state'), ['posted'] * len(amounts))
        self.assertEqual([
            [(item.account_id.code, round(item.balance, 2)) for item in entry.line_ids.sorted('balance')]
            for entry in entries
        ], [
            sorted([(self.account_stock.code, amount), (self.account_expense.code, -amount)], key=lambda item: item[1])
            for amount in amounts
        ])

    def _create_decided(self, order, action, quantity=2, **values):
        """An approved return of `quantity` of `order`, with the resolution of `action`."""
        return_order = self._create_return(order, quantity)
        return_order.line_ids.write({
            'resolution_id': self.env.ref(f'returns_management.returns_resolution_{action}').id, **values})
        return_order.action_confirm()
        return return_order

    def _send(self, return_order):
        """Deliver what is announced to the customer of `return_order`."""
        return self._validate(return_order.delivery_ids)

    def _refuse(self, return_order, quantity):
        wizard = self.env['returns.refuse.goods'].with_context(default_order_id=return_order.id).create({})
        wizard.line_ids.write({'quantity': quantity, 'note': "Worn"})
        wizard.action_refuse_goods()

    def _pay(self, invoice, date=None, **values):
        """Pay all of `invoice`, or pay a credit note back."""
        return self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({'payment_date': date or fields.Date.today(), **values})._create_payments()
