import random

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged

from ..models.credit_ledger import CreditLedger
from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestCreditLedger(BaseCase):
    """The arithmetic alone."""

    def test_three_for_ten(self):
        ledger = CreditLedger({'base': 10.0}, 3, {'base': 0.01})
        self.assertEqual([ledger.take(1)['base'] for _unit in range(3)], [3.33, 3.33, 3.34])

    def test_no_partition_credits_more_than_its_share_and_all_of_them_all(self):
        generator = random.Random(190155)  # noqa: S311
        for total in (5.5, 10.0, 0.07, 999.99):
            ledger = CreditLedger({'base': total}, 1000, {'base': 0.01})
            credited, units = 0.0, 0
            while units < 1000:
                part = min(1000 - units, generator.randint(1, 97))
                units += part
                credited += ledger.take(part)['base']
                self.assertLessEqual(round(credited, 2), total * units / 1000 + 1e-9)
            self.assertAlmostEqual(credited, total, places=9)

    def test_a_note_that_was_cancelled_is_made_up_for_by_the_next(self):
        ledger = CreditLedger({'base': 10.0}, 3, {'base': 0.01})
        ledger.enter(1, 1, {'base': 3.33})
        ledger.enter(1, 1, {'base': 3.34})
        self.assertEqual(ledger.take(1), {'base': 3.33})

    def test_what_was_free_is_credited_by_the_unit(self):
        ledger = CreditLedger({'base': 0.0}, 3, {'base': 0.01})
        ledger.enter(1, 1, {'base': 5.0})
        self.assertEqual(ledger.get_room(), 2)

    def test_a_cent_too_much_is_never_asked_back(self):
        """Two cents for the first of a thousand at 0.0055: the next ones are free, they cost nothing."""
        ledger = CreditLedger({'base': 5.5, 'reverse': -5.5}, 1000, {'base': 0.01, 'reverse': 0.01})
        ledger.enter(1, 1, {'base': 0.02, 'reverse': -0.02})
        self.assertEqual(ledger.take(1), {'base': 0.0, 'reverse': 0.0})

    def test_half_of_a_price_is_half_a_unit_however_it_was_rounded(self):
        ledger = CreditLedger({'base': 10.0}, 3, {'base': 0.01})
        ledger.enter(1, 0.5, {'base': 1.67})
        self.assertEqual(ledger.get_room(), 2.5)

    def test_what_was_changed_by_hand_counts_for_what_it_amounts_to(self):
        """One of five for 150 instead of 100: what the last ones get is what is left."""
        ledger = CreditLedger({'base': 500.0}, 5, {'base': 0.01})
        ledger.enter(1, 1, {'base': 150.0})
        self.assertEqual(ledger.take(1), {'base': 100})
        self.assertEqual(ledger.take(3), {'base': 250})

    def test_what_was_credited_too_much_leaves_no_room(self):
        ledger = CreditLedger({'base': 10.0}, 3, {'base': 0.01})
        ledger.enter(4, 1, {'base': 13.33})
        self.assertEqual(ledger.get_room(), 0)

    def test_a_discount_is_never_shared_too_small(self):
        ledger = CreditLedger({'base': -10.0}, 3, {'base': 0.01})
        self.assertEqual([ledger.take(1)['base'] for _unit in range(3)], [-3.34, -3.33, -3.33])


@tagged('post_install', '-at_install')
class TestRounding(ReturnsCommon):
    """Partial credits add up to the invoice: base, every tax and the total, in both currencies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({'credit_note_posting': 'posted', 'credit_trigger': 'on_approval'})
        cls._add_stock(cls.product, 10000)

    @classmethod
    def _create_tax(cls, amount, **values):
        return cls.env['account.tax'].create({
            'name': f"{amount} %", 'amount': amount, 'type_tax_use': 'sale', **values})

    def _create_priced_order(self, *lines, **values):
        """A delivered and invoiced order of lines given as (quantity, price, taxes, discount)."""
        order = self._create_order(order_line=[
            Command.create({
                'product_id': self.product.id, 'product_uom_qty': quantity, 'price_unit': price, 'discount': discount,
                'tax_ids': [Command.set([tax.id for tax in taxes])],
            })
            for quantity, price, taxes, discount in lines], **values)
        self._deliver(order)
        self._invoice(order)
        return order

    def _credit_parts(self, order, *parts):
        """The credit notes of one return for each of `parts`: quantities by order line."""
        returns = self.env['returns.order'].create([
            {
                'partner_id': order.partner_id.id,
                'line_ids': [
                    Command.create({'sale_line_id': line.id, 'product_uom_qty': quantity, 'reason_id': self.reason.id})
                    for line, quantity in zip(order.order_line, part, strict=True) if quantity
                ],
            }
            for part in parts
        ])
        for return_order in returns:
            return_order.action_confirm()
        return returns.credit_note_ids

    def _sum_entries(self, moves):
        """Balance in both currencies by account and tax, without the cost."""
        sums = {}
        for line in moves.line_ids.filtered(lambda line: line.display_type != 'cogs'):
            amounts = sums.setdefault((line.account_id, line.tax_line_id), [0.0, 0.0])
            amounts[0] += line.amount_currency
            amounts[1] += line.balance
        return {key: [round(amount, 4) for amount in amounts] for key, amounts in sums.items()}

    def _check_adds_up(self, order, *parts):
        invoice = order.invoice_ids
        notes = self._credit_parts(order, *parts)
        self.assertEqual(len(notes), len(parts))
        credited = {key: [-amount for amount in amounts] for key, amounts in self._sum_entries(notes).items()}
        self.assertEqual(credited, self._sum_entries(invoice))
        for name in ('amount_untaxed', 'amount_tax', 'amount_total'):
            self.assertAlmostEqual(sum(notes.mapped(name)), invoice[name], places=4)
        for line in order.order_line:
            credits = line.returns_line_ids.credit_line_ids
            self.assertAlmostEqual(sum(credits.mapped('price_subtotal')), line.invoice_lines.filtered(
                lambda line: line.move_id == invoice).price_subtotal, places=4)
        return notes

    def test_three_for_ten_are_credited_3_33_and_3_33_and_3_34(self):
        order = self._create_priced_order((3, 10, [], 200 / 3))
        self.assertEqual(order.amount_total, 10)
        notes = self._check_adds_up(order, [1], [1], [1])
        self.assertEqual(notes.sorted('id').mapped('amount_total'), [3.33, 3.33, 3.34])

    def test_parts_add_up_whatever_the_taxes_and_the_rounding_method(self):
        included = self._create_tax(21, price_include_override='tax_included')
        two = [self._create_tax(7), self._create_tax(3.3)]
        for method in ('round_per_line', 'round_globally'):
            self.company.tax_calculation_rounding_method = method
            with self.subTest(method):
                self._check_adds_up(
                    self._create_priced_order(
                        (3, 3.33, [self.tax], 0), (3, 6.99, [included], 0), (7, 1.11, two, 12.5),
                        (1000, 0.0055, [self.tax], 0), (1000, 0.01, [], 45)),
                    [1, 2, 3, 333, 1], [1, 0, 1, 1, 499], [1, 1, 3, 666, 500])

    def test_a_reverse_charge_is_taken_off_both_accounts(self):
        account = self.company_data['default_account_assets']
        parts = [
            Command.create({'repartition_type': kind, 'factor_percent': percent, 'account_id': account_id})
            for kind, percent, account_id in (('base', 100, False), ('tax', 100, False), ('tax', -100, account.id))]
        tax = self._create_tax(20, invoice_repartition_line_ids=parts, refund_repartition_line_ids=parts)
        notes = self._check_adds_up(self._create_priced_order((3, 3.33, [tax], 0)), [1], [1], [1])
        self.assertEqual(notes.mapped('amount_tax'), [0, 0, 0])

    def test_parts_add_up_in_both_currencies(self):
        euro = self.setup_other_currency('EUR', rates=[('2016-01-01', 0.9137)])
        pricelist = self.env['product.pricelist'].create({'name': "EUR", 'currency_id': euro.id})
        order = self._create_priced_order(
            (3, 10, [], 200 / 3), (3, 3.33, [self.tax], 0), pricelist_id=pricelist.id)
        self._check_adds_up(order, [1, 1], [1, 1], [1, 1])

    def test_drafts_count_as_done_and_a_cancelled_one_is_made_up_for(self):
        self.policy.credit_note_posting = 'draft'
        order = self._create_priced_order((3, 10, [self.tax], 200 / 3))
        notes = self._credit_parts(order, [1], [1], [1])
        self.assertEqual(notes.sorted('id').mapped('amount_untaxed'), [3.33, 3.33, 3.34])
        second = notes.sorted('id')[1]
        returned = second.returns_order_ids
        second.button_cancel()
        returned.action_create_credit_notes()
        again = returned.credit_note_ids - second
        self.assertEqual(again.amount_untaxed, 3.33)
        (notes - second + again).action_post()
        self.assertAlmostEqual(sum((notes - second + again).mapped('amount_total')), order.amount_total)

    def test_a_note_by_hand_is_made_up_for(self):
        """Odoo credits two of three with 6.67; the last one gets the rest."""
        self.policy.credit_trigger = 'manual'
        order = self._create_priced_order((3, 10, [], 200 / 3))
        invoice = order.invoice_ids
        self._create_received_return(order, 2)
        by_hand = self._credit_by_hand(invoice, quantity=2)
        by_hand.action_post()
        self.assertEqual(by_hand.amount_total, 6.67)
        last = self._create_received_return(order, 1)
        last.action_create_credit_notes()
        self.assertEqual(last.credit_note_ids.amount_total, 3.33)

    def test_our_own_notes_get_no_cent_more_than_was_invoiced(self):
        self.policy.credit_note_posting = 'draft'
        notes = self._credit_parts(self._create_priced_order((1, 20, [], 0)), [1])
        notes.invoice_line_ids.price_unit = 20.01
        with self.assertRaisesRegex(UserError, "20.01 credited, .*20.00 invoiced"):
            notes.action_post()

    def test_a_cent_more_for_each_line_made_by_hand_is_posted(self):
        """Three for 20.00 are 6.67 each when they are credited one by one."""
        self.policy.credit_trigger = 'manual'
        order = self._create_priced_order((3, 20, [], 200 / 3))
        self._create_received_return(order, 3)
        notes = self.env['account.move']
        for _piece in range(3):
            notes += self._credit_by_hand(order.invoice_ids.filtered(
                lambda move: move.move_type == 'out_invoice'), quantity=1)
        notes.action_post()
        self.assertAlmostEqual(sum(notes.mapped('amount_total')), 20.01)

    def test_what_was_booked_is_credited_even_where_it_would_be_rounded_otherwise_now(self):
        currency = self.setup_other_currency('JPY', rounding=1.0, rates=[('2016-01-01', 131.0)])
        pricelist = self.env['product.pricelist'].create({'name': "JPY", 'currency_id': currency.id})
        order = self._create_order(pricelist_id=pricelist.id, order_line=[Command.create({
            'product_id': self.product.id, 'product_uom_qty': 8, 'price_unit': 3.33, 'tax_ids': False})])
        self._deliver(order)
        invoice = self._invoice(order)
        item = invoice.invoice_line_ids
        self.assertRecordValues(item, [{'amount_currency': -27, 'balance': -0.2}])
        self.env.flush_all()
        self.env.cr.execute(  # a cent more, as when other lines were there while the whole invoice was rounded
            "UPDATE account_move_line SET balance = CASE WHEN id = %s THEN -0.21 ELSE 0.21 END "
            "WHERE move_id = %s AND display_type IN ('product', 'payment_term')", [item.id, invoice.id])
        self.env.invalidate_all()
        notes = self._credit_parts(order, [5], [3])
        self.assertAlmostEqual(sum((item + notes.invoice_line_ids).mapped('balance')), 0)

    def _create_cash_rounded_invoice(self):
        """The order and its invoice of three for 3.34, which is rounded down by 2 cents."""
        rounding = self.env['account.cash.rounding'].create({
            'name': "0.05", 'rounding': 0.05, 'strategy': 'add_invoice_line', 'rounding_method': 'HALF-UP',
            'profit_account_id': self.company_data['default_account_revenue'].id,
            'loss_account_id': self.company_data['default_account_expense'].id})
        order = self._create_order(order_line=[Command.create({
            'product_id': self.product.id, 'product_uom_qty': 3, 'price_unit': 3.34, 'tax_ids': False})])
        self._deliver(order)
        invoice = order._create_invoices()
        invoice.invoice_cash_rounding_id = rounding
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 10)
        return order, invoice

    def test_cash_rounding_is_taken_back_by_the_note_that_completes_the_invoice(self):
        order, _invoice = self._create_cash_rounded_invoice()
        notes = self._credit_parts(order, [1], [1], [1])
        self.assertEqual(notes.sorted('id').mapped('amount_total'), [3.34, 3.34, 3.32])

    def test_a_credit_note_without_a_return_is_rounded_as_ever(self):
        _order, invoice = self._create_cash_rounded_invoice()
        self.assertEqual(self._credit_by_hand(invoice, 1).amount_total, 3.35)
