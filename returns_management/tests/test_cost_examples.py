from odoo import Command
from odoo.tests import tagged

from .common_cost import ReturnsCostCommon


@tagged('post_install', '-at_install')
class TestCostExamples(ReturnsCostCommon):
    """Worked examples an accountant can follow, line by line, and every way to value goods."""

    def _prepare(self, *args, quantity=5, cost=60, **values):
        """A product bought at `cost`, `quantity` of it sold and invoiced."""
        product = self._create_costed(*args, **values)
        self._buy(product, 10, cost)
        order = self._create_delivered_order(quantity=quantity, product=product)
        return product, order, order.invoice_ids

    def _check_full_credit(self, credit_note, pieces):
        self._check_entry(credit_note, [
            (self.account_income, 100 * pieces, 0), (self.account_income, 15 * pieces, 0),
            (self.account_receivable, 0, 115 * pieces),
            (self.account_stock, 60 * pieces, 0), (self.account_expense, 0, 60 * pieces),
        ])

    def test_e1_a_full_return_of_a_paid_invoice_leaves_no_profit(self):
        product, order, invoice = self._prepare()
        self._check_entry(invoice, [
            (self.account_receivable, 575, 0), (self.account_income, 0, 500), (self.account_income, 0, 75),
            (self.account_expense, 300, 0), (self.account_stock, 0, 300)])
        self._pay(invoice)
        return_order = self._create_received_return(order, quantity=5)
        self.assertEqual(return_order.picking_ids.move_ids.value, 300)
        self.assertFalse(return_order.cost_entry_ids)
        credit_note = return_order.credit_note_ids
        credit_note.action_post()
        self._check_full_credit(credit_note, 5)
        self._check_gap(product)
        payment = self._pay(credit_note)
        self._check_entry(payment.move_id, [
            (self.account_receivable, 575, 0), (payment.outstanding_account_id, 0, 575)])
        self.assertEqual((return_order.state, return_order.payout_status), ('done', 'full'))
        items = (invoice | credit_note | payment.move_id).line_ids
        profit = items.filtered(lambda item: item.account_id in self.account_income + self.account_expense)
        self.assertEqual(round(sum(profit.mapped('balance')), 2), 0)

    def test_e3_an_item_of_an_unpaid_invoice_is_matched_with_it(self):
        product, order, invoice = self._prepare()
        credit_note = self._create_received_return(order).credit_note_ids
        credit_note.action_post()
        self._check_full_credit(credit_note, 2)
        self.assertRecordValues(invoice, [{'amount_residual': 345, 'payment_state': 'partial'}])
        self._pay(invoice)
        self.assertIn(invoice.payment_state, ('paid', 'in_payment'))
        self._check_gap(product)

    def test_f24_received_three_credited_one_then_two(self):
        for method in ('average', 'fifo', 'standard'):
            with self.subTest(method=method):
                product, order, _invoice = self._prepare(
                    method, **({'standard_price': 60} if method == 'standard' else {}))
                return_order = self._create_received_return(order, quantity=3)
                first = return_order.credit_note_ids
                first.invoice_line_ids.quantity = 1
                first.action_post()
                self._check_cost(first, 60)
                return_order.action_create_credit_notes()
                second = return_order.credit_note_ids - first
                second.action_post()
                self._check_cost(second, 120)
                self._check_gap(product)

    def test_the_standard_price_it_left_with_comes_back(self):
        """What the price has changed since is a revaluation, as for goods that never left: closing books it."""
        product, order, _invoice = self._prepare('standard', standard_price=60)
        product.standard_price = 70
        self._check_gap(product, -5 * 10)
        return_order = self._create_received_return(order)
        return_order.credit_note_ids.action_post()
        self._check_cost(return_order.credit_note_ids, 120)
        self.assertEqual(return_order.picking_ids.move_ids.value, 120)
        self._check_gap(product, -7 * 10)

    def test_lots_with_a_value_of_their_own(self):
        product = self._create_costed(tracking='lot', lot_valuated=True)
        lots = self.env['stock.lot'].create([{'name': name, 'product_id': product.id} for name in ('L-10', 'L-30')])
        for lot, cost in zip(lots, (10, 30), strict=True):
            self._buy(product, 5, cost, lot=lot)
        order = self._create_order(quantity=4, product=product)
        move = order.picking_ids.move_ids
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create({**move._prepare_move_line_vals(quantity=2), 'lot_id': lot.id, 'picked': True})
            for lot in lots]
        order.picking_ids.button_validate()
        self._invoice(order)
        before = self._get_gap(product)
        return_order = self._create_return(order, quantity=2)
        return_order.line_ids.lot_ids = lots[1]
        return_order.action_confirm()
        self._receive(return_order)
        return_order.credit_note_ids.action_post()
        self._check_cost(return_order.credit_note_ids, return_order.picking_ids.move_ids.value)
        self._check_gap(product, before)

    def test_what_the_vendor_had_sent_himself_comes_back_into_stock(self):
        product = self._create_costed()
        self._buy(product, 10, 60)
        order = self._create_order(quantity=1, product=product)
        order.picking_ids.location_id = order.picking_ids.move_ids.location_id = self.supplier_location
        self._deliver(order)
        self._check_cost(self._invoice(order), 0)
        return_order = self._create_received_return(order, quantity=1)
        return_order.credit_note_ids.action_post()
        self._check_cost(return_order.credit_note_ids, 60)
        self._check_gap(product)

    def test_several_receipts_of_one_line_come_in_order(self):
        product, order, _invoice = self._prepare()
        return_order = self._create_confirmed_return(order, quantity=3)
        self._receive(return_order, quantity=1)
        self._receive(return_order)
        later = return_order.line_ids._get_valued_receipts()[-1]
        later.value_manual = 150  # somebody corrects the value of the second receipt
        notes = return_order.credit_note_ids.sorted('id')
        for note in notes:
            note.action_post()
        for note, cost in zip(notes, (60, 150), strict=True):
            self._check_cost(note, cost)
        self._check_gap(product)
