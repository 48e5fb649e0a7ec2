from odoo import Command
from odoo.tests import tagged

from .common_cost import ReturnsCostCommon


@tagged('post_install', '-at_install')
class TestCost(ReturnsCostCommon):
    """The cost of a credit note is the value at which its goods came back, whatever core would make of it."""

    def _prepare_average(self):
        """Ten bought at 60, five sold and invoiced, ten bought at 72."""
        product = self._create_costed()
        self._buy(product, 10, 60)
        order = self._create_delivered_order(product=product)
        self._buy(product, 10, 72)
        self._check_gap(product)
        return product, order

    def test_t_b_e5_average_cost_comes_back_as_it_left(self):
        """Also though the average has moved to 68: Odoo's own credit note from the order takes 169.41 back."""
        product, order = self._prepare_average()
        credit_note = self._create_received_return(order).credit_note_ids
        credit_note.action_post()
        self._check_cost(credit_note, 120)
        self._check_gap(product)
        self.assertEqual((product.total_value, round(product.standard_price, 4)), (1140, 67.0588))

    def test_the_second_credit_note_takes_what_the_first_has_left(self):
        _product, order = self._prepare_average()
        return_order = self._create_confirmed_return(order, quantity=3)
        self._receive(return_order, quantity=2)
        first = return_order.credit_note_ids
        first.action_post()
        self._receive(return_order)
        second = return_order.credit_note_ids - first
        second.action_post()
        for note, amount in ((first, 120), (second, 60)):
            self._check_cost(note, amount)
        for step in ('button_draft', 'action_post', 'button_draft', 'button_cancel'):
            getattr(first, step)()
            self._check_cost(second, 60)
            self._check_cost(first, 120 if step == 'action_post' else 0)
        self.assertFalse(return_order.cost_entry_ids)

    def test_credit_notes_posted_together_share_the_goods_of_a_line(self):
        product = self._create_costed(invoice_policy='delivery')
        self._buy(product, 5, 60)
        order = self._create_order(product=product)
        self._deliver(order)
        for quantity in (3, 2):
            invoice = order._create_invoices()
            invoice.invoice_line_ids.quantity = quantity
            invoice.action_post()
        notes = self._create_received_return(order, quantity=4).credit_note_ids
        self.assertEqual(len(notes), 2)
        notes.action_post()
        for note, amount in zip(notes.sorted('id'), (180, 60), strict=True):
            self._check_cost(note, amount)
        self._check_gap(product)

    def _prepare_fifo(self):
        """Three pieces that cost 10, 20 and 60, delivered one by one, on one invoice."""
        product = self._create_costed('fifo')
        order = self._create_order(quantity=3, product=product)
        for cost in (10, 20, 60):
            self._buy(product, 1, cost)
            self._deliver(order, quantity=1)
        self._check_gap(product, 90)
        return product, order, self._invoice(order)

    def _return_deliveries(self, order, *numbers):
        moves = order.order_line._get_returns_delivered_moves()
        return_order = self.env['returns.order'].create({
            'partner_id': order.partner_id.id,
            'line_ids': [
                Command.create({'origin_move_id': moves[number].id, 'reason_id': self.reason.id})
                for number in numbers
            ],
        })
        return_order.action_confirm()
        self._receive(return_order)
        return return_order

    def test_t_q_first_in_first_out_comes_back_at_its_own_cost(self):
        product, order, _invoice = self._prepare_fifo()
        self._check_gap(product)
        credit_note = self._return_deliveries(order, 1).credit_note_ids
        credit_note.action_post()
        self._check_cost(credit_note, 20)
        self._check_gap(product)

    def test_two_deliveries_on_one_credit_note_bring_back_each_its_own(self):
        product, order, _invoice = self._prepare_fifo()
        credit_note = self._return_deliveries(order, 1, 2).credit_note_ids
        credit_note.action_post()
        stock = credit_note.line_ids.filtered(lambda line: line.account_id == self.account_stock)
        self.assertEqual(sorted(stock.mapped('balance')), [20, 60])
        self._check_gap(product)

    def test_a_note_that_an_invoice_takes_back_leaves_the_goods_to_the_next_note(self):
        for cancel in (True, False):
            with self.subTest(cancel=cancel):
                product, order = self._prepare_average()
                return_order = self._create_received_return(order)
                note = return_order.credit_note_ids
                note.action_post()
                taken_back = note._reverse_moves([{'invoice_date': note.invoice_date}], cancel=cancel)
                if not cancel:
                    taken_back.action_post()
                self._check_cost(taken_back, -120)
                self._check_gap(product, -120)  # as before the credit note
                self.assertEqual(return_order.line_ids._get_goods_to_cost().take(2), (2, 120))

    def _prepare_dozens(self):
        """Two dozen sold that cost 1 a piece: the product and the invoiced order."""
        product = self._create_costed()
        self._buy(product, 24, 1)
        order = self._create_order(order_line=[Command.create({
            'product_id': product.id, 'product_uom_qty': 2, 'product_uom_id': self.env.ref('uom.product_uom_dozen').id,
            'price_unit': 120})])
        self._deliver(order)
        self._invoice(order)
        return product, order

    def test_t_s_sold_by_the_dozen_and_returned_by_the_piece(self):
        product, order = self._prepare_dozens()
        self._check_cost(order.invoice_ids, -24)
        credit_note = self._create_received_return(order, quantity=6).credit_note_ids
        credit_note.action_post()
        self._check_cost(credit_note, 6)
        self._check_gap(product)

    def test_f10_two_dozen_returned_as_24_pieces_are_credited_exactly(self):
        product, order = self._prepare_dozens()
        for quantity, amount, cost in ((2, 20, 2), (22, 220, 22)):
            credit_note = self._create_received_return(order, quantity=quantity).credit_note_ids
            credit_note.action_post()
            self.assertEqual(credit_note.amount_untaxed, amount)
            self._check_cost(credit_note, cost)
        self._check_gap(product)

    def test_t_r_what_is_sold_again_after_its_return_costs_what_it_costs_now(self):
        product = self._create_costed()
        self._buy(product, 1, 72)
        order = self._create_delivered_order(quantity=1, product=product)
        return_order = self._create_received_return(order, quantity=1)
        return_order.credit_note_ids.action_post()
        self._let_time_pass()
        self.env['product.value'].create({
            'product_id': product.id, 'value': 100, 'company_id': self.company.id})
        self._book(product, 28)
        self._check_gap(product)
        self._validate(self._reverse(return_order.picking_ids, 1))
        invoice = self._invoice(order)
        self._check_cost(invoice, -100)
        self._check_gap(product)

    def test_t_j_e6_what_the_customer_keeps_brings_no_cost_back(self):
        product, order = self._prepare_average()
        credit_note = self._create_decided(order, 'keep').credit_note_ids
        credit_note.action_post()
        self._check_entry(credit_note, [
            (self.account_income, 200, 0), (self._get_tax_account(), 30, 0), (self.account_receivable, 0, 230)])
        self._check_gap(product)
        self.assertEqual(order.order_line.qty_to_invoice, 0)

    def _get_tax_account(self):
        """The tax of these tests has no account of its own: it is booked where the sale is."""
        return self.account_income
