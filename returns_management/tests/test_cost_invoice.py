from collections import defaultdict
from contextlib import nullcontext
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .common_cost import ReturnsCostCommon


@tagged('post_install', '-at_install')
class TestCostInvoice(ReturnsCostCommon):
    """Invoices of goods that were returned before, credit notes made by hand, and documents without any return."""

    def _prepare(self, *args, **values):
        product = self._create_costed(*args, **values)
        self._buy(product, 10, 60)
        return product

    # === Invoices ===

    def test_what_came_back_before_the_invoice_costs_nothing(self):
        """First in, first out: three pieces of 10, 20 and 60, of which the second came back."""
        product = self._create_costed('fifo', invoice_policy='delivery')
        order = self._create_order(quantity=3, product=product)
        for cost in (10, 20, 60):
            self._buy(product, 1, cost)
            self._deliver(order, quantity=1)
        origin = order.order_line._get_returns_delivered_moves()[1]
        return_order = self.env['returns.order'].create({
            'partner_id': order.partner_id.id,
            'line_ids': [Command.create({'origin_move_id': origin.id, 'reason_id': self.reason.id})]})
        return_order.action_confirm()
        self._receive(return_order)
        self.assertFalse(return_order.credit_note_ids)
        self._check_cost(self._invoice(order), -70)
        self._check_gap(product)

    def test_raising_the_order_after_a_return_costs_what_the_raise_cost(self):
        for credited in (True, False):
            with self.subTest(credited=credited):
                product = self._prepare()
                order = self._create_delivered_order(product=product)
                note = self._create_received_return(order).credit_note_ids
                if credited:
                    note.action_post()
                self._buy(product, 10, 90)
                order.order_line.product_uom_qty = 6
                raised = self._deliver(order).move_ids
                self._check_cost(self._invoice(order), -raised.value)
                if not credited:
                    note.action_post()
                self._check_cost(note, 120)
                self._check_gap(product)

    def test_an_exchange_before_the_invoice_leaves_the_first_cost_to_it(self):
        product = self._prepare(invoice_policy='delivery')
        order = self._create_delivered_order(product=product, invoiced=False)
        self._buy(product, 10, 72)
        return_order = self._create_decided(order, 'exchange')
        self._receive(return_order)
        self._send(return_order)
        self._check_cost(self._invoice(order), -300)
        self._check_gap(product)

    def test_what_was_sent_in_advance_and_never_exchanged_costs_once(self):
        self.policy.exchange_trigger = 'on_approval'
        product = self._prepare(invoice_policy='delivery')
        order = self._create_delivered_order(product=product)
        return_order = self._create_decided(order, 'exchange', quantity=1)
        self._send(return_order)
        self._check_alone(return_order, [-60])
        return_order.picking_ids.action_cancel()
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_untaxed, 100)
        self._check_cost(invoice, 0)
        self._check_gap(product)

    # === Credit notes made by hand ===

    def test_a_note_made_by_hand_takes_the_goods_of_the_return(self):
        self.policy.credit_trigger = 'manual'
        product = self._create_costed('fifo')
        order = self._create_order(quantity=3, product=product)
        for cost in (10, 20, 60):
            self._buy(product, 1, cost)
            self._deliver(order, quantity=1)
        invoice = self._invoice(order)
        origin = order.order_line._get_returns_delivered_moves()[1]
        return_order = self.env['returns.order'].create({
            'partner_id': order.partner_id.id,
            'line_ids': [Command.create({'origin_move_id': origin.id, 'reason_id': self.reason.id})]})
        return_order.action_confirm()
        self._receive(return_order)
        note = self._credit_by_hand(invoice, 1)
        note.action_post()
        self._check_cost(note, 20)
        self._check_gap(product)
        note.button_draft()
        self._check_alone(return_order, [])
        note.action_post()
        self._check_cost(note, 20)

    def test_a_draft_that_credits_another_product_brings_nothing_back(self):
        order = self._create_delivered_order(product=self._prepare())
        note = self._create_received_return(order).credit_note_ids
        note.invoice_line_ids.product_id = self._prepare()
        note.action_post()
        self._check_cost(note, 0)

    def test_what_a_note_made_by_hand_credits_without_goods_is_left_to_core(self):
        self.policy.credit_trigger = 'manual'
        product = self._prepare()
        order = self._create_delivered_order(product=product)
        return_order = self._create_received_return(order, quantity=1)
        note = self._credit_by_hand(order.invoice_ids, 3)
        note.action_post()
        stock = note.line_ids.filtered(lambda line: line.account_id == self.account_stock)
        self.assertRecordValues(stock.sorted('balance'), [
            {'balance': 60, 'returns_cost_line_id': return_order.line_ids.id},
            {'balance': 120, 'returns_cost_line_id': False}])

    # === Documents that have nothing to do with a return ===

    def _count_queries(self, step):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        step()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _prepare_documents(self, kind):
        order = self._create_delivered_order(product=self.plain, invoiced=False)
        invoice = order._create_invoices()
        if kind == 'invoice':
            return invoice
        invoice.action_post()
        return self._credit_by_hand(invoice, 2)

    def _without_returns(self):
        """Core's ways: as if nothing of ours had a say in what a document costs."""
        return patch.object(
            self.env.registry['account.move'], '_get_returns_cost_parts', lambda documents: {})

    def test_documents_without_returns_book_the_same_lines_for_no_query_more(self):
        self.plain = self._prepare()
        self._buy(self.plain, 100, 72)
        for kind in ('invoice', 'credit note'):
            self._prepare_documents(kind).action_post()  # the first time fills the caches
            queries, lines = defaultdict(list), {}
            for way in ('core', 'ours') * 2:
                with self._without_returns() if way == 'core' else nullcontext():
                    document = self._prepare_documents(kind)
                    queries[way].append(self._count_queries(document.action_post))
                lines[way] = sorted((line.account_id.id, line.quantity, line.balance) for line in document.line_ids)
                self.assertFalse(document.line_ids.returns_cost_line_id)
            with self.subTest(kind=kind):
                # The first of each fills the caches.
                self.assertEqual(queries['ours'][-1], queries['core'][-1])
                self.assertEqual(lines['ours'], lines['core'])
