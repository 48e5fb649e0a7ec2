from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_payout import ReturnsPayoutCommon


@tagged('post_install', '-at_install')
class TestPayout(ReturnsPayoutCommon):
    """The money goes back the way it came, once."""

    def test_an_online_payment_is_refunded_for_what_came_back(self):
        return_order, payment = self._create_credited_return()
        self.assertRecordValues(return_order, [{
            'next_step': 'pay', 'payout_status': 'pending', 'amount_to_pay': 230, 'state': 'approved'}])

        return_order.action_pay_out()

        refund = payment.child_transaction_ids
        self.assertRecordValues(refund, [{
            'amount': -230, 'operation': 'refund', 'state': 'done', 'returns_order_id': return_order.id,
            'invoice_ids': return_order.credit_note_ids.ids}])
        self.assertRecordValues(refund.payment_id, [{
            'payment_type': 'outbound', 'amount': 230, 'is_reconciled': True}])
        self.assertRecordValues(return_order.credit_note_ids, [{'payment_state': 'paid', 'amount_residual': 0}])
        self.assertRecordValues(return_order, [{
            'next_step': 'none', 'payout_status': 'full', 'amount_to_pay': 0, 'state': 'done', 'payout_hint': False}])

    def test_what_is_paid_in_part_is_still_to_pay(self):
        return_order, _payment = self._create_credited_return()
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=return_order.credit_note_ids.ids,
        ).create({'amount': 100})._create_payments()
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'payout_status': 'partial', 'next_step': 'pay', 'amount_to_pay': 130}])

    def test_paying_again_changes_nothing(self):
        return_order, payment = self._create_credited_return()
        for _time in range(3):
            return_order.action_pay_out()
        self.assertEqual(payment.child_transaction_ids.mapped('amount'), [-230])

    def test_an_open_invoice_is_settled_instead(self):
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        self.assertEqual(return_order.payout_status, 'full')
        return_order.action_pay_out()
        self.assertFalse(return_order.refund_ids)

    def test_an_invoice_that_is_open_again_is_settled_before_money_leaves(self):
        return_order, payment = self._create_credited_return()
        payment.payment_id.move_id.line_ids.remove_move_reconcile()
        return_order.action_pay_out()
        self.assertFalse(return_order.refund_ids)
        self.assertEqual(return_order.payout_status, 'full')

    def test_never_more_than_was_paid_over_all_returns(self):
        order, payment = self._create_paid_order()
        returns = self._create_received_return(order, 2) + self._create_received_return(order, 2)
        self._refund_elsewhere(payment, 200)  # somebody's own, for the first return: 30 is left of it
        returns.action_pay_out()
        self.assertEqual(-sum(payment.child_transaction_ids.mapped('amount')), 460)
        self.assertEqual(returns.mapped('payout_status'), ['full', 'full'])

    def test_what_is_not_left_of_the_payment_is_not_refunded(self):
        order = self._create_delivered_order()
        payment = self._pay_online(order.invoice_ids, amount=100)
        self._register_payment(order.invoice_ids)
        return_order = self._create_received_return(order)
        action = return_order.action_pay_out()
        self.assertEqual(payment.child_transaction_ids.mapped('amount'), [-100])
        self.assertEqual(return_order.amount_to_pay, 130)
        self.assertEqual(action['res_model'], 'account.payment.register')
        self._create_received_return(order).action_pay_out()
        self.assertEqual(payment.child_transaction_ids.mapped('amount'), [-100])

    def test_the_newest_payment_is_refunded_first(self):
        order = self._create_delivered_order()
        invoice = order.invoice_ids
        payments = [self._pay_online(invoice, amount=amount) for amount in (400, 175)]
        self._create_received_return(order, 2).action_pay_out()
        self.assertEqual(payments[1].child_transaction_ids.mapped('amount'), [-175])
        self.assertEqual(payments[0].child_transaction_ids.mapped('amount'), [-55])

    def test_payments_of_the_invoice_come_before_others_of_the_order(self):
        order = self._create_order()
        invoices = []
        for quantity in (3, 2):
            self._deliver(order, quantity)
            order.order_line.qty_to_invoice = quantity
            invoices.append(self._invoice(order))
        payments = [self._pay_online(invoice) for invoice in invoices]
        self._create_received_return(order, 1).action_pay_out()
        self.assertEqual(payments[0].child_transaction_ids.mapped('amount'), [-115])
        self.assertFalse(payments[1].child_transaction_ids)

    def test_who_can_refund_in_full_only_is_asked_for_all_or_nothing(self):
        with self._support('full_only'):
            part, payment = self._create_credited_return(quantity=2)
            action = part.action_pay_out()
            self.assertFalse(payment.child_transaction_ids)
            self.assertEqual(action['res_model'], 'account.payment.register')

            whole, payment = self._create_credited_return(quantity=5)
            whole.action_pay_out()
            self.assertEqual(payment.child_transaction_ids.mapped('amount'), [-575])

    def test_a_method_that_cannot_refund_refunds_nothing(self):
        return_order, payment = self._create_credited_return()
        payment.payment_method_id.support_refund = 'none'
        action = return_order.action_pay_out()
        self.assertFalse(payment.child_transaction_ids)
        self.assertEqual(action['res_model'], 'account.payment.register')

    def test_a_brand_refunds_what_its_method_can(self):
        return_order, payment = self._create_credited_return()
        card = payment.payment_method_id.copy({'code': 'card_of_brand', 'support_refund': 'none'})
        payment.payment_method_id.primary_payment_method_id = card
        return_order.action_pay_out()
        self.assertFalse(payment.child_transaction_ids)

    def test_what_was_not_confirmed_is_not_refunded(self):
        order = self._create_delivered_order()
        payment = self._create_online_payment(order.invoice_ids)
        payment._set_pending()
        self._register_payment(order.invoice_ids)
        action = self._create_received_return(order).action_pay_out()
        self.assertFalse(payment.child_transaction_ids)
        self.assertEqual(action['res_model'], 'account.payment.register')

    def test_of_a_payment_that_was_refunded_too_much_nothing_is_taken(self):
        _return_order, payment = self._create_credited_return()
        self.assertEqual(payment._get_returns_refund_part(owed=50, room=-20), 0)

    def test_a_provider_that_is_switched_off_refunds_nothing(self):
        return_order, payment = self._create_credited_return()
        self.provider.state = 'disabled'
        action = return_order.action_pay_out()
        self.assertFalse(payment.child_transaction_ids)
        self.assertEqual(action['res_model'], 'account.payment.register')

    def test_the_refund_is_in_the_currency_of_the_payment(self):
        currency = self.setup_other_currency('EUR', rates=[('2016-01-01', 2.0)])
        pricelist = self.env['product.pricelist'].create({'name': "EUR", 'currency_id': currency.id})
        return_order, payment = self._create_credited_return(pricelist_id=pricelist.id)
        return_order.action_pay_out()
        self.assertRecordValues(payment.child_transaction_ids, [{'amount': -230, 'currency_id': currency.id}])
        self.assertRecordValues(return_order.credit_note_ids, [{'payment_state': 'paid'}])

    def test_nobody_converts_what_was_paid_in_another_currency(self):
        currency = self.setup_other_currency('EUR', rates=[('2016-01-01', 2.0)])
        order = self._create_delivered_order()
        payment = self._pay_online(order.invoice_ids, currency_id=currency.id, amount=1150)
        action = self._create_received_return(order).action_pay_out()
        self.assertFalse(payment.child_transaction_ids)
        self.assertEqual(action['res_model'], 'account.payment.register')

    def test_parts_of_a_captured_payment_are_refunded_one_by_one(self):
        order = self._create_delivered_order()
        parts = self._pay_in_parts(order.invoice_ids, [400, 175])
        self._create_received_return(order).action_pay_out()
        self.assertEqual([part.child_transaction_ids.mapped('amount') for part in parts], [[-55], [-175]])
        reserved = parts.source_transaction_id
        self.assertEqual(reserved.child_transaction_ids, parts)
        self.assertFalse(reserved._get_returns_refunds())

    def test_only_accounting_pays(self):
        return_order, payment = self._create_credited_return()
        for user in (self.user, self.manager, self.stock_user):
            with self.assertRaises(AccessError):
                return_order.with_user(user).action_pay_out()
        return_order.with_user(self.accountant).action_pay_out()
        self.assertEqual(payment.child_transaction_ids.mapped('amount'), [-230])

    def test_a_returns_user_sees_how_far_the_money_is(self):
        return_order, _payment = self._create_credited_return()
        with self._refuse_refunds():
            return_order.action_pay_out()
        seen = return_order.with_user(self.user)
        self.assertEqual((seen.payout_status, seen.payout_hint), ('pending', 'failed'))
        self.assertIn("The card has expired.", seen.payout_note)

    def test_what_cannot_go_online_is_paid_by_hand_all_at_once(self):
        orders = [self._create_delivered_order() for _number in range(3)]
        for order in orders:
            self._register_payment(order.invoice_ids)
        returns = self.env['returns.order'].union(*map(self._create_received_return, orders))

        action = returns.with_user(self.accountant).action_pay_out()
        wizard = self.env['account.payment.register'].with_user(self.accountant).with_context(
            **action['context']).create({'group_payment': True})
        wizard.action_create_payments()

        self.assertEqual(returns.mapped('payout_status'), ['full'] * 3)
        self.assertEqual(returns.mapped('state'), ['done'] * 3)

    def test_of_many_what_can_go_online_does_and_the_rest_is_left_to_accounting(self):
        online, payment = self._create_credited_return()
        order = self._create_delivered_order()
        self._register_payment(order.invoice_ids)
        by_hand = self._create_received_return(order)
        action = (online + by_hand).action_pay_out()
        self.assertEqual(payment.child_transaction_ids.mapped('amount'), [-230])
        self.assertEqual(action['context']['active_ids'], by_hand.credit_note_ids.line_ids.ids)

    def test_registering_a_payment_needs_something_to_pay(self):
        return_order, _payment = self._create_credited_return()
        return_order.action_pay_out()
        with self.assertRaisesRegex(UserError, "Nothing is to be paid by hand"):
            return_order.action_register_payment()

    def test_one_that_fails_keeps_no_other_from_being_paid(self):
        first, payment = self._create_credited_return()
        second, other_payment = self._create_credited_return()
        create = self.registry['payment.transaction']._create_child_transaction

        def fail_once(source, *args, **kwargs):
            if source == payment:
                raise RuntimeError("This payment is broken.")
            return create(source, *args, **kwargs)

        with (
            patch.object(self.registry['payment.transaction'], '_create_child_transaction', fail_once),
            mute_logger('odoo.addons.returns_management.models.returns_order_automation'),
        ):
            (first + second).action_pay_out()
        self.assertEqual(first.attention_note, "This payment is broken.")
        self.assertEqual(other_payment.child_transaction_ids.mapped('state'), ['done'])
        self.assertEqual(second.payout_status, 'full')

    def test_by_itself_when_the_company_says_so(self):
        self.company.returns_auto_payout = True
        order, payment = self._create_paid_order()
        return_order = self._create_confirmed_return(order)
        self._validate(return_order.picking_ids.with_user(self.stock_user))
        self.assertEqual(payment.child_transaction_ids.mapped('amount'), [-230])
        self.assertEqual((return_order.payout_status, return_order.state), ('full', 'done'))

    def test_an_exchange_is_settled_with_its_invoice_before_money_leaves(self):
        self.company.returns_auto_payout = True
        other = self._create_storable("Other Shoe", list_price=60)
        order, payment = self._create_paid_order()
        return_order = self._create_return(order, 1)
        return_order.line_ids.write({
            'resolution_id': self.env.ref('returns_management.returns_resolution_exchange').id,
            'exchange_product_id': other.id})
        return_order.action_confirm()
        self._receive(return_order)
        self.assertEqual(payment.child_transaction_ids.mapped('amount'), [-115 + 60 * 1.15])

    @classmethod
    def _register_payment(cls, invoices):
        cls.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoices.ids).create({})._create_payments()


@tagged('post_install', '-at_install')
class TestPayoutBatch(ReturnsPayoutCommon):
    """Many at once are one batch; each refund is a transaction of its own, nothing else is looked up one by one."""

    def _count_queries_of_planning(self, count):
        returns = self.env['returns.order'].union(*(self._create_credited_return()[0] for _number in range(count)))
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        with patch.object(self.registry['payment.transaction'], '_send_returns_refunds_soon', lambda refunds: None):
            self.assertEqual(len(returns._pay_out()), count)
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_planning_many_refunds(self):
        counts = [self._count_queries_of_planning(count) for count in (1, 1, 21)]  # the first time fills the caches
        self.assertLessEqual((counts[2] - counts[1]) / 20, 6, f"{counts[1]} queries for 1, {counts[2]} for 21")
