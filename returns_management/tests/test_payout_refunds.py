from unittest.mock import patch

import requests

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_payout import ReturnsPayoutCommon

OUTBOX_LOGGER = 'odoo.addons.returns_management.models.payment_transaction_outbox'


@tagged('post_install', '-at_install')
class TestPayoutRefunds(ReturnsPayoutCommon):
    """Refunds that wait, fail, or were made by somebody else: seen, and never paid twice."""

    def test_a_pending_refund_is_seen_and_not_asked_for_again(self):
        return_order, payment = self._create_credited_return()
        with self._patch_provider('pending'):
            return_order.action_pay_out()
            return_order.action_pay_out()
        self.assertRecordValues(payment.child_transaction_ids, [{'state': 'pending', 'amount': -230}])
        self.assertRecordValues(return_order, [{
            'payout_status': 'pending', 'payout_hint': 'pending', 'next_step': 'pay', 'state': 'approved'}])
        self.assertIn("has not confirmed it yet", return_order.payout_note)

        payment.child_transaction_ids._set_done()
        payment.child_transaction_ids._post_process()
        self.assertRecordValues(return_order, [{'payout_status': 'full', 'payout_hint': False, 'state': 'done'}])

    def test_a_pending_refund_is_not_paid_by_hand_too(self):
        return_order, _payment = self._create_credited_return()
        with self._patch_provider('pending'):
            return_order.action_pay_out()
        wizard = self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=return_order.credit_note_ids.ids).create({})
        with self.assertRaisesRegex(UserError, "on its way already"):
            wizard.action_create_payments()
        self.assertFalse(return_order._get_credit_notes_to_register())

    def test_a_failed_refund_needs_attention_and_is_tried_again(self):
        return_order, payment = self._create_credited_return()
        with self._refuse_refunds():
            return_order.action_pay_out()
        self.assertRecordValues(return_order, [{
            'payout_status': 'pending', 'payout_hint': 'failed', 'next_step': 'pay'}])
        self.assertIn("The card has expired.", return_order.payout_note)

        return_order.action_pay_out()
        self.assertEqual(payment.child_transaction_ids.sorted('id').mapped('state'), ['error', 'done'])
        self.assertRecordValues(return_order, [{'payout_status': 'full', 'payout_hint': False, 'state': 'done'}])

    def test_a_failed_refund_paid_by_hand_needs_no_attention_any_more(self):
        return_order, _payment = self._create_credited_return()
        with self._refuse_refunds():
            return_order.action_pay_out()
        action = return_order.action_register_payment()
        self.env['account.payment.register'].with_context(**action['context']).create({}).action_create_payments()
        self.assertRecordValues(return_order, [{'payout_status': 'full', 'payout_hint': False, 'state': 'done'}])

    @mute_logger(OUTBOX_LOGGER)
    def test_without_a_clear_answer_nobody_asks_again_until_somebody_has_looked(self):
        return_order, payment = self._create_credited_return()
        with self._patch_provider(RuntimeError("The line is dead.")):
            return_order.action_pay_out()
        return_order.action_pay_out()
        self.assertRecordValues(payment.child_transaction_ids, [{'state': 'draft'}])
        self.assertEqual(return_order.payout_hint, 'pending')
        self.assertIn("The line is dead.", return_order.payout_note)

        with self.assertRaises(AccessError):
            return_order.with_user(self.user).action_give_up_refunds()
        return_order.with_user(self.accountant).action_give_up_refunds()
        self.assertEqual(return_order.payout_hint, 'failed')
        return_order.action_pay_out()
        self.assertEqual(return_order.payout_status, 'full')

    def test_a_refund_made_elsewhere_is_linked_and_not_paid_again(self):
        return_order, payment = self._create_credited_return()
        refund = self._refund_elsewhere(payment, 230)
        self.assertRecordValues(refund, [{
            'returns_order_id': return_order.id, 'invoice_ids': return_order.credit_note_ids.ids}])
        self.assertRecordValues(return_order, [{'payout_status': 'full', 'state': 'done', 'amount_to_pay': 0}])
        return_order.action_pay_out()
        self.assertEqual(payment.child_transaction_ids, refund)

    def test_a_pending_refund_made_elsewhere_counts_already(self):
        return_order, payment = self._create_credited_return()
        refund = self._refund_elsewhere(payment, 230, state='pending')
        self.assertEqual(return_order.payout_hint, 'pending')
        return_order.action_pay_out()
        self.assertEqual(payment.child_transaction_ids, refund)

    def test_a_part_refunded_elsewhere_leaves_the_rest_to_pay(self):
        return_order, payment = self._create_credited_return()
        self._refund_elsewhere(payment, 100)
        self.assertRecordValues(return_order, [{'payout_status': 'partial', 'amount_to_pay': 130}])
        return_order.action_pay_out()
        self.assertEqual(payment.child_transaction_ids.sorted('id').mapped('amount'), [-100, -130])
        self.assertEqual(return_order.payout_status, 'full')

    def test_a_refund_when_nothing_is_owed_is_for_no_return(self):
        order, payment = self._create_unpaid_order()
        self._invoice(order)
        self._create_received_return(order).action_pay_out()
        refund = self._refund_elsewhere(payment, 50)
        self.assertFalse(refund.returns_order_id | refund.invoice_ids.returns_order_ids)

    def test_accounting_posts_the_credit_note_that_a_refund_settles(self):
        self.policy.credit_note_posting = 'draft'
        order, payment = self._create_paid_order()
        self._refund_elsewhere(payment, 230)
        return_order = self._create_received_return(order)
        return_order.credit_note_ids.with_user(self.accountant).action_post()
        self.assertEqual(return_order.payout_status, 'full')

    def test_a_refund_that_was_matched_with_something_else_settles_no_credit_note(self):
        order, payment = self._create_paid_order()
        refund = self._refund_elsewhere(payment, 230)
        other = self.env['account.payment'].create({'partner_id': self.customer.id, 'amount': 230})
        other.action_post()
        (other.move_id | refund.payment_id.move_id).line_ids.filtered(
            lambda line: line.account_type == 'asset_receivable').reconcile()
        return_order = self._create_received_return(order)
        self.assertFalse(refund.invoice_ids)
        self.assertRecordValues(return_order, [{'payout_status': 'pending', 'amount_to_pay': 230}])

    def test_a_refund_that_pays_for_one_credit_note_pays_for_no_later_one(self):
        order, payment = self._create_paid_order()
        return_order = self._create_confirmed_return(order, quantity=3)
        self._receive(return_order, quantity=1)
        refund = self._refund_elsewhere(payment, 115, state='pending')
        first = return_order.credit_note_ids
        self._receive(return_order)
        self.assertEqual(refund.invoice_ids, first)
        return_order.action_pay_out()
        self.assertEqual(payment.child_transaction_ids.sorted('id').mapped('amount'), [-115, -230])

    def test_a_refund_under_way_before_the_credit_note_is_for_it(self):
        order, payment = self._create_paid_order()
        refund = self._refund_elsewhere(payment, 230, state='pending')
        return_order = self._create_received_return(order)
        self.assertEqual(refund.invoice_ids, return_order.credit_note_ids)
        return_order.action_pay_out()
        self.assertEqual(payment.child_transaction_ids, refund)

    @mute_logger(OUTBOX_LOGGER)
    def test_beside_a_refund_without_a_clear_answer_another_one_is_for_nothing_yet(self):
        return_order, payment = self._create_credited_return()
        with self._patch_provider(RuntimeError("The line is dead.")):
            return_order.action_pay_out()
        self.assertFalse(self._refund_elsewhere(payment, 230).invoice_ids)

    def test_a_refund_made_before_the_credit_note_settles_it(self):
        order, payment = self._create_paid_order()
        refund = self._refund_elsewhere(payment, 230)
        return_order = self._create_received_return(order)
        self.assertEqual(return_order.payout_status, 'full')
        self.assertEqual(refund.returns_order_id, return_order)
        return_order.action_pay_out()
        self.assertEqual(payment.child_transaction_ids, refund)

    def test_a_refund_made_elsewhere_pays_the_credit_note_of_its_amount(self):
        order, payment = self._create_paid_order()
        first, second = self._create_received_return(order, 1), self._create_received_return(order, 2)
        self._refund_elsewhere(payment, 230)
        self.assertEqual((first + second).mapped('payout_status'), ['pending', 'full'])

    def test_one_refund_made_elsewhere_pays_several_credit_notes(self):
        order, payment = self._create_paid_order()
        returns = self._create_received_return(order, 1) + self._create_received_return(order, 2)
        self._refund_elsewhere(payment, 345)
        self.assertEqual(returns.mapped('payout_status'), ['full', 'full'])

    def test_a_refund_of_a_captured_part_made_elsewhere_pays_the_credit_note(self):
        order = self._create_delivered_order()
        parts = self._pay_in_parts(order.invoice_ids, [400, 175])
        return_order = self._create_received_return(order)
        self._refund_elsewhere(parts[0], 230)
        self.assertEqual(return_order.payout_status, 'full')
        return_order.action_pay_out()
        self.assertEqual(parts.child_transaction_ids.mapped('amount'), [-230])

    def test_a_pending_refund_of_several_credit_notes_is_seen_on_each_return(self):
        order, payment = self._create_paid_order()
        returns = self._create_received_return(order, 1) + self._create_received_return(order, 2)
        refund = self._refund_elsewhere(payment, 345, state='pending')
        self.assertEqual(returns.mapped('payout_hint'), ['pending', 'pending'])
        refund._set_done()
        refund._post_process()
        self.assertEqual(returns.mapped('payout_hint'), [False, False])

    def test_a_refund_that_failed_and_arrives_after_all_is_seen_until_it_pays_for_something(self):
        return_order, payment = self._create_credited_return()
        with self._refuse_refunds():
            return_order.action_pay_out()
        late = payment.child_transaction_ids
        return_order.action_pay_out()
        late._set_done()
        late._post_process()
        self.assertEqual((return_order.payout_hint, return_order.payout_status), ('overpaid', 'full'))
        self.assertIn("230.00 more than is owed", return_order.payout_note)

        other = self._create_received_return(return_order.sale_order_ids, 2)
        (late.payment_id.move_id | other.credit_note_ids).line_ids.filtered(
            lambda line: line.account_type == 'asset_receivable' and not line.reconciled).reconcile()
        self.assertFalse(return_order.payout_hint)

    @mute_logger(OUTBOX_LOGGER, 'odoo.addons.payment.models.payment_provider')
    def test_a_line_that_breaks_off_is_no_refusal(self):
        refused, broken = requests.Response(), requests.Response()
        refused.status_code, broken.status_code = 402, 502
        for answer, state in [(requests.exceptions.Timeout(), 'draft'), (broken, 'draft'), (refused, 'error')]:
            return_order, payment = self._create_credited_return()
            with (
                self._patch_send(lambda refund: refund._send_api_request('POST', 'refunds')),
                patch('odoo.addons.payment.models.payment_provider.requests.request', side_effect=[answer]),
            ):
                return_order.action_pay_out()
            self.assertEqual(payment.child_transaction_ids.state, state)

    def test_a_refund_that_is_not_owed_any_more_is_never_sent(self):
        return_order, payment = self._create_credited_return()
        refund = payment._create_returns_refund(230, return_order, return_order.credit_note_ids)
        self._refund_elsewhere(payment, 230)
        refund._send_returns_refunds(save=self.env.flush_all)
        self.assertEqual((refund.state, bool(refund.returns_sent_on)), ('cancel', False))
        self.assertEqual(return_order.payout_status, 'full')

    def test_nothing_is_sent_beyond_what_was_paid(self):
        return_order, payment = self._create_credited_return(quantity=5)
        refund = payment._create_returns_refund(575, return_order, return_order.credit_note_ids)
        payment._create_child_transaction(1, is_refund=True)
        refund._send_returns_refunds(save=self.env.flush_all)
        self.assertRecordValues(refund, [{'state': 'cancel', 'state_message': "More would be refunded than was paid."}])

    def test_what_is_written_down_is_marked_as_sent_before_the_provider_is_asked(self):
        return_order, payment = self._create_credited_return()
        refund = payment._create_returns_refund(230, return_order, return_order.credit_note_ids)
        events = []

        def ask(refund):
            events.append('asked')
            self.assertTrue(refund.returns_sent_on)
        with self._patch_send(ask):
            refund._send_returns_refunds(save=lambda: events.append('saved'))
        self.assertEqual(events, ['saved', 'asked', 'saved'])
        self.assertNotIn(refund, refund.search(refund._get_returns_unsent_domain()))

    def test_what_is_done_is_saved_with_its_payment(self):
        return_order, payment = self._create_credited_return()
        refund = payment._create_returns_refund(230, return_order, return_order.credit_note_ids)
        paid = []
        refund._send_returns_refunds(save=lambda: paid.append(bool(refund.payment_id)))
        self.assertEqual(paid, [False, False, True])
        self.assertIn("has been initiated", str(return_order.credit_note_ids.message_ids.mapped('body')))

    def test_what_is_written_down_is_not_planned_again(self):
        return_order, payment = self._create_credited_return()
        payment._create_returns_refund(230, return_order, return_order.credit_note_ids)
        self.assertFalse(return_order.credit_note_ids._create_returns_refunds())

    def test_the_scheduled_action_sends_what_waits_once(self):
        return_order, payment = self._create_credited_return()
        refund = payment._create_returns_refund(230, return_order, return_order.credit_note_ids)
        cron = self.env.ref('returns_management.ir_cron_send_refunds').sudo()
        with self.enter_registry_test_mode():
            for _time in range(2):
                cron.method_direct_trigger()
        self.assertEqual(payment.child_transaction_ids, refund)
        self.assertEqual((refund.state, return_order.payout_status), ('done', 'full'))


@tagged('post_install', '-at_install')
class TestPayoutStatus(ReturnsPayoutCommon):
    """The status tells the truth on every way back, too."""

    def setUp(self):
        super().setUp()
        self.return_order, self.payment = self._create_credited_return()
        self.return_order.action_pay_out()
        self.credit_note = self.return_order.credit_note_ids

    def test_a_credit_note_that_is_reset_opens_the_return_and_posting_it_again_pays_nothing_twice(self):
        self.credit_note.button_draft()
        self.assertRecordValues(self.return_order, [{'state': 'approved', 'next_step': 'credit'}])
        self.credit_note.action_post()
        self.assertRecordValues(self.return_order, [{'state': 'done', 'payout_status': 'full'}])
        self.return_order.action_pay_out()
        self.assertEqual(len(self.payment.child_transaction_ids), 1)

    def test_a_credit_note_made_anew_is_settled_by_the_refund_of_the_old_one(self):
        self.credit_note.button_draft()
        self.credit_note.button_cancel()
        self.return_order.action_create_credit_notes()
        self.assertRecordValues(self.return_order, [{'state': 'done', 'payout_status': 'full'}])
        self.assertEqual(len(self.payment.child_transaction_ids), 1)

    def test_a_cancelled_payment_opens_the_return_and_is_not_refunded_online_again(self):
        refund_payment = self.payment.child_transaction_ids.payment_id
        refund_payment.move_id.line_ids.remove_move_reconcile()
        self.assertRecordValues(self.return_order, [{'state': 'approved', 'payout_status': 'pending'}])
        refund_payment.action_draft()
        refund_payment.action_cancel()
        self.assertEqual(self.return_order.amount_to_pay, 230)

    def test_a_refund_that_the_provider_takes_back_is_seen(self):
        self.payment.child_transaction_ids.write({'state': 'error', 'state_message': "Account closed."})
        self.payment.child_transaction_ids.payment_id.move_id.line_ids.remove_move_reconcile()
        self.assertEqual(self.return_order.payout_hint, 'failed')

    def test_two_invoices_of_one_order_are_each_settled_with_their_credit_note(self):
        order = self._create_order()
        for quantity in (3, 2):
            self._deliver(order, quantity)
            order.order_line.qty_to_invoice = quantity
            self._invoice(order)
        return_order = self.env['returns.order'].create({
            'partner_id': order.partner_id.id,
            'line_ids': [Command.create({
                'sale_line_id': order.order_line.id, 'origin_move_id': move.id, 'reason_id': self.reason.id,
                'product_uom_qty': move.quantity}) for move in order.order_line.move_ids],
        })
        return_order.action_confirm()
        self._receive(return_order)
        invoices = order.invoice_ids.filtered(lambda move: move.move_type == 'out_invoice')
        self.assertEqual(invoices.mapped('amount_residual'), [0, 0])
        self.assertEqual(len(return_order.credit_note_ids), 2)
        self.assertEqual((return_order.payout_status, return_order.state), ('full', 'done'))

    def test_a_credit_note_by_hand_stands_for_the_return_and_nothing_is_paid_beside_it(self):
        order, payment = self._create_paid_order()
        by_hand = self._credit_by_hand(order.invoice_ids, 2)
        by_hand.action_post()
        return_order = self._create_received_return(order)
        return_order.action_create_credit_notes()
        self.assertFalse(return_order.credit_note_ids - by_hand)
        self._refund_elsewhere(payment, 230)
        return_order.action_pay_out()
        self.assertEqual(payment.child_transaction_ids.mapped('amount'), [-230])
