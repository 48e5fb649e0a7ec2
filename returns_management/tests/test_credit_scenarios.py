from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import NOTHING_TO_INVOICE, ReturnsCommon


@tagged('post_install', '-at_install')
class TestCreditScenarios(ReturnsCommon):
    """What people expect of a credit note for returned goods, one by one."""

    def _get_invoice(self, order):
        return order.invoice_ids.filtered(lambda move: move.move_type == 'out_invoice')

    def test_f1_a_draft_is_made_once_without_a_payment_term(self):
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        note = return_order.credit_note_ids
        self.assertRecordValues(note, [{'state': 'draft', 'invoice_payment_term_id': False}])
        self.assertRecordValues(note.invoice_line_ids, [{
            'product_id': self.product.id, 'quantity': 2, 'product_uom_id': self.product.uom_id.id,
            'account_id': self.product._get_product_accounts()['income'].id}])
        note.action_post()
        return_order.action_create_credit_notes()
        self.assertEqual(return_order.credit_note_ids, note)

    def test_f2_a_clerk_makes_the_draft_and_accounting_posts_it(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(self._create_delivered_order())
        return_order.with_user(self.user).action_create_credit_notes()
        note = return_order.credit_note_ids
        for step in (lambda: note.with_user(self.user).action_post(),
                     lambda: note.with_user(self.user).write({'ref': "Mine"})):
            with self.assertRaises(AccessError):
                step()
        note.with_user(self.accountant).action_post()
        self.assertEqual(return_order.state, 'done')

    def test_f3_a_smaller_note_leaves_the_rest_to_credit_a_larger_one_is_refused(self):
        order = self._create_delivered_order()
        return_order = self._create_received_return(order, quantity=3)
        note = return_order.credit_note_ids
        note.invoice_line_ids.quantity = 4
        with self.assertRaisesRegex(UserError, "More would be credited"):
            note.action_post()
        note.invoice_line_ids.quantity = 2
        note.action_post()
        self.assertRecordValues(return_order, [{'credit_status': 'partial', 'next_step': 'credit'}])
        return_order.action_create_credit_notes()
        self.assertEqual((return_order.credit_note_ids - note).amount_untaxed, 100)
        self.assertRecordValues(order.order_line, [{'qty_invoiced': 2, **NOTHING_TO_INVOICE}])

    def test_f4_many_at_once_make_one_note_for_each_return_and_invoice(self):
        self.policy.credit_trigger = 'manual'
        other = self.env['res.partner'].create({'name': "Invoice Address", 'parent_id': self.customer.id})
        orders = self._create_delivered_order() + self._create_delivered_order(partner_invoice_id=other.id)
        returns = self.env['returns.order'].create({
            'partner_id': self.customer.id, 'line_ids': [
                Command.create({'sale_line_id': order.order_line.id, 'product_uom_qty': 1}) for order in orders]})
        returns |= self._create_return(orders[0], quantity=1)
        for return_order in returns:
            return_order.action_confirm()
            self._receive(return_order)
        returns.action_create_credit_notes()
        first, second = (self._get_invoice(order) for order in orders)
        self.assertCountEqual(
            [(note.partner_id, note.reversed_entry_id) for note in returns.credit_note_ids],
            [(self.customer, first), (other, second), (self.customer, first)])

    def test_f5_a_deleted_or_cancelled_draft_is_owed_again_the_goods_stay_received(self):
        return_order = self._create_received_return(self._create_delivered_order())
        for undo in ('unlink', 'button_cancel'):
            notes = return_order.credit_note_ids.filtered(lambda note: note.state == 'draft')
            getattr(notes, undo)()
            with self.subTest(undo):
                self.assertRecordValues(return_order, [{'reception_status': 'full', 'next_step': 'credit'}])
                self.assertEqual(return_order.line_ids.qty_to_credit, 2)
            return_order.action_create_credit_notes()
        self.assertEqual(return_order.line_ids.qty_in_draft_credit, 2)

    def test_f7_without_an_invoice_the_price_is_that_of_the_order(self):
        return_order = self._create_return(self._create_delivered_order(invoiced=False))
        self.assertEqual(return_order.amount_expected, 230)

    def test_f8_f16_discount_salesperson_and_fiscal_position_are_those_of_the_order(self):
        salesperson = self.env.user
        position = self.env['account.fiscal.position'].create({'name': "Abroad"})
        order = self._create_delivered_order(
            user_id=salesperson.id, fiscal_position_id=position.id, order_line=[Command.create({
                'product_id': self.product.id, 'product_uom_qty': 2, 'price_unit': 100, 'discount': 25})])
        note = self._create_received_return(order, quantity=1).credit_note_ids
        self.assertRecordValues(note, [{
            'amount_untaxed': 75, 'invoice_user_id': salesperson.id, 'fiscal_position_id': position.id}])

    def test_f9_an_order_in_euro_is_credited_in_euro(self):
        euro = self.setup_other_currency('EUR', rates=[('2016-01-01', 0.5)])
        pricelist = self.env['product.pricelist'].create({'name': "EUR", 'currency_id': euro.id})
        note = self._create_received_return(self._create_delivered_order(pricelist_id=pricelist.id)).credit_note_ids
        self.assertRecordValues(note, [{'currency_id': euro.id, 'amount_total': 230, 'amount_total_signed': -460}])

    def test_f11_f12_f18_the_order_drops_what_came_back_in_every_state_of_the_note(self):
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        note = return_order.credit_note_ids
        self.assertIn(note, order.invoice_ids)
        for step, invoiced in (('action_post', 3), ('button_draft', 3), ('button_cancel', 5), ('button_draft', 3)):
            getattr(note, step)()
            with self.subTest(step):
                self.assertRecordValues(order.order_line, [{
                    'qty_delivered': 3, 'qty_invoiced': invoiced, **NOTHING_TO_INVOICE}])

    def test_f14_what_was_not_invoiced_is_closed_without_a_note(self):
        """Billed on delivery, it has the status that Odoo gives to what is delivered, back and not to be invoiced."""
        for policy, status in (('order', 'no'), ('delivery', 'invoiced')):
            product = self._create_storable(f"Not invoiced {policy}", invoice_policy=policy)
            order = self._create_delivered_order(product=product, invoiced=False)
            return_order = self._create_received_return(order, quantity=5)
            with self.subTest(policy):
                self.assertRecordValues(return_order, [{'state': 'done', 'credit_note_count': 0}])
                self.assertRecordValues(order.order_line, [{
                    **NOTHING_TO_INVOICE, 'qty_delivered': 0, 'invoice_status': status}])
        plain = self._create_delivered_order(product=product, invoiced=False)
        self._reverse(plain.picking_ids, quantity=5).button_validate()
        self.assertEqual(plain.order_line.invoice_status, 'invoiced')

    def test_f15_f27_by_hand_waits_for_the_clerk_and_nobody_credits_before_it_arrives(self):
        self.policy.credit_trigger = 'manual'
        order = self._create_delivered_order()
        returns = self._create_confirmed_return(order, 1) + self._create_confirmed_return(order, 1)
        returns.action_create_credit_notes()
        self.assertFalse(returns.credit_note_ids)
        self._receive(returns[0])
        self.assertFalse(returns.credit_note_ids)
        returns.action_create_credit_notes()
        self.assertEqual(returns.credit_note_ids.returns_order_ids, returns[0])

    def test_f19_both_invoices_are_matched_with_their_notes(self):
        order = self._create_order(quantity=5)
        order.order_line.product_id.invoice_policy = 'delivery'
        self._deliver(order, quantity=3)
        invoices = self._invoice(order)
        self._deliver(order)
        invoices += self._invoice(order)
        return_order = self.env['returns.order'].create({
            'partner_id': self.customer.id, 'line_ids': [
                Command.create({'origin_move_id': move.id, 'product_uom_qty': move.quantity})
                for move in order.order_line._get_returns_delivered_moves()]})
        return_order.action_confirm()
        self._receive(return_order)
        return_order.credit_note_ids.action_post()
        self.assertEqual(invoices.mapped('amount_residual'), [0, 0])
        self.assertRecordValues(return_order, [{'state': 'done', 'payout_status': 'full'}])

    def test_f22_what_is_owed_before_the_receipt_is_what_the_policy_says(self):
        for trigger, before in (('on_receipt', 0), ('on_approval', 2)):
            self.policy.credit_trigger = trigger
            return_order = self._create_confirmed_return(self._create_delivered_order())
            line = return_order.line_ids
            with self.subTest(trigger):
                self.assertEqual((line.qty_in_draft_credit, line.qty_credited), (before, 0))
                self._receive(return_order)
                self.assertEqual((line.qty_in_draft_credit, line.qty_credited), (2, 0))
                return_order.credit_note_ids.action_post()
                self.assertEqual((line.qty_in_draft_credit, line.qty_credited), (0, 2))


@tagged('post_install', '-at_install')
class TestOtherDocuments(ReturnsCommon):
    """Credit notes by hand, draft invoices, down payments, reversals: what others do with the same goods counts."""

    def test_f20_a_note_by_hand_is_claimed_by_the_oldest_return_that_is_owed_as_much(self):
        self.policy.credit_trigger = 'manual'
        order = self._create_delivered_order()
        first = self._create_received_return(order, quantity=1)
        second = self._create_received_return(order, quantity=2)
        third = self._create_received_return(order, quantity=2)
        note = self._credit_by_hand(order.invoice_ids, quantity=2)
        note.action_post()
        self.assertEqual(note.returns_order_ids, second)
        self.assertRecordValues(third, [{'credit_status': 'pending', 'credit_note_ids': []}])
        self.assertRecordValues(second, [{'credit_status': 'full', 'credit_note_ids': note.ids}])
        (first | second).action_create_credit_notes()
        self.assertEqual(first.credit_note_ids.amount_untaxed, 100)
        self.assertEqual(second.credit_note_ids, note)
        note.button_draft()
        note.button_cancel()
        self.assertRecordValues(second, [{'next_step': 'credit', 'state': 'approved'}])
        second.action_create_credit_notes()
        self.assertEqual((second.credit_note_ids - note).amount_untaxed, 200)

    def test_a_note_that_is_reversed_by_an_invoice_opens_its_return_again(self):
        for order in self._each_kind_of_order():
            return_order = self._create_received_return(order)
            note = return_order.credit_note_ids
            note.action_post()
            reversal = note._reverse_moves([{}])
            self.assertEqual(return_order.state, 'done')
            reversal.action_post()
            self.assertRecordValues(return_order, [{'state': 'approved', 'next_step': 'credit'}])
            self.assertRecordValues(order.order_line, [{'qty_delivered': 3, 'qty_invoiced': 5, **NOTHING_TO_INVOICE}])
            return_order.action_create_credit_notes()
            again = return_order.credit_note_ids - note
            again.action_post()
            self.assertEqual(again.amount_total, 230)
            self.assertRecordValues(return_order, [{'state': 'done'}])
            self.assertRecordValues(order.order_line, [{'qty_invoiced': 3, **NOTHING_TO_INVOICE}])

    def test_a_draft_invoice_that_bills_what_came_back_needs_attention(self):
        for policy in ('order', 'delivery'):
            with self.subTest(policy):
                product = self._create_storable(f"Drafted {policy}", invoice_policy=policy)
                order = self._create_delivered_order(product=product, invoiced=False)
                invoice = order._create_invoices()
                return_order = self._create_received_return(order)
                self.assertIn("by 2 Units", return_order.draft_invoice_note)
                self.assertFalse(return_order.credit_note_ids)
                invoice.write({'invoice_line_ids': [Command.update(invoice.invoice_line_ids.id, {'quantity': 3})]})
                self.assertFalse(return_order.draft_invoice_note)
                invoice.action_post()
                self.assertRecordValues(return_order, [{'state': 'done', 'credit_status': 'no'}])

    def _create_order_with_down_payment(self, percentage, quantity=5):
        order = self._create_order(quantity)
        self.env['sale.advance.payment.inv'].create({
            'advance_payment_method': 'percentage', 'amount': percentage, 'sale_order_ids': order.ids,
        }).create_invoices()
        order.invoice_ids.action_post()
        self._deliver(order)
        return order

    def _invoice_finally(self, order):
        invoice = order._create_invoices(final=True)
        invoice.action_post()
        return invoice

    def test_all_that_was_paid_in_advance_and_finally_can_be_credited(self):
        order = self._create_order_with_down_payment(30)
        final = self._invoice_finally(order)
        self.assertEqual(final.amount_total, 402.5)
        returns = self.env['returns.order'].create({
            'partner_id': self.customer.id, 'line_ids': [Command.create({
                'sale_line_id': order.order_line[0].id, 'product_uom_qty': 5, 'reason_id': self.reason.id})]})
        returns.action_confirm()
        self._receive(returns)
        returns.credit_note_ids.action_post()
        self.assertRecordValues(returns.credit_note_ids, [{'amount_total': 575, 'reversed_entry_id': final.id}])
        self.assertRecordValues(returns, [{'credit_status': 'full'}])

    def test_a_final_invoice_that_became_a_credit_note_is_credited_for_what_it_bills(self):
        """80 % paid in advance, three of five came back before the final invoice: it pays 200 back, and bills two."""
        order = self._create_order_with_down_payment(80)
        values = {'sale_line_id': order.order_line[0].id, 'reason_id': self.reason.id}
        first = self.env['returns.order'].create({
            'partner_id': self.customer.id, 'line_ids': [Command.create({**values, 'product_uom_qty': 3})]})
        first.action_confirm()
        self._receive(first)
        self.assertFalse(first.credit_note_ids)
        final = self._invoice_finally(order)
        self.assertRecordValues(final, [{'move_type': 'out_refund', 'amount_untaxed': 200}])
        self.assertRecordValues(first, [{'state': 'done', 'credit_status': 'no'}])
        second = self.env['returns.order'].create({
            'partner_id': self.customer.id, 'line_ids': [Command.create({**values, 'product_uom_qty': 1})]})
        second.action_confirm()
        self._receive(second)
        second.credit_note_ids.action_post()
        self.assertRecordValues(second.credit_note_ids, [{'amount_untaxed': 100, 'reversed_entry_id': final.id}])
        self.assertRecordValues(second, [{'credit_status': 'full'}])

    def test_two_returns_are_not_owed_more_than_a_note_by_hand_has_left(self):
        self.policy.credit_trigger = 'manual'
        order = self._create_delivered_order()
        returns = self._create_received_return(order) + self._create_received_return(order)
        self._credit_by_hand(order.invoice_ids, 3).action_post()
        self.assertEqual(returns.line_ids.sorted('id').mapped('qty_to_credit'), [0, 1])

    def test_what_was_credited_in_advance_and_never_comes_is_owed_no_more(self):
        self.policy.write({'credit_trigger': 'on_approval', 'credit_note_posting': 'posted'})
        return_order = self._create_confirmed_return(self._create_delivered_order())
        self.assertEqual(return_order.line_ids.qty_credited, 2)
        return_order.picking_ids.action_cancel()
        self.assertRecordValues(return_order.line_ids, [{'qty_to_credit': 0, 'amount_to_credit': 0}])
