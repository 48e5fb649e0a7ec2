from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_cost import ReturnsCostCommon


@tagged('post_install', '-at_install')
class TestCostEntries(ReturnsCostCommon):
    """Goods that move without a credit note: their cost is booked at the stock move, exactly once."""

    def setUp(self):
        """Ten bought at 60, five of them sold and invoiced, ten bought at 72: what goes out now costs 67.0588."""
        super().setUp()
        self.boot = self._create_costed()
        self._buy(self.boot, 10, 60)
        self.sale = self._create_delivered_order(product=self.boot)
        self._buy(self.boot, 10, 72)

    def _check_books(self, return_order, amounts):
        """Entries of their own for `amounts`, and the stock account as far from the report as before: not at all."""
        self._check_alone(return_order, amounts)
        self._check_gap(self.boot)
        return_order._book_cost()
        self._check_alone(return_order, amounts)

    # === Exchange ===

    def test_e9_an_exchange_is_booked_in_and_out(self):
        return_order = self._create_decided(self.sale, 'exchange')
        self._receive(return_order)
        self._check_books(return_order, [120])
        self._send(return_order)
        self._check_books(return_order, [120, -134.12])
        self.assertFalse(return_order.credit_note_ids)

    def test_f25_an_exchange_in_advance_is_booked_out_and_in(self):
        self.policy.exchange_trigger = 'on_approval'
        return_order = self._create_decided(self.sale, 'exchange')
        self._send(return_order)
        self._check_books(return_order, [-136])
        self._receive(return_order)
        self._check_books(return_order, [-136, 120])

    def test_each_part_of_an_exchange_is_booked_once(self):
        return_order = self._create_decided(self.sale, 'exchange')
        self._receive(return_order, quantity=1)
        self._receive(return_order)
        self._check_books(return_order, [60, 60])
        moves = return_order.line_ids.move_ids.sorted('id')
        self.assertEqual(return_order.cost_entry_ids.sorted('id').line_ids.returns_cost_move_id.sorted('id'), moves)

    def test_another_product_is_settled_by_credit_note_and_invoice(self):
        other = self._create_costed(name="Sandal")
        self._buy(other, 5, 40)
        return_order = self._create_decided(self.sale, 'exchange', exchange_product_id=other.id)
        self._receive(return_order)
        self._send(return_order)
        return_order.credit_note_ids.action_post()
        invoice = return_order.exchange_order_ids.invoice_ids
        if invoice.state == 'draft':
            invoice.action_post()
        self._check_cost(return_order.credit_note_ids, 120)
        self._check_cost(invoice, -80)
        self._check_books(return_order, [])
        self._check_gap(other)

    # === Sent back ===

    def test_goods_sent_back_are_booked_in_and_out(self):
        return_order = self._create_decided(self.sale, 'send_back')
        self._receive(return_order)
        self._check_books(return_order, [120])
        self._send(return_order)
        self._check_books(return_order, [120, -134.12])

    def test_goods_that_are_refused_later_are_booked_at_the_decision(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(self.sale)
        self._check_alone(return_order, [])
        self._refuse(return_order, 1)
        self._check_alone(return_order, [60])
        self._send(return_order)
        return_order.action_create_credit_notes()
        return_order.credit_note_ids.action_post()
        self._check_cost(return_order.credit_note_ids, 60)
        self._check_books(return_order, [60, -67.06])

    def test_refusing_less_takes_the_entry_back(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(self.sale)
        for quantity, amounts in ((2, [120]), (1, [120, -60]), (0, [120, -60, -60])):
            return_order.line_ids._refuse_goods(quantity, "Worn")
            self._check_alone(return_order, amounts)

    # === Credited before it came ===

    def _credit_in_advance(self, quantity=3):
        self.policy.credit_trigger = 'on_approval'
        return_order = self._create_confirmed_return(self.sale, quantity)
        return_order.credit_note_ids.action_post()
        return return_order

    def test_a_credit_in_advance_is_booked_when_the_goods_come(self):
        return_order = self._credit_in_advance()
        self._check_cost(return_order.credit_note_ids, 0)
        self._check_books(return_order, [])
        self._receive(return_order, quantity=2)
        self._check_books(return_order, [120])
        self._receive(return_order)
        self._check_books(return_order, [120, 60])

    def test_the_entry_is_taken_back_with_the_credit_note_and_the_note_carries_the_cost(self):
        for cancelled in (False, True):
            with self.subTest(cancelled=cancelled):
                return_order = self._credit_in_advance(quantity=2)
                credit_note = return_order.credit_note_ids
                self._receive(return_order)
                credit_note.button_draft()
                if cancelled:
                    credit_note.button_cancel()
                self._check_alone(return_order, [120, -120])
                if cancelled:
                    credit_note.button_draft()
                credit_note.action_post()
                self._check_cost(credit_note, 120)
                self._check_books(return_order, [120, -120])

    # === Corrected ===

    def _correct(self, moves, quantity):
        moves.move_line_ids.quantity = quantity

    def test_a_corrected_receipt_corrects_its_entry(self):
        return_order = self._create_decided(self.sale, 'exchange')
        self._receive(return_order)
        self._correct(return_order.picking_ids.move_ids, 1)
        self._check_books(return_order, [120, -60])
        self._correct(return_order.picking_ids.move_ids, 2)
        self._check_books(return_order, [120, -60, 60])

    def test_a_corrected_delivery_corrects_its_entry(self):
        return_order = self._create_decided(self.sale, 'exchange')
        self._receive(return_order)
        self._send(return_order)
        self._correct(return_order.delivery_ids.move_ids, 1)
        self._check_books(return_order, [120, -134.12, 67.06])

    def test_a_receipt_corrected_after_its_credit_note_is_corrected_in_the_books(self):
        return_order = self._create_received_return(self.sale)
        return_order.credit_note_ids.action_post()
        self._correct(return_order.picking_ids.move_ids, 1)
        self._check_cost(return_order.credit_note_ids, 120)
        self._check_books(return_order, [-60])

    # === How it is booked ===

    def test_an_entry_says_what_it_is_for(self):
        return_order = self._create_decided(self.sale, 'exchange')
        self._receive(return_order)
        entry = return_order.cost_entry_ids
        self.assertRecordValues(entry, [{
            'move_type': 'entry', 'journal_id': self.company.account_stock_journal_id.id,
            'returns_order_ids': return_order.ids, 'date': fields.Date.today()}])
        self.assertEqual(entry.line_ids.returns_cost_move_id, return_order.picking_ids.move_ids)
        self.assertEqual(entry.line_ids.product_id, self.boot)
        self.assertEqual(return_order.action_view_cost_entries()['res_id'], entry.id)

    def test_cost_goes_against_the_account_of_the_invoice(self):
        """Also when the product has another one by now, and with the analytics of the order."""
        plan = self.env['account.analytic.plan'].create({'name': "Plan"})
        analytic = self.env['account.analytic.account'].create({'name': "Shop", 'plan_id': plan.id})
        order = self._create_order(product=self.boot)
        order.order_line.analytic_distribution = {str(analytic.id): 100}
        self._deliver(order)
        self._invoice(order)
        self.boot.property_account_expense_id = self.company_data['default_account_assets']
        exchange = self._create_decided(order, 'exchange')
        self._receive(exchange)
        note = self._create_received_return(order, quantity=1).credit_note_ids
        note.action_post()
        cogs = note.line_ids.filtered(lambda line: line.display_type == 'cogs')
        for items in (exchange.cost_entry_ids.line_ids, cogs):
            expense = items.filtered(lambda item: item.account_id != self.account_stock)
            self.assertRecordValues(expense, [{
                'account_id': self.account_expense.id, 'analytic_distribution': {str(analytic.id): 100}}])

    def test_an_entry_takes_the_date_of_the_period_and_respects_locked_ones(self):
        last_month = fields.Date.today() - timedelta(days=40)
        for lock, posted_on in ((False, last_month), (True, None)):
            if lock:
                self.company.fiscalyear_lock_date = fields.Date.today() - timedelta(days=1)
            return_order = self._create_decided(self.sale, 'exchange', quantity=1)
            pickings = return_order.picking_ids.with_context(force_period_date=last_month)
            self._validate(pickings)
            entry = return_order.cost_entry_ids
            self.assertEqual(entry.state, 'posted')
            if lock:
                self.assertGreater(entry.date, self.company.fiscalyear_lock_date)
            else:
                self.assertEqual(entry.date, posted_on)

    @mute_logger('odoo.addons.returns_management.models.returns_order_automation')
    def test_without_a_journal_the_goods_come_in_and_the_return_needs_attention(self):
        Template = self.env.registry['product.template']
        get_accounts = Template.get_product_accounts
        return_order = self._create_decided(self.sale, 'exchange')
        with patch.object(Template, 'get_product_accounts', lambda template, fiscal_pos=None: {
            **get_accounts(template, fiscal_pos), 'stock_journal': self.env['account.journal'],
        }):
            self._receive(return_order)
            self.assertEqual(return_order.reception_status, 'full')
            self.assertIn("Stock Journal", return_order.attention_note)
        return_order.with_user(self.user).action_retry()
        self.assertFalse(return_order.attention_note)
        self._check_books(return_order, [120])

    def test_the_warehouse_needs_no_accounting_rights(self):
        return_order = self._create_decided(self.sale, 'exchange')
        for kind in ('picking_ids', 'delivery_ids'):
            return_order[kind].move_ids.picked = True
            return_order[kind].with_user(self.stock_user).button_validate()
        self._check_books(return_order, [120, -134.12])

    def test_periodic_valuation_books_nothing(self):
        product = self._create_costed(valuation='periodic')
        self._buy(product, 10, 60)
        order = self._create_delivered_order(product=product)
        exchange = self._create_decided(order, 'exchange', quantity=1)
        self._receive(exchange)
        self._send(exchange)
        note = self._create_received_return(order, quantity=1).credit_note_ids
        note.action_post()
        self._check_cost(note, 0)
        self.assertFalse(exchange.cost_entry_ids)

    def test_returns_of_many_are_booked_in_one_batch(self):
        returns = self.env['returns.order'].union(*(
            self._create_decided(self._create_delivered_order(quantity=1, product=self.boot), 'exchange', quantity=1)
            for _number in range(3)))
        self._validate(returns.picking_ids)
        self.assertEqual(returns.mapped('cost_entry_count'), [1, 1, 1])
