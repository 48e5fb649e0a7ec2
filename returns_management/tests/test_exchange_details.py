from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ReturnsExchangeCommon


@tagged('post_install', '-at_install')
class TestExchangeDetails(ReturnsExchangeCommon):
    """What an exchange says, where it goes, and what it leaves alone."""

    def _exchange_received(self, order, product=None, **values):
        return_order = self._create_exchange(order, product=product, **values)
        self._receive(return_order)
        return return_order

    # === The same product ===

    def test_a_replacement_keeps_apart_from_what_is_still_to_be_delivered(self):
        order = self._create_order()
        self._deliver(order, quantity=3)
        return_order = self._exchange_received(order, quantity=1)
        self.assertEqual(return_order.delivery_ids.move_ids.mapped('product_uom_qty'), [1])
        open_delivery = order.picking_ids.filtered(lambda picking: picking.state == 'assigned') - (
            return_order.delivery_ids)
        self.assertEqual(open_delivery.move_ids.mapped('product_uom_qty'), [2])

    def test_a_dozen_is_exchanged_for_a_dozen(self):
        return_order = self._create_return(self._create_delivered_order(quantity=24), quantity=1)
        return_order.line_ids.write({
            'product_uom_id': self.env.ref('uom.product_uom_dozen').id, 'resolution_id': self.exchange.id})
        return_order.action_confirm()
        self._receive(return_order)
        self.assertEqual(return_order.delivery_ids.move_ids.product_qty, 12)
        self._send(return_order)
        self.assertRecordValues(return_order.line_ids, [{'qty_replaced': 1, 'qty_to_replace': 0}])

    def test_goods_go_to_the_address_that_the_parcel_came_from(self):
        elsewhere = self.env['res.partner'].create({
            'name': "Holiday home", 'type': 'other', 'parent_id': self.customer.id})
        for product in (None, self._create_storable("Boot")):
            with self.subTest(product=product):
                return_order = self._exchange_received(
                    self._create_delivered_order(), product=product, partner_shipping_id=elsewhere.id)
                self.assertEqual(return_order.delivery_ids.partner_id, elsewhere)

    def test_else_goods_go_where_they_went_the_first_time(self):
        office = self.env['res.partner'].create({'name': "Office", 'type': 'delivery', 'parent_id': self.customer.id})
        for product in (None, self._create_storable("Boot")):
            with self.subTest(product=product):
                return_order = self._exchange_received(
                    self._create_delivered_order(partner_shipping_id=office.id), product=product)
                self.assertEqual(return_order.delivery_ids.partner_id, office)

    def test_each_order_is_exchanged_by_an_order_of_its_own(self):
        orders = [self._create_delivered_order(client_order_ref=ref) for ref in ("PO-1", "PO-2")]
        return_order = self._create_return(orders[0] + orders[1], partner_id=self.customer.id)
        return_order.line_ids.write({
            'resolution_id': self.exchange.id, 'exchange_product_id': self._create_storable("Boot").id})
        return_order.action_confirm()
        self._receive(return_order)
        exchanges = return_order.exchange_order_ids.sorted('client_order_ref')
        self.assertRecordValues(exchanges, [{'client_order_ref': "PO-1"}, {'client_order_ref': "PO-2"}])
        self.assertEqual(exchanges.mapped('order_line.product_uom_qty'), [2, 2])

    def test_each_order_is_replaced_by_a_delivery_of_its_own(self):
        first, second = self._create_delivered_order(), self._create_delivered_order()
        return_order = self._create_return(first)
        self._create_return(second).line_ids.order_id = return_order
        return_order.line_ids.resolution_id = self.exchange
        return_order.action_confirm()
        self._receive(return_order)
        self.assertEqual(return_order.delivery_count, 2)
        self.assertEqual(return_order.delivery_ids.sale_id, first + second)

    def test_an_exchange_by_hand_and_the_outcome_are_said_in_one_text(self):
        boot = self._create_storable("Boot")
        line = self._create_return(self._create_delivered_order()).line_ids
        for values, text in (
            ({'resolution_id': self.exchange.id}, "Exchange: Test Shoe"),
            ({'exchange_product_id': boot.id}, "Exchange: Boot"),
            ({'resolution_id': self.env.ref('returns_management.returns_resolution_reduce').id,
              'reduction_percent': 12.5}, "Lower price, keeps the goods: 12.5 %"),
            ({'reduction_amount': 20}, "Lower price, keeps the goods: $ 20.00"),
        ):
            line.write(values)
            self.assertEqual(line.outcome.replace('\N{NO-BREAK SPACE}', ' '), text)

    # === Another product ===

    def test_another_size_keeps_the_discount_in_its_own_unit(self):
        medium, large = self._create_sizes()
        order = self._create_delivered_order(order_line=[Command.create({
            'product_id': medium.id, 'product_uom_qty': 2, 'price_unit': 1200, 'discount': 25,
            'product_uom_id': self.env.ref('uom.product_uom_dozen').id})])
        return_order = self._create_return(order, quantity=1)
        return_order.line_ids.write({
            'product_uom_id': medium.uom_id.id, 'product_uom_qty': 3,
            'resolution_id': self.exchange.id, 'exchange_product_id': large.id})
        return_order.action_confirm()
        self._receive(return_order)
        self.assertRecordValues(return_order.exchange_order_ids.order_line, [{
            'product_uom_id': large.uom_id.id, 'product_uom_qty': 3, 'price_unit': 100, 'discount': 25}])

    def test_an_exchange_order_says_what_the_first_one_said(self):
        pricelist = self.env['product.pricelist'].create({'name': "Euro", 'currency_id': self.env.ref('base.EUR').id})
        pricelist.currency_id.active = True
        position = self.env['account.fiscal.position'].create({'name': "Abroad"})
        term = self.env.ref('account.account_payment_term_30days')
        order = self._create_delivered_order(
            pricelist_id=pricelist.id, fiscal_position_id=position.id, payment_term_id=term.id,
            client_order_ref="PO-1")
        exchange = self._exchange_received(order, product=self._create_storable("Boot")).exchange_order_ids
        self.assertRecordValues(exchange, [{
            'currency_id': pricelist.currency_id.id, 'fiscal_position_id': position.id,
            'payment_term_id': term.id, 'client_order_ref': "PO-1", 'warehouse_id': order.warehouse_id.id}])
        self.assertIn(order.name, exchange.origin)

    def test_a_posted_exchange_of_the_same_price_leaves_nothing_to_pay(self):
        self.policy.credit_note_posting = 'posted'
        medium, large = self._create_sizes()
        order = self._create_delivered_order(product=medium)
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=order.invoice_ids.ids).create({})._create_payments()
        return_order = self._exchange_received(order, product=large)
        documents = return_order.credit_note_ids + return_order.exchange_order_ids.invoice_ids
        self.assertEqual(documents.mapped('state'), ['posted'] * 2)
        self.assertEqual(documents.mapped('amount_residual'), [0, 0])

    def test_what_was_got_in_exchange_may_come_back_without_opening_the_first_return(self):
        boot = self._create_storable("Boot")
        return_order = self._exchange_received(self._create_delivered_order(), product=boot)
        self._send(return_order)
        (return_order.credit_note_ids + return_order.exchange_order_ids.invoice_ids).action_post()
        before = return_order.state
        self._create_received_return(return_order.exchange_order_ids, quantity=2)
        self.assertRecordValues(return_order.line_ids, [{'qty_replaced': 2, 'qty_to_replace': 0}])
        self.assertEqual((return_order.state, return_order.replacement_status), (before, 'full'))

    def test_b15_what_was_got_in_exchange_comes_back_by_a_new_return_like_the_first(self):
        elsewhere = self.env['res.partner'].create({
            'name': "Holiday home", 'type': 'other', 'parent_id': self.customer.id})
        order = self._create_delivered_order()
        first = self._exchange_received(order, partner_shipping_id=elsewhere.id, quantity=5)
        again = first.copy()
        self.assertRecordValues(again, [{
            'partner_id': self.customer.id, 'partner_shipping_id': elsewhere.id, 'state': 'draft'}])
        self.assertRecordValues(again.line_ids, [{
            'resolution_id': self.exchange.id, 'sale_line_id': order.order_line.id}])
        with self.assertRaisesRegex(UserError, "More would come back|overruled"):
            first.copy().action_confirm()
        self._send(first)
        again.action_confirm()
        self.assertEqual(again.state, 'approved', "Once it is delivered, it can come back.")
        self.assertLessEqual(first + again, order.returns_order_ids)

    def test_a_locked_exchange_order_is_lowered_when_the_rest_is_closed(self):
        self.policy.exchange_trigger = 'on_approval'
        boot = self._create_storable("Boot", invoice_policy='delivery')
        return_order = self._create_exchange(self._create_delivered_order(), product=boot)
        return_order.exchange_order_ids.action_lock()
        self._receive(return_order, quantity=1)
        return_order.with_user(self.user).action_close_rest("Only one came")
        self.assertRecordValues(return_order.exchange_order_ids.order_line, [{'product_uom_qty': 1}])
        self.assertEqual(return_order.line_ids.qty_to_deliver, 1)

    def test_cancelling_cancels_a_locked_exchange_order(self):
        self.policy.exchange_trigger = 'on_approval'
        return_order = self._create_exchange(self._create_delivered_order(), product=self._create_storable("Boot"))
        return_order.exchange_order_ids.action_lock()
        return_order.with_user(self.user).action_cancel()
        self.assertEqual(return_order.exchange_order_ids.state, 'cancel')
        self.assertEqual(return_order.delivery_ids.state, 'cancel')
