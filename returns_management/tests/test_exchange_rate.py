from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common_cost import ReturnsCostCommon


@tagged('post_install', '-at_install')
class TestExchangeRate(ReturnsCostCommon):
    """An invoice of EUR at 1.10, its credit note twenty days later at 1.20: which rate takes revenue and tax back?"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.first_day = cls.today - timedelta(days=20)
        cls.euro = cls.setup_other_currency('EUR', rates=[(cls.first_day, 1 / 1.10), (cls.today, 1 / 1.20)])
        cls.pricelist = cls.env['product.pricelist'].create({'name': "EUR", 'currency_id': cls.euro.id})
        cls.service = cls.env['product.product'].create({
            'name': "Voucher", 'type': 'consu', 'taxes_id': [Command.set(cls.tax.ids)], 'invoice_policy': 'order'})
        cls.gain = cls.company.income_currency_exchange_account_id
        cls.loss = cls.company.expense_currency_exchange_account_id

    def _create_invoice(self, paid=False):
        order = self._create_order(product=self.service, pricelist_id=self.pricelist.id)
        self._deliver(order)
        invoice = order._create_invoices()
        invoice.invoice_date = self.first_day
        invoice.action_post()
        self.assertEqual((invoice.amount_total, -invoice.amount_total_signed), (575, -632.5))
        if paid:
            self._pay(invoice, date=self.first_day)
        return invoice

    def _credit(self, invoice, quantity, rate):
        self.company.returns_exchange_rate = rate
        order = invoice.invoice_line_ids.sale_line_ids.order_id
        credit_note = self._create_received_return(order, quantity).credit_note_ids
        credit_note.action_post()
        return credit_note

    def _check_credit(self, credit_note, sales, tax, receivable):
        self._check_entry(credit_note, [
            (self.account_income, sales, 0), (self.account_income, tax, 0),
            (self.account_receivable, 0, receivable)])

    def _get_exchange_entries(self, *documents):
        items = self.env['account.move'].union(*documents).line_ids
        return (items.matched_debit_ids | items.matched_credit_ids).exchange_move_id

    def test_e4_d1_unpaid_at_the_rate_of_the_credit_note(self):
        credit_note = self._credit(self._create_invoice(), 2, 'credit_note')
        self._check_credit(credit_note, 240, 36, 276)
        self._check_entry(self._get_exchange_entries(credit_note), [
            (self.account_receivable, 23, 0), (self.gain, 0, 23)])

    def test_e4_unpaid_at_the_rate_of_the_invoice_leaves_no_difference(self):
        credit_note = self._credit(self._create_invoice(), 2, 'invoice')
        self._check_credit(credit_note, 220, 33, 253)
        self.assertFalse(self._get_exchange_entries(credit_note))
        self.assertEqual(credit_note.reversed_entry_id.amount_residual, 345)

    def test_e4_d2_paid_and_at_the_rate_of_the_credit_note(self):
        credit_note = self._credit(self._create_invoice(paid=True), 1, 'credit_note')
        self._check_credit(credit_note, 120, 18, 138)
        self._pay(credit_note)
        self.assertFalse(self._get_exchange_entries(credit_note))

    def test_e4_d3_paid_and_at_the_rate_of_the_invoice_shows_the_loss(self):
        credit_note = self._credit(self._create_invoice(paid=True), 1, 'invoice')
        self._check_credit(credit_note, 110, 16.5, 126.5)
        payment = self._pay(credit_note)
        counterpart = payment.move_id.line_ids.filtered(lambda item: item.account_id == self.account_receivable)
        self.assertEqual((counterpart.debit, counterpart.credit), (138, 0))
        self._check_entry(self._get_exchange_entries(credit_note), [
            (self.loss, 11.5, 0), (self.account_receivable, 0, 11.5)])

    def test_a_note_by_hand_keeps_its_own_rate_and_ours_that_of_the_invoice(self):
        invoice = self._create_invoice()
        by_hand = self._credit_by_hand(invoice, 2)
        by_hand.action_post()
        self._check_credit(by_hand, 240, 36, 276)
        self._check_credit(self._credit(invoice, 5, 'invoice'), 330, 49.5, 379.5)

    def test_the_rate_of_the_invoice_stays_when_the_date_is_changed(self):
        for rate, sales in (('invoice', 220), ('credit_note', 240)):
            with self.subTest(rate=rate):
                self.company.returns_exchange_rate = rate
                order = self._create_invoice().invoice_line_ids.sale_line_ids.order_id
                credit_note = self._create_received_return(order).credit_note_ids
                credit_note.invoice_date = self.first_day
                credit_note.invoice_date = self.today
                credit_note.action_post()
                self.assertEqual(credit_note.invoice_line_ids.balance, sales)
