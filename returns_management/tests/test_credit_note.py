from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestCreditNote(ReturnsCommon):
    """Was the customer made whole? Credit notes that say what the invoice said."""

    def test_it_says_what_the_invoice_said(self):
        """Even when the product, its price and the taxes have changed since."""
        plan = self.env['account.analytic.plan'].create({'name': "Plan"})
        analytic = self.env['account.analytic.account'].create({'name': "Shop", 'plan_id': plan.id})
        order = self._create_order(order_line=[Command.create({
            'product_id': self.product.id, 'product_uom_qty': 4, 'price_unit': 100, 'discount': 25,
            'tax_ids': [Command.set(self.tax.ids)], 'analytic_distribution': {str(analytic.id): 100},
        })])
        self._deliver(order)
        invoice = self._invoice(order)
        invoice.team_id = self.env['crm.team'].create({'name': "Shop"})
        self.product.write({'list_price': 999, 'taxes_id': [Command.clear()], 'name': "Renamed"})
        order.order_line.analytic_distribution = False

        credit_note = self._create_received_return(order).credit_note_ids

        self.assertRecordValues(credit_note, [{
            'move_type': 'out_refund', 'reversed_entry_id': invoice.id, 'partner_id': invoice.partner_id.id,
            'journal_id': invoice.journal_id.id, 'currency_id': invoice.currency_id.id,
            'fiscal_position_id': invoice.fiscal_position_id.id, 'invoice_user_id': invoice.invoice_user_id.id,
            'team_id': invoice.team_id.id,
            'invoice_payment_term_id': False, 'amount_untaxed': 150, 'amount_tax': 22.5, 'state': 'draft',
        }])
        self.assertRecordValues(credit_note.invoice_line_ids, [{
            field: invoice.invoice_line_ids[field] if not isinstance(invoice.invoice_line_ids[field], type(invoice))
            else invoice.invoice_line_ids[field].ids
            for field in ('name', 'price_unit', 'discount', 'analytic_distribution')
        }])
        self.assertEqual(credit_note.invoice_line_ids.tax_ids, invoice.invoice_line_ids.tax_ids)
        self.assertEqual(credit_note.invoice_line_ids.account_id, invoice.invoice_line_ids.account_id)
        self.assertIn(invoice.name, credit_note.ref)

    def test_the_cost_comes_back_as_it_left(self):
        order = self._create_delivered_order()
        credit_note = self._create_received_return(order).credit_note_ids
        credit_note.action_post()
        cost_lines = credit_note.line_ids.filtered(lambda line: line.display_type == 'cogs')
        self.assertRecordValues(cost_lines.sorted('balance'), [
            {'balance': -120, 'account_id': self.company_data['default_account_expense'].id},
            {'balance': 120, 'account_id': self.product._get_product_accounts()['stock_valuation'].id},
        ])

    def test_an_open_invoice_is_matched(self):
        order = self._create_delivered_order()
        self._create_received_return(order).credit_note_ids.action_post()
        invoice = order.invoice_ids.filtered(lambda move: move.move_type == 'out_invoice')
        self.assertRecordValues(invoice, [{'payment_state': 'partial', 'amount_residual': 345}])

    def test_credit_notes_posted_together_are_each_matched_with_their_invoice(self):
        """Also two of the same invoice, which core would match with the next one's."""
        orders = [self._create_delivered_order(), self._create_delivered_order()]
        returns = self._create_received_return(orders[0], quantity=1)
        returns += self._create_received_return(orders[0], quantity=1)
        returns += self._create_received_return(orders[1], quantity=2)
        returns.credit_note_ids.action_post()
        self.assertRecordValues(orders[0].invoice_ids.filtered(lambda move: move.move_type == 'out_invoice'), [
            {'amount_residual': 3 * 115, 'payment_state': 'partial'}])
        self.assertRecordValues(orders[1].invoice_ids.filtered(lambda move: move.move_type == 'out_invoice'), [
            {'amount_residual': 3 * 115, 'payment_state': 'partial'}])
        self.assertEqual(returns.mapped('payout_status'), ['full'] * 3)
        for credit_note in returns.credit_note_ids:
            matched = credit_note.line_ids.matched_debit_ids.debit_move_id.move_id
            self.assertEqual(matched, credit_note.reversed_entry_id)

    def test_crediting_again_changes_nothing(self):
        return_order = self._create_received_return(self._create_delivered_order())
        credit_note = return_order.credit_note_ids
        return_order.action_create_credit_notes()
        self.assertEqual(return_order.credit_note_ids, credit_note)
        credit_note.action_post()
        return_order.action_create_credit_notes()
        self.assertEqual(return_order.credit_note_ids, credit_note)

    def test_nothing_is_credited_before_it_arrives(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        return_order.action_create_credit_notes()
        self.assertFalse(return_order.credit_note_ids)

    def test_each_part_that_arrives_is_credited(self):
        return_order = self._create_confirmed_return(self._create_delivered_order(), quantity=3)
        self._receive(return_order, quantity=2)
        self._receive(return_order)
        self.assertEqual(return_order.credit_note_ids.sorted('id').mapped('amount_untaxed'), [200, 100])

    def test_one_credit_note_for_each_invoice_the_oldest_first(self):
        order = self._create_order(quantity=5)
        order.order_line.product_id.invoice_policy = 'delivery'
        self._deliver(order, quantity=3)
        first = self._invoice(order)
        self._deliver(order)
        second = self._invoice(order)

        returns = self.env['returns.order'].create({
            'partner_id': self.customer.id,
            'line_ids': [
                Command.create({'origin_move_id': move.id, 'product_uom_qty': move.quantity - index})
                for index, move in enumerate(order.order_line._get_returns_delivered_moves())
            ],
        })
        returns.action_confirm()
        self._receive(returns)

        self.assertRecordValues(returns.credit_note_ids.sorted('id'), [
            {'reversed_entry_id': first.id, 'amount_untaxed': 300},
            {'reversed_entry_id': second.id, 'amount_untaxed': 100},
        ])

    def test_returns_of_many_orders_are_credited_in_one_batch(self):
        self.policy.credit_trigger = 'manual'
        returns = self.env['returns.order'].union(*(
            self._create_received_return(self._create_delivered_order()) for _ in range(3)))
        with self.patch_create_counter() as batches:
            returns.action_create_credit_notes()
        self.assertEqual(batches, [3])
        self.assertEqual([len(return_order.credit_note_ids) for return_order in returns], [1, 1, 1])

    def patch_create_counter(self):
        """Records how many credit notes each call of `create` makes."""
        batches = []
        move_class = self.env.registry['account.move']
        create = move_class.create

        def counting_create(moves, vals_list):
            if vals_list:
                batches.append(len(vals_list))
            return create(moves, vals_list)

        patcher = patch.object(move_class, 'create', counting_create)

        class Counter:
            def __enter__(self):
                patcher.start()
                return batches

            def __exit__(self, *args):
                patcher.stop()

        return Counter()

    def test_a_policy_may_post_at_once(self):
        self.policy.credit_note_posting = 'posted'
        return_order = self._create_confirmed_return(self._create_delivered_order())
        picking = return_order.picking_ids.with_user(self.stock_user)
        picking.move_ids.write({'quantity': 2, 'picked': True})
        picking.button_validate()
        self.assertRecordValues(return_order, [{'state': 'done', 'credit_status': 'full'}])
        self.assertEqual(return_order.credit_note_ids.state, 'posted')

    def test_a_manual_policy_waits_for_the_clerk(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(self._create_delivered_order())
        self.assertFalse(return_order.credit_note_ids)
        return_order.with_user(self.user).action_create_credit_notes()
        self.assertEqual(return_order.credit_note_ids.state, 'draft')

    def test_what_was_never_invoiced_needs_no_credit_note(self):
        order = self._create_delivered_order(invoiced=False)
        return_order = self._create_received_return(order)
        self.assertFalse(return_order.credit_note_ids)
        self.assertRecordValues(return_order, [{'state': 'done', 'credit_status': 'no', 'payout_status': 'no'}])

        invoice = self._invoice(order)

        self.assertEqual(invoice.amount_untaxed, 300)
        self.assertEqual(return_order.state, 'done')

    def test_an_invoice_of_too_much_brings_the_return_back(self):
        """The invoice was a draft of all five when two came back, and is posted as it is."""
        order = self._create_delivered_order(invoiced=False)
        invoice = order._create_invoices()
        return_order = self._create_received_return(order)
        self.assertEqual(return_order.state, 'done')

        invoice.action_post()

        self.assertRecordValues(return_order, [{'state': 'approved', 'next_step': 'credit'}])
        return_order.action_create_credit_notes()
        self.assertEqual(return_order.credit_note_ids.amount_untaxed, 200)

    def test_a_credit_note_made_by_hand_is_not_made_again(self):
        self.policy.credit_trigger = 'manual'
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        manual = self._credit_by_hand(order.invoice_ids, quantity=2)
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'credit_status': 'pending', 'next_step': 'credit', 'next_actor': 'accounting'}])

        return_order.action_create_credit_notes()
        self.assertFalse(return_order.credit_note_ids)

        manual.action_post()
        return_order.action_create_credit_notes()
        self.assertEqual(return_order.credit_note_ids, manual)
        self.assertRecordValues(return_order, [{'state': 'done', 'credit_status': 'full'}])

    def test_what_a_deleted_draft_of_somebody_credited_is_owed_again(self):
        self.policy.credit_trigger = 'manual'
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        self.assertEqual(return_order.line_ids.qty_to_credit, 2)
        manual = self.env['account.move'].create({
            'move_type': 'out_refund', 'partner_id': self.customer.id,
            'invoice_line_ids': [Command.create({
                'product_id': self.product.id, 'quantity': 2, 'sale_line_ids': [Command.set(order.order_line.ids)],
            })],
        })
        self.assertRecordValues(return_order.line_ids, [{'qty_to_credit': 0, 'qty_drafted_by_hand': 2}])
        manual.write({'invoice_line_ids': [Command.update(manual.invoice_line_ids.id, {'quantity': 1})]})
        self.assertRecordValues(return_order.line_ids, [{'qty_to_credit': 1, 'qty_drafted_by_hand': 1}])

        manual.unlink()

        self.assertEqual(return_order.line_ids.qty_to_credit, 2)

    def test_it_is_due_at_once_whatever_terms_the_customer_has(self):
        self.customer.property_payment_term_id = self.env.ref('account.account_payment_term_30days')
        credit_note = self._create_received_return(self._create_delivered_order()).credit_note_ids
        credit_note.action_post()
        self.assertRecordValues(credit_note, [{
            'invoice_payment_term_id': False, 'invoice_date_due': fields.Date.today()}])

    def test_a_changed_draft_of_somebody_counts_as_it_is_now(self):
        self.policy.credit_trigger = 'manual'
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        manual = self._credit_by_hand(order.invoice_ids, quantity=2)
        self.assertEqual(return_order.line_ids.qty_to_credit, 0)

        manual.invoice_line_ids.quantity = 1
        return_order.action_create_credit_notes()

        self.assertEqual(return_order.credit_note_ids.amount_untaxed, 100)

    def test_a_deleted_draft_is_credited_again(self):
        return_order = self._create_received_return(self._create_delivered_order())
        return_order.credit_note_ids.unlink()
        self.assertRecordValues(return_order, [{'next_step': 'credit', 'next_actor': 'returns'}])
        return_order.action_create_credit_notes()
        self.assertEqual(return_order.credit_note_ids.amount_total, 230)

    def test_more_than_was_invoiced_is_never_posted(self):
        order = self._create_delivered_order()
        credit_note = self._create_received_return(order).credit_note_ids
        credit_note.invoice_line_ids.quantity = 6
        with self.assertRaisesRegex(UserError, "More would be credited"):
            credit_note.action_post()

    def _create_invoice_in_euro(self):
        """A delivered order in EUR, invoiced when a EUR was 2 of the company's currency; it is 1.25 today."""
        today = fields.Date.today()
        euro = self.setup_other_currency('EUR', rates=[
            (today - timedelta(days=days), rate) for days, rate in ((90, 0.5), (30, 0.8))])
        pricelist = self.env['product.pricelist'].create({'name': "EUR", 'currency_id': euro.id})
        order = self._create_delivered_order(invoiced=False, pricelist_id=pricelist.id)
        invoice = order._create_invoices()
        invoice.invoice_date = today - timedelta(days=60)
        invoice.action_post()
        return order

    def _create_order_of_two_dozen(self):
        order = self._create_order(order_line=[Command.create({
            'product_id': self.product.id, 'product_uom_qty': 2, 'price_unit': 120,
            'product_uom_id': self.env.ref('uom.product_uom_dozen').id,
        })])
        self._deliver(order)
        self._invoice(order)
        return order

    def test_sold_by_the_dozen_and_returned_by_the_piece_is_credited_by_the_piece(self):
        order = self._create_order_of_two_dozen()
        return_order = self._create_return(order)
        return_order.line_ids.write({'product_uom_id': self.product.uom_id.id, 'product_uom_qty': 6})
        self.assertEqual(return_order.amount_expected, 69)
        return_order.action_confirm()
        self._receive(return_order)

        self.assertRecordValues(return_order.credit_note_ids.invoice_line_ids, [{
            'quantity': 6, 'product_uom_id': self.product.uom_id.id, 'price_unit': 10, 'price_subtotal': 60}])
        self.assertEqual(order.order_line.qty_invoiced, 1.5)

    def test_every_piece_of_a_dozen_is_credited_to_the_cent(self):
        """7 of 24 pieces leave 1.42 dozens, which would be 17.04 pieces."""
        order = self._create_order_of_two_dozen()
        for pieces in (7, 5, 12):
            return_order = self._create_return(order)
            return_order.line_ids.write({'product_uom_id': self.product.uom_id.id, 'product_uom_qty': pieces})
            return_order.action_confirm()
            self._receive(return_order)
            return_order.credit_note_ids.action_post()
            self.assertRecordValues(return_order.credit_note_ids.invoice_line_ids, [{
                'quantity': pieces, 'price_subtotal': 10 * pieces}])
            self.assertEqual(return_order.state, 'done')

    def test_the_goods_that_came_last_are_credited_of_a_partly_invoiced_line(self):
        order = self._create_delivered_order(invoiced=False)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 4
        invoice.action_post()
        first = self._create_received_return(order, quantity=1)
        self.assertRecordValues(first, [{'state': 'done', 'credit_status': 'no'}])

        second = self._create_received_return(order, quantity=1)

        self.assertEqual(second.credit_note_ids.amount_untaxed, 100)
        self.assertEqual(first.state, 'done')

    def test_what_somebody_credited_by_hand_is_not_posted_again(self):
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        invoice = order.invoice_ids.filtered(lambda move: move.move_type == 'out_invoice')
        self._credit_by_hand(invoice, quantity=2).action_post()
        with self.assertRaisesRegex(UserError, "More would be credited"):
            return_order.credit_note_ids.action_post()

    def test_nobody_credits_by_hand_what_a_return_has_credited(self):
        order = self._create_delivered_order()
        self._create_received_return(order).credit_note_ids.action_post()
        invoice = order.invoice_ids.filtered(lambda move: move.move_type == 'out_invoice')
        manual = self._credit_by_hand(invoice, quantity=5)
        with self.assertRaisesRegex(UserError, "7.00 Units credited, 5.00 owed"):
            manual.action_post()

    def test_no_amount_above_the_invoice_is_posted(self):
        credit_note = self._create_received_return(self._create_delivered_order()).credit_note_ids
        credit_note.invoice_line_ids.price_unit = 1000
        with self.assertRaisesRegex(UserError, "2,300.00 credited"):
            credit_note.action_post()

    def test_the_rate_stays_when_the_date_is_changed(self):
        order = self._create_invoice_in_euro()
        credit_note = self._create_received_return(order).credit_note_ids
        for date in (fields.Date.today() - timedelta(days=20), fields.Date.today()):
            credit_note.invoice_date = date
            self.assertEqual(credit_note.invoice_currency_rate, 0.5)

    def test_without_a_decision_the_customer_gets_what_the_policy_says(self):
        return_order = self._create_return(self._create_delivered_order())
        return_order.line_ids.resolution_id = False
        return_order.action_confirm()
        self._receive(return_order)
        self.assertEqual(return_order.credit_note_ids.amount_total, 230)

    def test_revenue_goes_back_at_the_rate_of_the_invoice(self):
        order = self._create_invoice_in_euro()

        credit_note = self._create_received_return(order).credit_note_ids
        credit_note.action_post()

        revenue = credit_note.line_ids.filtered(lambda line: line.display_type == 'product')
        self.assertRecordValues(revenue, [{'amount_currency': 200, 'balance': 400}])

    def test_a_failing_step_tells_why_and_the_others_go_on(self):
        returns = self.env['returns.order'].union(*(
            self._create_confirmed_return(self._create_delivered_order()) for _ in range(3)))
        broken = returns[1]
        order_class = self.env.registry['returns.order']
        prepare = order_class._prepare_credit_note_vals

        def failing_prepare(return_order, invoice):
            if return_order == broken:
                raise ValueError("No account is set.")
            return prepare(return_order, invoice)

        pickings = returns.picking_ids
        pickings.move_ids.write({'quantity': 2, 'picked': True})
        with (
            patch.object(order_class, '_prepare_credit_note_vals', failing_prepare),
            mute_logger('odoo.addons.returns_management.models.returns_order_automation'),
        ):
            pickings.button_validate()

        self.assertRecordValues(returns, [
            {'attention_note': False, 'next_actor': 'accounting', 'reception_status': 'full'},
            {'attention_note': "No account is set.", 'next_actor': 'returns', 'reception_status': 'full'},
            {'attention_note': False, 'next_actor': 'accounting', 'reception_status': 'full'},
        ])
        broken.action_create_credit_notes()
        self.assertRecordValues(broken, [{'attention_note': False, 'next_actor': 'accounting'}])

    def test_a_credit_note_shows_its_return(self):
        return_order = self._create_received_return(self._create_delivered_order())
        self.assertEqual(return_order.credit_note_ids.returns_order_ids, return_order)
        self.assertEqual(
            self.env['account.move'].search([('returns_order_ids', 'in', return_order.ids)]),
            return_order.credit_note_ids)

    def test_every_resolution_action_has_its_method(self):
        resolution_model = self.env['returns.resolution']
        for action in dict(resolution_model._fields['action'].selection):
            with self.subTest(action=action):
                resolution = resolution_model.create({'name': action, 'action': action})
                self.assertFalse(resolution._resolve(self.env['returns.order.line']))
