from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_payout import ReturnsPayoutCommon

AUTOMATION_LOGGER = 'odoo.addons.returns_management.models.returns_order_automation'
NOTHING_LEFT = {'qty_to_invoice': 0, 'untaxed_amount_to_invoice': 0, 'amount_to_invoice': 0}


@tagged('post_install', '-at_install')
class TestPayoutUninvoiced(ReturnsPayoutCommon):
    """Paid online, not invoiced: never closed as “nothing to credit”."""

    def _create_waiting_return(self, quantity=2, **values):
        """A return whose goods are here, paid and not invoiced; nothing happens by itself."""
        self.policy.credit_trigger = 'manual'
        order, payment = self._create_unpaid_order(**values)
        return_order = self._create_received_return(order, quantity)
        self.env.flush_all()  # as the request of the receipt does at its end
        return return_order, order, payment

    def test_it_is_listed_and_waits_for_its_credit(self):
        return_order, _order, _payment = self._create_waiting_return()
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'next_step': 'credit', 'next_actor': 'returns', 'credit_status': 'pending',
            'payout_status': 'pending', 'payout_hint': 'uninvoiced', 'amount_uninvoiced': 230}])
        self.assertIn("paid online and never invoiced", return_order.with_user(self.user).payout_note)

    def test_what_was_delivered_is_invoiced_then_credited_then_refunded(self):
        for policy in ('order', 'delivery'):
            with self.subTest(policy=policy):
                product = self._create_storable(f"Shoe {policy}", invoice_policy=policy)
                return_order, order, payment = self._create_waiting_return(product=product)

                return_order.with_user(self.user).action_create_credit_notes()

                invoice = order.invoice_ids - return_order.credit_note_ids
                self.assertRecordValues(invoice, [{'state': 'posted', 'amount_total': 575, 'payment_state': 'paid'}])
                self.assertRecordValues(return_order.credit_note_ids, [{'state': 'posted', 'amount_total': 230}])
                self.assertRecordValues(return_order, [{'next_step': 'pay', 'amount_uninvoiced': 0}])
                self.assertRecordValues(order.order_line, [{**NOTHING_LEFT, 'qty_invoiced': 3}])
                return_order.action_pay_out()
                self.assertEqual(payment.child_transaction_ids.mapped('amount'), [-230])
                self.assertRecordValues(return_order, [{'state': 'done', 'payout_status': 'full'}])
                self.assertRecordValues(order.order_line, [{**NOTHING_LEFT, 'qty_invoiced': 3}])

    def test_it_happens_by_the_trigger_of_the_policy_and_once(self):
        order, payment = self._create_unpaid_order()
        return_order = self._create_received_return(order)
        for _time in range(2):
            return_order.action_create_credit_notes()
        self.assertEqual(sorted(order.invoice_ids.mapped('amount_total')), [230, 575])
        self.assertFalse(payment.child_transaction_ids)
        self.assertEqual(return_order.payout_status, 'pending')

    def test_a_draft_invoice_in_the_way_is_told(self):
        order, _payment = self._create_unpaid_order()
        invoice = order._create_invoices()
        with mute_logger(AUTOMATION_LOGGER):
            return_order = self._create_received_return(order)
        self.assertIn("draft invoice", return_order.attention_note)
        invoice.action_post()
        return_order.action_create_credit_notes()
        self.assertEqual((return_order.credit_note_ids.amount_total, return_order.attention_note), (230, False))

    def test_an_order_that_was_not_paid_owes_nothing(self):
        order = self._create_delivered_order(invoiced=False)
        return_order = self._create_received_return(order)
        self.assertRecordValues(return_order, [{
            'state': 'done', 'credit_status': 'no', 'payout_status': 'no', 'amount_uninvoiced': 0}])

    def test_what_the_customer_keeps_is_paid_first(self):
        """3 of 5 are kept: of a prepayment of 400 only 55 are left."""
        self.policy.credit_trigger = 'manual'
        order = self._create_order()
        self._pay_online(order, amount=400)
        self._deliver(order)
        self.assertEqual(self._create_received_return(order).amount_uninvoiced, 55)

    def test_a_payment_captured_in_parts_is_counted_once(self):
        self.policy.credit_trigger = 'manual'
        order = self._create_order()
        self._pay_in_parts(order, [300, 100])
        self._deliver(order)
        self.assertEqual(self._create_received_return(order).amount_uninvoiced, 55)

    def test_it_is_seen_when_the_payment_is_confirmed_later(self):
        order = self._create_delivered_order(invoiced=False)
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(order)
        self.assertEqual(return_order.state, 'done')
        self._pay_online(order)
        self.assertRecordValues(return_order, [{'state': 'approved', 'payout_hint': 'uninvoiced'}])

    def test_it_is_credited_by_the_trigger_when_the_payment_is_confirmed_later(self):
        order = self._create_delivered_order(invoiced=False)
        return_order = self._create_received_return(order)
        self.assertFalse(return_order.credit_note_ids)
        self._pay_online(order)
        self.assertRecordValues(return_order.credit_note_ids, [{'state': 'posted', 'amount_total': 230}])

    def test_what_stays_with_the_customer_is_credited_too(self):
        order, _payment = self._create_unpaid_order()
        return_order = self._create_return(order)
        return_order.line_ids.resolution_id = self.env.ref('returns_management.returns_resolution_keep')
        return_order.action_confirm()
        self.assertEqual(return_order.credit_note_ids.amount_total, 230)
        self.assertRecordValues(order.order_line, [{**NOTHING_LEFT, 'qty_delivered': 5}])

    def _create_waiting_return_of_what_was_delivered_later(self):
        """Three were delivered, invoiced and paid; two more were paid, delivered, and are back.

        :return: the return, the payment of the two and the payment of the invoice, which came after it
        """
        order = self._create_order(product=self._create_storable("Hat", invoice_policy='delivery'))
        self._deliver(order, quantity=3)
        invoice = self._invoice(order)
        of_order = self._pay_online(order, amount=230)
        of_invoice = self._pay_online(invoice, sale_order_ids=[Command.set(order.ids)])
        self._deliver(order)
        return self._create_received_return(order), of_order, of_invoice

    def test_only_what_is_not_invoiced_yet_is_invoiced(self):
        self.policy.credit_trigger = 'manual'
        return_order, _of_order, _of_invoice = self._create_waiting_return_of_what_was_delivered_later()
        self.assertEqual(return_order.amount_uninvoiced, 230)
        return_order.action_create_credit_notes()
        self.assertEqual(
            sorted(return_order.sale_order_ids.invoice_ids.mapped('amount_total_signed')), [-230, 230, 345])

    # === The payment is refunded directly ===

    def test_the_payment_is_refunded_without_invoice_when_the_company_says_so(self):
        self.company.returns_uninvoiced = 'refund'
        return_order, order, payment = self._create_waiting_return()
        self.assertRecordValues(return_order, [{
            'next_step': 'pay', 'next_actor': 'accounting', 'credit_status': 'no', 'payout_status': 'pending',
            'amount_to_pay': 230, 'payout_hint': 'uninvoiced'}])
        self.assertIn("the payment is refunded", return_order.payout_note)

        for _time in range(2):
            return_order.action_create_credit_notes()
            return_order.action_pay_out()

        self.assertRecordValues(payment.child_transaction_ids, [{'amount': -230, 'state': 'done'}])
        self.assertFalse(order.invoice_ids)
        self.assertRecordValues(return_order, [{
            'state': 'done', 'credit_status': 'no', 'payout_status': 'full', 'amount_uninvoiced': 0}])
        self.assertRecordValues(order.order_line, [{'qty_to_invoice': 3, 'amount_to_invoice': 345}])

    def test_what_is_left_of_the_payment_pays_the_later_invoice(self):
        self.company.returns_uninvoiced = 'refund'
        return_order, order, _payment = self._create_waiting_return()
        return_order.action_pay_out()
        invoice = self._invoice(order)
        self.assertRecordValues(invoice, [{'amount_total': 345, 'payment_state': 'paid'}])
        self.assertEqual(return_order.state, 'done')

    def test_each_return_of_the_order_is_refunded_directly_once(self):
        self.company.returns_uninvoiced = 'refund'
        first, order, payment = self._create_waiting_return()
        first.action_pay_out()
        second = self._create_received_return(order, 1)
        first.line_ids._update_qty_to_credit()
        self.assertEqual((first + second).mapped('amount_uninvoiced'), [0, 115])
        (first + second).action_pay_out()
        self.assertEqual(payment.child_transaction_ids.sorted('id').mapped('amount'), [-230, -115])
        self.assertEqual((first + second).mapped('payout_status'), ['full', 'full'])

    def test_the_payment_that_no_invoice_has_used_is_refunded(self):
        self.company.returns_uninvoiced = 'refund'
        return_order, of_order, of_invoice = self._create_waiting_return_of_what_was_delivered_later()
        return_order.action_pay_out()
        self.assertEqual(of_order.child_transaction_ids.mapped('amount'), [-230])
        self.assertFalse(of_invoice.child_transaction_ids)

    def test_a_direct_refund_that_fails_is_seen_and_tried_again(self):
        self.company.returns_uninvoiced = 'refund'
        return_order, _order, payment = self._create_waiting_return()
        with self._refuse_refunds():
            return_order.action_pay_out()
        self.assertRecordValues(return_order, [{
            'payout_hint': 'failed', 'payout_status': 'pending', 'next_step': 'pay'}])
        return_order.action_pay_out()
        self.assertEqual(payment.child_transaction_ids.sorted('id').mapped('state'), ['error', 'done'])
        self.assertRecordValues(return_order, [{'payout_hint': False, 'payout_status': 'full', 'state': 'done'}])

    def test_what_cannot_be_refunded_any_more_is_to_be_invoiced(self):
        self.company.returns_uninvoiced = 'refund'
        return_order, _order, payment = self._create_waiting_return()
        self.assertTrue(return_order.is_refunded_directly)
        self.provider.state = 'disabled'
        return_order.action_pay_out()
        self.assertFalse(payment.child_transaction_ids)
        self.assertRecordValues(return_order, [{'is_refunded_directly': False, 'next_step': 'credit'}])

    def test_a_direct_refund_that_failed_is_forgotten_when_the_credit_note_is_paid(self):
        self.company.returns_uninvoiced = 'refund'
        return_order, _order, _payment = self._create_waiting_return()
        with self._refuse_refunds():
            return_order.action_pay_out()
        self.company.returns_uninvoiced = 'invoice'
        return_order.action_create_credit_notes()
        return_order.action_pay_out()
        self.assertRecordValues(return_order, [{'payout_hint': False, 'payout_status': 'full', 'state': 'done'}])

    def test_what_cannot_be_refunded_online_is_invoiced_and_credited_nevertheless(self):
        self.company.returns_uninvoiced = 'refund'
        with self._support('none'):
            return_order, order, payment = self._create_waiting_return()
            self.assertRecordValues(return_order, [{'next_step': 'credit', 'is_refunded_directly': False}])
            return_order.action_create_credit_notes()
        self.assertEqual(sorted(order.invoice_ids.mapped('amount_total')), [230, 575])
        self.assertFalse(payment.child_transaction_ids)

    def test_the_payment_is_refunded_by_itself_when_the_company_says_so(self):
        self.company.write({'returns_uninvoiced': 'refund', 'returns_auto_payout': True})
        order, payment = self._create_unpaid_order()
        return_order = self._create_received_return(order)
        self.assertEqual(payment.child_transaction_ids.mapped('amount'), [-230])
        self.assertEqual(return_order.payout_status, 'full')

    def test_a_refund_made_elsewhere_is_not_paid_again(self):
        return_order, order, payment = self._create_waiting_return()
        refund = self._refund_elsewhere(payment, 230)
        self.assertEqual(refund.returns_order_id, return_order)
        return_order.action_create_credit_notes()
        return_order.action_pay_out()
        self.assertFalse(order.invoice_ids)
        self.assertEqual(payment.child_transaction_ids, refund)
        self.assertRecordValues(return_order, [{'payout_status': 'full', 'state': 'done'}])

    def test_a_direct_refund_made_elsewhere_meanwhile_is_not_sent_again(self):
        self.company.returns_uninvoiced = 'refund'
        return_order, _order, payment = self._create_waiting_return()
        refund = payment._create_returns_refund(230, return_order)
        other = self._refund_elsewhere(payment, 230)
        refund._send_returns_refunds(save=self.env.flush_all)
        self.assertEqual((refund.state, other.returns_order_id), ('cancel', return_order))
        self.assertRecordValues(return_order, [{'payout_status': 'full', 'payout_hint': False, 'state': 'done'}])

    def test_a_part_refunded_elsewhere_meanwhile_is_not_refunded_again(self):
        self.company.returns_uninvoiced = 'refund'
        self.policy.credit_trigger = 'manual'
        order = self._create_order()
        parts = self._pay_in_parts(order, [400, 175])
        self._deliver(order)
        return_order = self._create_received_return(order)
        refund = parts[0]._create_returns_refund(230, return_order)
        self._refund_elsewhere(parts[1], 175)
        refund._send_returns_refunds(save=self.env.flush_all)
        self.assertEqual(refund.state, 'cancel')
