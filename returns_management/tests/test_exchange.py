from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NOTHING_TO_INVOICE, ReturnsExchangeCommon


@tagged('post_install', '-at_install')
class TestExchange(ReturnsExchangeCommon):
    """The customer gets other goods for what comes back."""

    def _check_order(self, order, delivered):
        self.assertEqual(len(order.order_line), 1, "A replacement adds no order line.")
        self.assertRecordValues(order.order_line, [{
            'qty_delivered': delivered, 'qty_invoiced': 5, 'product_uom_qty': 5, **NOTHING_TO_INVOICE}])
        self.assertEqual(order.invoice_status, 'invoiced')
        self.assertEqual((order.amount_total, order.amount_to_invoice), (575, 0))
        with self.assertRaises(UserError):
            order._create_invoices(final=True)

    # === The same product ===

    def test_the_same_again_after_receipt_leaves_the_order_as_it_was(self):
        for order in self._each_kind_of_order():
            return_order = self._create_exchange(order)
            self._check_order(order, delivered=5)
            self.assertFalse(return_order.delivery_ids, "E6: nothing is sent before the goods are here.")

            self._receive(return_order)
            self._check_order(order, delivered=3)
            self.assertEqual(return_order.delivery_ids.move_ids.mapped('product_uom_qty'), [2])

            self._send(return_order)
            self._check_order(order, delivered=5)
            self.assertFalse(return_order.credit_note_ids)

    def test_the_same_again_before_receipt_is_billed_once(self):
        self.policy.exchange_trigger = 'on_approval'
        for order in self._each_kind_of_order():
            return_order = self._create_exchange(order)
            self.assertEqual(return_order.delivery_ids.state, 'assigned', "E6: it exists before the receipt.")
            self._check_order(order, delivered=5)

            self._send(return_order)
            self._check_order(order, delivered=7)

            self._receive(return_order)
            self._check_order(order, delivered=5)
            self.assertEqual(return_order.state, 'done')

    def test_the_tracks_tell_how_far_it_is(self):
        return_order = self._create_exchange(self._create_delivered_order())
        self.assertRecordValues(return_order, [{
            'reception_status': 'pending', 'replacement_status': 'pending', 'credit_status': 'no',
            'payout_status': 'no', 'next_step': 'send', 'state': 'approved', 'amount_expected': 0}])

        self._receive(return_order)
        self.assertRecordValues(return_order, [{
            'reception_status': 'full', 'replacement_status': 'pending', 'credit_status': 'no',
            'next_step': 'ship', 'next_actor': 'warehouse', 'state': 'approved'}])

        self._send(return_order)
        self.assertRecordValues(return_order, [{
            'replacement_status': 'full', 'credit_status': 'no', 'next_step': 'none', 'state': 'done'}])

    def test_by_hand_waits_for_the_button_and_a_second_press_changes_nothing(self):
        self.policy.exchange_trigger = 'manual'
        return_order = self._create_exchange(self._create_delivered_order())
        self._receive(return_order)
        self.assertRecordValues(return_order, [{'next_step': 'ship', 'next_actor': 'returns', 'delivery_count': 0}])
        for _press in range(2):
            return_order.with_user(self.user).action_create_replacements()
            self.assertEqual(return_order.delivery_ids.move_ids.mapped('product_uom_qty'), [2])

    def test_a_part_that_arrives_is_replaced_and_the_rest_later(self):
        return_order = self._create_exchange(self._create_delivered_order(), quantity=5)
        self._receive(return_order, quantity=3)
        self._send(return_order)
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 3, 'qty_replaced': 3, 'qty_to_replace': 0}])
        self.assertEqual(return_order.replacement_status, 'partial')

        self._receive(return_order)
        self._send(return_order)
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 5, 'qty_replaced': 5}])
        self.assertEqual(return_order.state, 'done')

    def test_a_delivery_in_parts_belongs_to_the_return(self):
        return_order = self._create_exchange(self._create_delivered_order())
        self._receive(return_order)
        self._send(return_order, quantity=1)
        self.assertRecordValues(return_order.line_ids, [{'qty_replaced': 1, 'qty_to_deliver': 1, 'qty_to_replace': 0}])
        self._send(return_order)
        self.assertEqual(return_order.state, 'done')

    def test_e2_a_cancelled_replacement_is_owed_again(self):
        return_order = self._create_exchange(self._create_delivered_order())
        self._receive(return_order)
        return_order.delivery_ids.action_cancel()
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'replacement_status': 'pending', 'next_step': 'ship', 'next_actor': 'returns'}])
        return_order.action_create_replacements()
        self._send(return_order)
        self.assertEqual(return_order.state, 'done')

    def test_cancelling_the_return_cancels_the_open_replacement(self):
        self.policy.exchange_trigger = 'on_approval'
        return_order = self._create_exchange(self._create_delivered_order())
        return_order.with_user(self.user).action_cancel()
        self.assertEqual((return_order.delivery_ids + return_order.picking_ids).mapped('state'), ['cancel', 'cancel'])
        self.assertRecordValues(return_order, [{'state': 'cancel', 'replacement_status': 'no'}])

    def test_a_replacement_that_has_left_keeps_the_return(self):
        self.policy.exchange_trigger = 'on_approval'
        return_order = self._create_exchange(self._create_delivered_order())
        self._send(return_order)
        with self.assertRaisesRegex(UserError, "have arrived or left"):
            return_order.action_cancel()

    def test_what_was_sent_in_advance_and_never_came_back_is_billed(self):
        self.policy.exchange_trigger = 'on_approval'
        product = self._create_storable("Kept twice", invoice_policy='delivery')
        order = self._create_delivered_order(product=product)
        return_order = self._create_exchange(order)
        self._send(return_order)
        return_order.picking_ids.action_cancel()
        self.assertRecordValues(order.order_line, [{'qty_delivered': 7, 'qty_to_invoice': 2}])

    def test_closing_the_rest_calls_off_what_has_not_left(self):
        self.policy.exchange_trigger = 'on_approval'
        order = self._create_delivered_order()
        return_order = self._create_exchange(order, quantity=3)
        self._receive(return_order, quantity=1)
        return_order.with_user(self.user).action_close_rest("Only one came")
        self.assertRecordValues(return_order.line_ids, [{'qty_to_deliver': 1, 'qty_to_replace': 0, 'qty_received': 1}])
        self._send(return_order)
        self._check_order(order, delivered=5)
        self.assertEqual(return_order.state, 'done')

    def test_closing_the_rest_leaves_what_has_left_to_be_billed(self):
        self.policy.exchange_trigger = 'on_approval'
        order = self._create_delivered_order()
        return_order = self._create_exchange(order, quantity=3)
        self._send(return_order, quantity=2)
        return_order.action_close_rest("Nothing came")
        self.assertRecordValues(return_order.line_ids, [{'qty_replaced': 2, 'qty_to_deliver': 0, 'qty_to_replace': 0}])

    def test_closing_the_rest_calls_off_every_step_of_a_replacement(self):
        self.policy.exchange_trigger = 'on_approval'
        self.warehouse.delivery_steps = 'pick_ship'
        order = self._create_order()
        for _step in range(2):
            self._validate(order.picking_ids)
        self._invoice(order)
        return_order = self._create_exchange(order, quantity=2)
        self._receive(return_order, quantity=1)
        return_order.action_close_rest("Only one came")
        open_moves = return_order.line_ids.delivery_move_ids.filtered(lambda move: move.state != 'cancel')
        self.assertEqual(set(open_moves.mapped('product_uom_qty')), {1})

    def test_closing_the_rest_sells_less_of_the_other_product(self):
        self.policy.exchange_trigger = 'on_approval'
        small, large = self._create_sizes(invoice_policy='delivery')
        return_order = self._create_exchange(self._create_delivered_order(product=small), quantity=3, product=large)
        self._receive(return_order, quantity=1)
        return_order.with_user(self.user).action_close_rest("Only one came")
        exchange = return_order.exchange_order_ids
        self.assertRecordValues(exchange.order_line, [{'product_uom_qty': 1}])
        self.assertEqual(sum(exchange.picking_ids.move_ids.filtered(
            lambda move: move.state != 'cancel').mapped('product_uom_qty')), 1)
        self.assertRecordValues(return_order.line_ids, [{'qty_to_deliver': 1, 'qty_to_replace': 0}])
        self.assertFalse(return_order.attention_note)

    def test_e4_a_replacement_starts_with_the_pick(self):
        for steps, count in (('pick_ship', 2), ('pick_pack_ship', 3)):
            self.warehouse.delivery_steps = steps
            order = self._create_order()
            for _step in range(count):
                self._validate(order.picking_ids)
            self._invoice(order)
            return_order = self._create_exchange(order)
            self._receive(return_order)
            self.assertEqual(return_order.delivery_ids.picking_type_id, self.warehouse.pick_type_id)

            for step in range(1, count):
                self._send(return_order)
                self.assertEqual(return_order.delivery_count, step + 1)
                self.assertRecordValues(return_order.line_ids, [{
                    'qty_replaced': 0, 'qty_to_deliver': 2, 'qty_to_replace': 0}])
                self._check_order(order, delivered=3)

            self._send(return_order)
            self._check_order(order, delivered=5)
            self.assertRecordValues(return_order, [{'state': 'done', 'delivery_count': count}])

    def test_e5_a_replacement_goes_by_the_ordinary_delivery_type_to_the_customer(self):
        return_order = self._create_exchange(self._create_delivered_order())
        self._receive(return_order)
        self.assertRecordValues(return_order.delivery_ids, [{
            'picking_type_id': self.warehouse.out_type_id.id, 'partner_id': self.customer.id,
            'origin': return_order.name}])

    def test_raising_the_order_after_an_exchange_ships_and_bills_the_raise_only(self):
        for policy in ('order', 'delivery'):
            with self.subTest(policy=policy):
                product = self._create_storable(f"Raised {policy}", invoice_policy=policy)
                order = self._create_delivered_order(product=product)
                return_order = self._create_exchange(order)
                self._receive(return_order)
                self._send(return_order)
                order.order_line.product_uom_qty = 6
                self.assertEqual(sum(self._deliver(order).move_ids.mapped('quantity')), 1)
                self.assertEqual(order.order_line.qty_to_invoice, 1)

    def test_what_was_exchanged_can_come_back_again_but_not_more_than_the_customer_has(self):
        order = self._create_delivered_order()
        return_order = self._create_exchange(order, quantity=5)
        self._receive(return_order)
        with self.assertRaisesRegex(UserError, "cannot be overruled|More would come back"):
            self._create_confirmed_return(order, quantity=1)
        self._send(return_order)
        second = self._create_received_return(order, quantity=5)
        second.credit_note_ids.action_post()
        self.assertEqual(second.credit_note_ids.amount_total, 575)

    def test_many_exchanges_are_one_batch(self):
        returns = self.env['returns.order'].union(*(
            self._create_exchange(self._create_delivered_order()) for _ in range(3)))
        pickings = returns.picking_ids
        pickings.move_ids.write({'quantity': 2, 'picked': True})
        pickings.button_validate()
        self.assertEqual(returns.mapped('delivery_count'), [1, 1, 1])

    # === Another product ===

    def test_another_size_costs_what_was_paid_and_settles_itself(self):
        medium, large = self._create_sizes()
        order = self._create_delivered_order(product=medium)
        self.policy.credit_note_posting = 'posted'
        return_order = self._create_exchange(order, product=large)
        self._receive(return_order)

        exchange = return_order.exchange_order_ids
        self.assertRecordValues(exchange, [{'state': 'sale', 'partner_id': self.customer.id, 'amount_total': 230}])
        self.assertEqual(return_order.credit_note_ids.amount_total, 230)
        self.assertRecordValues(exchange.order_line, [{'product_id': large.id, 'price_unit': 100}])
        self._send(return_order)
        self.assertRecordValues(return_order.line_ids, [{'qty_replaced': 2, 'qty_credited': 2}])
        self.assertEqual(exchange.order_line.qty_delivered, 2)

    def test_e12_the_difference_of_a_dearer_product_is_settled_once(self):
        order = self._create_delivered_order()
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=order.invoice_ids.ids).create({})._create_payments()
        dearer = self._create_storable("Boot", list_price=150)
        return_order = self._create_exchange(order, product=dearer)
        self._receive(return_order)
        self._send(return_order)
        exchange = return_order.exchange_order_ids
        self.assertEqual((exchange.amount_total, exchange.invoice_ids.amount_total), (345, 345))

        return_order.credit_note_ids.action_post()
        exchange.invoice_ids.action_post()

        self.assertEqual(exchange.invoice_ids.amount_residual, 115)
        self.assertRecordValues(return_order, [{
            'credit_status': 'full', 'payout_status': 'full', 'replacement_status': 'full', 'state': 'done'}])
        for step in (return_order.action_create_replacements, return_order.action_create_credit_notes):
            step()
        self.assertEqual((return_order.exchange_order_count, return_order.credit_note_count), (1, 1))
        self.assertEqual(len(exchange.invoice_ids), 1)

    def test_e12_the_rest_of_a_cheaper_product_is_to_be_paid_back(self):
        order = self._create_delivered_order()
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=order.invoice_ids.ids).create({})._create_payments()
        cheaper = self._create_storable("Sandal", list_price=60)
        return_order = self._create_exchange(order, product=cheaper)
        self._receive(return_order)
        return_order.exchange_order_ids.invoice_ids.action_post()
        return_order.credit_note_ids.action_post()
        self.assertEqual(return_order.exchange_order_ids.invoice_ids.amount_residual, 0)
        self.assertEqual(return_order.credit_note_ids.amount_residual, 92)

    def test_the_orders_of_an_exchange_know_each_other(self):
        order = self._create_delivered_order()
        return_order = self._create_exchange(order, product=self._create_storable("Boot"))
        self._receive(return_order)
        self.assertEqual(order.returns_exchange_order_ids, return_order.exchange_order_ids)
        self.assertEqual(return_order.exchange_order_ids.returns_exchange_for_id, return_order)

    def test_a_cancelled_exchange_order_is_owed_again(self):
        return_order = self._create_exchange(self._create_delivered_order(), product=self._create_storable("Boot"))
        self._receive(return_order)
        return_order.exchange_order_ids._action_cancel()
        self.assertRecordValues(return_order.line_ids, [{'qty_to_replace': 2, 'qty_to_deliver': 0}])

    def test_cancelling_the_return_cancels_the_exchange_order(self):
        self.policy.exchange_trigger = 'on_approval'
        return_order = self._create_exchange(self._create_delivered_order(), product=self._create_storable("Boot"))
        self.assertEqual(return_order.exchange_order_ids.state, 'sale')
        return_order.with_user(self.user).action_cancel()
        self.assertEqual(return_order.exchange_order_ids.state, 'cancel')

    def test_a_clerk_exchanges_without_rights_on_sales_and_stock(self):
        order = self._create_delivered_order()
        boot = self._create_storable("Boot")
        return_order = self._create_return(order).with_user(self.user)
        return_order.line_ids.write({'resolution_id': self.exchange.id, 'exchange_product_id': boot.id})
        return_order.action_confirm()
        picking = return_order.picking_ids.with_user(self.stock_user)
        picking.move_ids.write({'quantity': 2, 'picked': True})
        picking.button_validate()
        self.assertRecordValues(return_order, [{
            'exchange_order_count': 1, 'delivery_count': 1, 'credit_note_count': 1, 'attention_note': False}])

    def test_a_service_is_no_exchange(self):
        service = self.env['product.product'].create({'name': "Advice", 'type': 'service'})
        return_order = self._create_return(self._create_delivered_order())
        with self.assertRaisesRegex(UserError, "cannot be sent"):
            return_order.line_ids.exchange_product_id = service

    def test_the_same_template_is_proposed_first(self):
        medium, large = self._create_sizes()
        found = self.env['product.product'].with_context(returns_exchanged_product_id=medium.id).name_search('')
        self.assertEqual([product_id for product_id, _name in found][:1], [large.id])
