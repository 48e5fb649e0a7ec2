from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NOTHING_TO_INVOICE, ReturnsCommon


@tagged('post_install', '-at_install')
class TestSaleOrderLine(ReturnsCommon):
    """The order tells the truth: nothing is left to invoice of what came back, in whatever state its credit is."""

    def _check_nothing_to_invoice(self, order):
        self.assertRecordValues(order.order_line, [{'qty_delivered': 3, **NOTHING_TO_INVOICE}])
        self.assertEqual(order.invoice_status, 'invoiced')
        with self.assertRaises(UserError):
            order._create_invoices(final=True)

    def test_in_every_state_of_the_credit_note(self):
        self.policy.credit_trigger = 'manual'
        for order in self._each_kind_of_order():
            return_order = self._create_received_return(order)
            self._check_nothing_to_invoice(order)

            return_order.action_create_credit_notes()
            credit_note = return_order.credit_note_ids
            for step in ('create', 'action_post', 'button_draft', 'action_post', 'button_draft', 'button_cancel'):
                if step != 'create':
                    getattr(credit_note, step)()
                with self.subTest(step=step):
                    self._check_nothing_to_invoice(order)

            return_order.action_create_credit_notes()
            (return_order.credit_note_ids - credit_note).action_post()
            self._check_nothing_to_invoice(order)

    def test_raising_the_order_ships_and_bills_the_raise_only(self):
        """Whatever state the credit note is in: not made, draft, posted, reset, cancelled. All is credited."""
        self.policy.credit_trigger = 'manual'
        for steps in ((), ('draft',), ('action_post',), ('action_post', 'button_draft'), ('button_cancel',)):
            for order in self._each_kind_of_order():
                return_order = self._create_received_return(order)
                if steps:
                    return_order.action_create_credit_notes()
                for step in steps:
                    if step != 'draft':
                        getattr(return_order.credit_note_ids, step)()
                with self.subTest(steps=steps):
                    self._check_raise(order)
                    return_order.action_create_credit_notes()
                    return_order.credit_note_ids.filtered(lambda note: note.state == 'draft').action_post()
                    self.assertEqual(return_order.line_ids.qty_credited, 2)
                    self.assertRecordValues(order.order_line, [{'qty_invoiced': 4, **NOTHING_TO_INVOICE}])

    def test_what_came_back_before_the_invoice_is_not_credited_however_the_order_is_raised(self):
        for policy in ('order', 'delivery'):
            with self.subTest(policy=policy):
                product = self._create_storable(f"Early raise {policy}", invoice_policy=policy)
                order = self._create_delivered_order(product=product, invoiced=False)
                return_order = self._create_received_return(order)
                self._invoice(order)
                order.order_line.product_uom_qty = 6
                self._deliver(order)
                self.assertRecordValues(order.order_line, [{'qty_invoiced': 3, 'qty_to_invoice': 1}])
                self.assertEqual(return_order.line_ids.qty_to_credit, 0)

    def test_a_raise_that_is_not_billed_yet_takes_nothing_off_the_credit(self):
        self.policy.credit_trigger = 'manual'
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        order.order_line.product_uom_qty = 6
        self._deliver(order)
        return_order.action_create_credit_notes()
        return_order.credit_note_ids.action_post()
        self.assertEqual(return_order.line_ids.qty_credited, 2)
        self.assertRecordValues(order.order_line, [{'qty_invoiced': 3, 'qty_to_invoice': 1}])

    def test_an_invoice_made_anew_for_what_is_kept_leaves_nothing_to_credit(self):
        self.policy.credit_trigger = 'manual'
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        order.invoice_ids.button_draft()
        order.invoice_ids.button_cancel()
        self.assertEqual(self._invoice(order).amount_untaxed, 300)
        self.assertEqual(return_order.line_ids.qty_to_credit, 0)
        self.assertRecordValues(order.order_line, [{'qty_invoiced': 3, **NOTHING_TO_INVOICE}])

    def test_a_raise_is_billed_though_the_invoice_was_withdrawn_and_posted_again(self):
        self.policy.credit_trigger = 'manual'
        for order in self._each_kind_of_order():
            return_order = self._create_received_return(order)
            order.invoice_ids.button_draft()
            order.invoice_ids.action_post()
            self.assertEqual(return_order.line_ids.qty_to_credit, 2)
            self._check_raise(order)
            self.assertEqual(return_order.line_ids.qty_to_credit, 2)

    def test_a_raise_is_billed_though_the_return_was_billed_after_it_had_come(self):
        """By a draft invoice that was posted as it was; and what is credited of it stays credited."""
        for order in self._each_kind_of_order():
            order.invoice_ids.button_draft()
            return_order = self._create_received_return(order)
            order.invoice_ids.action_post()
            return_order.action_create_credit_notes()
            return_order.credit_note_ids.action_post()
            self._check_raise(order)
            self.assertRecordValues(return_order.line_ids, [{'qty_credited': 2, 'qty_to_credit': 0}])

    def test_what_came_back_unbilled_is_not_credited_though_more_is_billed_than_was_delivered(self):
        """Three of five are delivered, two of them come back, all that is ordered and kept is billed: two to come."""
        order = self._create_order()
        self._deliver(order, quantity=3)
        return_order = self._create_received_return(order)
        self.assertEqual(self._invoice(order).amount_untaxed, 300)
        self.assertEqual(return_order.line_ids.qty_to_credit, 0)
        self._deliver(order)
        self.assertEqual(return_order.line_ids.qty_to_credit, 0)
        self.assertRecordValues(order.order_line, [{'qty_delivered': 3, 'qty_invoiced': 3, **NOTHING_TO_INVOICE}])

    def test_a_raise_is_billed_also_while_refused_or_exchanged_goods_are_here(self):
        """They stay billed: they are the customer's again, or others are sent in their place."""
        self.policy.credit_trigger = 'manual'
        for action in ('refund', 'exchange'):
            for order in self._each_kind_of_order():
                return_order = self._create_return(order)
                return_order.line_ids.resolution_id = self.env['returns.resolution'].search(
                    [('action', '=', action)], limit=1)
                return_order.action_confirm()
                self._receive(return_order)
                if action == 'refund':
                    return_order.line_ids._refuse_goods(2, "Worn")
                with self.subTest(action=action):
                    self._check_raise(order, apart_from=return_order.delivery_ids)
                    return_order.line_ids._create_send_backs()
                    self._validate(return_order.delivery_ids)
                    self.assertRecordValues(order.order_line, [{'qty_delivered': 6, **NOTHING_TO_INVOICE}])

    def test_the_order_is_right_at_once_when_goods_are_refused_later(self):
        """Two are kept and credited, two came back: refused, those are no reason to bill what is kept again."""
        self.policy.credit_trigger = 'manual'
        for order in self._each_kind_of_order():
            kept = self._create_return(order)
            kept.line_ids.resolution_id = self.env.ref('returns_management.returns_resolution_keep')
            kept.action_confirm()
            kept.action_create_credit_notes()
            kept.credit_note_ids.action_post()
            return_order = self._create_received_return(order)
            self.assertRecordValues(order.order_line, [NOTHING_TO_INVOICE])
            return_order.line_ids._refuse_goods(2, "Worn")
            self.assertRecordValues(order.order_line, [NOTHING_TO_INVOICE])
            self._validate(return_order.line_ids._create_send_backs())
            self.assertRecordValues(order.order_line, [{'qty_delivered': 5, 'qty_invoiced': 3, **NOTHING_TO_INVOICE}])

    def _check_raise(self, order, apart_from=()):
        """Raising the order from 5 to 6 ships 1 and bills 1, `apart_from` deliveries that wait for something else."""
        locked = order.locked
        order.locked = False
        order.order_line.product_uom_qty = 6
        order.locked = locked
        raised = order.picking_ids.filtered(lambda picking: picking not in apart_from)
        self.assertEqual(sum(self._validate(raised).move_ids.mapped('quantity')), 1)
        self.assertRecordValues(order.order_line, [{
            'qty_delivered': 4, 'qty_to_invoice': 1, 'untaxed_amount_to_invoice': 100,
            'amount_to_invoice': 115, 'invoice_status': 'to invoice',
        }])
        self.assertEqual(self._invoice(order).amount_untaxed, 100)
        self.assertRecordValues(order.order_line, [{'qty_delivered': 4, **NOTHING_TO_INVOICE}])

    def test_lowering_the_order_to_what_is_kept_bills_nothing(self):
        order = self._create_delivered_order()
        self._create_received_return(order).credit_note_ids.action_post()
        order.order_line.product_uom_qty = 3
        self.assertRecordValues(order.order_line, [NOTHING_TO_INVOICE])

    def test_raising_the_order_before_the_goods_are_back_ships_the_raise_only(self):
        order = self._create_delivered_order()
        return_order = self._create_confirmed_return(order)
        order.order_line.product_uom_qty = 6
        self._receive(return_order, quantity=1)
        order.order_line.product_uom_qty = 7
        outgoing = order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'outgoing')
        self.assertEqual(sum(outgoing.move_ids.mapped('product_uom_qty')), 5 + 2)
        self.assertEqual(order.order_line.qty_to_invoice, 2)

    def test_lowering_to_what_is_kept_takes_nothing_back_and_raising_it_again_ships_and_bills(self):
        for policy in ('order', 'delivery'):
            with self.subTest(policy=policy):
                product = self._create_storable(f"Lowered {policy}", invoice_policy=policy)
                order = self._create_delivered_order(product=product)
                self._create_received_return(order).credit_note_ids.action_post()
                pickings = order.picking_ids

                order.order_line.product_uom_qty = 3
                self.assertEqual(order.picking_ids, pickings)
                order.order_line.product_uom_qty = 4

                self.assertEqual((order.picking_ids - pickings).move_ids.mapped('product_uom_qty'), [1])
                self._deliver(order)
                self.assertEqual(order.order_line.qty_to_invoice, 1)

    def test_a_raise_is_billed_though_it_was_computed_before_its_delivery_was_made(self):
        """A lowered order does not tell by itself whether it was raised: the new delivery does."""
        order = self._create_delivered_order()
        self._create_received_return(order).credit_note_ids.action_post()
        order.order_line.product_uom_qty = 3
        rule_class = self.env.registry['stock.rule']
        run = rule_class.run

        def flushing_run(rules, *args, **kwargs):
            self.env.flush_all()
            return run(rules, *args, **kwargs)

        with patch.object(rule_class, 'run', flushing_run):
            order.order_line.product_uom_qty = 4
        self.assertEqual(order.order_line.qty_to_invoice, 1)

    def test_what_is_sent_to_the_customer_again_is_billed_again(self):
        for policy in ('order', 'delivery'):
            with self.subTest(policy=policy):
                product = self._create_storable(f"Again {policy}", invoice_policy=policy)
                order = self._create_delivered_order(product=product)
                return_order = self._create_received_return(order)
                return_order.credit_note_ids.action_post()
                self._reverse(return_order.picking_ids, quantity=2).button_validate()

                self.assertRecordValues(order.order_line, [{
                    'qty_delivered': 5, 'qty_to_invoice': 2, 'untaxed_amount_to_invoice': 200}])

    def test_what_is_sent_to_the_customer_again_is_not_credited(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(self._create_delivered_order())
        self.assertEqual(return_order.line_ids.qty_to_credit, 2)
        self._reverse(return_order.picking_ids, quantity=2).button_validate()
        self.assertEqual(return_order.line_ids.qty_to_credit, 0)

    def test_what_was_sent_again_hides_no_plain_return(self):
        self.policy.credit_trigger = 'manual'
        product = self._create_storable("Again and back", invoice_policy='delivery')
        order = self._create_delivered_order(product=product)
        return_order = self._create_received_return(order)
        again = self._reverse(return_order.picking_ids, quantity=2)
        again.button_validate()
        self._reverse(again, quantity=1).button_validate()
        self.assertRecordValues(order.order_line, [{'qty_delivered': 4, 'qty_to_invoice': -1}])

    def test_a_credit_note_by_hand_stands_for_the_return_and_no_plain_return(self):
        """Policy on delivery: what core wants back for its own return is still to be invoiced."""
        self.policy.credit_trigger = 'manual'
        product = self._create_storable("By hand", invoice_policy='delivery')
        order = self._create_delivered_order(product=product)
        self._create_received_return(order)
        self._credit_by_hand(order.invoice_ids, quantity=2).action_post()
        delivery = order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'outgoing')
        self._reverse(delivery, quantity=1).button_validate()
        self.assertEqual(order.order_line.qty_to_invoice, -1)

    def test_what_came_back_before_the_invoice_is_not_invoiced(self):
        for policy in ('order', 'delivery'):
            with self.subTest(policy=policy):
                product = self._create_storable(f"Early {policy}", invoice_policy=policy)
                order = self._create_delivered_order(product=product, invoiced=False)
                self._create_received_return(order)
                self.assertRecordValues(order.order_line, [{
                    'qty_to_invoice': 3, 'untaxed_amount_to_invoice': 300, 'amount_to_invoice': 345}])

    def test_a_partly_invoiced_order_bills_and_credits_nothing_more(self):
        """Three of five are invoiced and three are kept: nothing is owed, in either direction."""
        order = self._create_delivered_order(invoiced=False)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 3
        invoice.action_post()

        return_order = self._create_received_return(order)

        self.assertRecordValues(order.order_line, [{'qty_invoiced': 3, **NOTHING_TO_INVOICE}])
        self.assertRecordValues(return_order, [{'state': 'done', 'credit_status': 'no'}])

    def test_automatic_invoicing_bills_only_what_is_kept(self):
        order = self._create_delivered_order(invoiced=False)
        self._create_received_return(order)
        order._force_lines_to_invoice_policy_order()
        self.assertEqual(order.order_line.qty_to_invoice, 3)

    def test_a_plain_core_return_stays_core_s(self):
        product = self._create_storable("Plain", invoice_policy='delivery')
        order = self._create_delivered_order(product=product)
        self._reverse(order.picking_ids, quantity=1).button_validate()
        self.assertEqual(order.order_line.qty_to_invoice, -1)

        self._create_received_return(order)

        self.assertEqual(order.order_line.qty_to_invoice, -1)
