from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NOTHING_TO_INVOICE, ReturnsCommon


@tagged('post_install', '-at_install')
class TestResolutions(ReturnsCommon):
    """What the customer gets when nothing comes back, and when we do not take what came."""

    def _create_decided(self, order, action, quantity=2, **values):
        """An approved return of `quantity` of `order`, with the resolution of `action`."""
        return_order = self._create_return(order, quantity)
        return_order.line_ids.write({
            'resolution_id': self.env.ref(f'returns_management.returns_resolution_{action}').id, **values})
        return_order.action_confirm()
        return return_order

    def _check_order(self, order, invoiced):
        self.assertRecordValues(order.order_line, [{
            'qty_delivered': 5, 'qty_invoiced': invoiced, **NOTHING_TO_INVOICE}])
        self.assertEqual((order.invoice_status, order.amount_to_invoice), ('invoiced', 0))
        with self.assertRaises(UserError):
            order._create_invoices(final=True)

    def _get_cost_lines(self, credit_note):
        return credit_note.line_ids.filtered(lambda line: line.display_type == 'cogs')

    # === Keep ===

    def test_what_is_kept_is_credited_at_approval_without_a_receipt(self):
        for order in self._each_kind_of_order():
            return_order = self._create_decided(order, 'keep')
            self.assertFalse(return_order.picking_ids)
            self.assertRecordValues(return_order.line_ids, [{'qty_to_receive': 0, 'qty_in_draft_credit': 2}])
            credit_note = return_order.credit_note_ids
            self.assertEqual(credit_note.amount_total, 230)
            self._check_order(order, invoiced=3)
            for step in ('action_post', 'button_draft', 'action_post'):
                getattr(credit_note, step)()
                with self.subTest(step=step):
                    self._check_order(order, invoiced=3)

    def test_the_tracks_of_what_is_kept(self):
        return_order = self._create_decided(self._create_delivered_order(), 'keep')
        self.assertRecordValues(return_order, [{
            'reception_status': 'no', 'replacement_status': 'no', 'credit_status': 'pending', 'next_step': 'credit',
            'next_actor': 'accounting'}])
        return_order.credit_note_ids.action_post()
        self.assertRecordValues(return_order, [{'credit_status': 'full', 'payout_status': 'full', 'state': 'done'}])
        return_order.credit_note_ids.button_draft()
        self.assertRecordValues(return_order, [{'credit_status': 'pending', 'state': 'approved'}])

    def test_what_is_kept_moves_no_cost(self):
        credit_note = self._create_decided(self._create_delivered_order(), 'keep').credit_note_ids
        credit_note.action_post()
        self.assertFalse(self._get_cost_lines(credit_note))

    def test_by_hand_credits_what_is_kept_once(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_decided(self._create_delivered_order(), 'keep')
        self.assertRecordValues(return_order, [{'next_step': 'credit', 'next_actor': 'returns'}])
        for _press in range(2):
            return_order.with_user(self.user).action_create_credit_notes()
            self.assertEqual(return_order.credit_note_ids.amount_total, 230)

    def test_what_is_kept_cannot_be_returned_later(self):
        for trigger in ('on_receipt', 'manual'):
            with self.subTest(trigger=trigger):
                self.policy.credit_trigger = trigger
                order = self._create_delivered_order(product=self._create_storable(f"Kept {trigger}"))
                self._create_decided(order, 'keep')
                with self.assertRaisesRegex(UserError, "More would come back|cannot be overruled"):
                    self._create_confirmed_return(order, quantity=4)

    def test_what_is_kept_and_what_comes_back_share_a_credit_note(self):
        order = self._create_delivered_order()
        self.policy.credit_trigger = 'manual'
        return_order = self._create_return(order, quantity=1)
        return_order.line_ids.copy({'order_id': return_order.id, 'resolution_id': self.env.ref(
            'returns_management.returns_resolution_keep').id})
        return_order.action_confirm()
        self._receive(return_order)
        return_order.action_create_credit_notes()
        return_order.credit_note_ids.action_post()
        self.assertEqual(return_order.credit_note_ids.amount_total, 230)
        self.assertRecordValues(order.order_line, [{'qty_delivered': 4, 'qty_invoiced': 3, **NOTHING_TO_INVOICE}])
        self.assertEqual(return_order.reception_status, 'full')

    def test_cancelling_before_the_credit_gives_the_unit_back(self):
        self.policy.credit_trigger = 'manual'
        order = self._create_delivered_order()
        return_order = self._create_decided(order, 'keep', quantity=5)
        return_order.action_cancel()
        self.assertEqual(return_order.line_ids.qty_to_credit, 0)
        self.assertTrue(self._create_confirmed_return(order, quantity=5).picking_ids)

    # === A lower price ===

    def test_a_lower_price_touches_neither_quantity_nor_cost(self):
        for order in self._each_kind_of_order():
            return_order = self._create_decided(order, 'reduce', reduction_percent=10)
            credit_note = return_order.credit_note_ids
            self.assertEqual((credit_note.amount_untaxed, credit_note.amount_total), (20, 23))
            self.assertEqual(return_order.amount_expected, 23)
            credit_note.action_post()
            self._check_order(order, invoiced=5)
            self.assertFalse(self._get_cost_lines(credit_note))
            self.assertRecordValues(return_order, [{
                'reception_status': 'no', 'credit_status': 'full', 'state': 'done'}])

    def test_a_lower_price_by_amount_includes_taxes(self):
        credit_note = self._create_decided(
            self._create_delivered_order(), 'reduce', reduction_amount=34.5).credit_note_ids
        self.assertEqual((credit_note.amount_untaxed, credit_note.amount_total), (30, 34.5))

    def test_after_a_lower_price_all_can_come_back_for_the_rest_of_the_price(self):
        order = self._create_delivered_order(quantity=1)
        self._create_decided(order, 'reduce', quantity=1, reduction_percent=30).credit_note_ids.action_post()
        return_order = self._create_received_return(order, quantity=1)
        return_order.credit_note_ids.action_post()
        self.assertEqual(return_order.credit_note_ids.amount_untaxed, 70)
        self.assertRecordValues(order.order_line, [{
            'qty_invoiced': 0, 'qty_to_invoice': 0, 'untaxed_amount_to_invoice': 0}])
        self.assertRecordValues(return_order, [{'state': 'done', 'credit_status': 'full'}])

    def test_no_price_is_lowered_by_more_than_is_left(self):
        self.policy.credit_trigger = 'manual'
        order = self._create_delivered_order(quantity=1)
        first = self._create_decided(order, 'reduce', quantity=1, reduction_percent=70)
        first.action_create_credit_notes()
        second = self._create_decided(order, 'reduce', quantity=1, reduction_percent=40)
        with self.assertRaisesRegex(UserError, r"lowered by that much: only \$.30\.00 of"):
            second.action_create_credit_notes()

    def test_a_lower_price_says_by_how_much(self):
        for values, message in (({}, "By how much"), ({'reduction_amount': 500}, "more than was paid")):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self._create_decided(self._create_delivered_order(), 'reduce', **values)

    # === Refused, sent back ===

    def _refuse(self, return_order, quantity, note="Worn", user=None, **values):
        wizard = self.env['returns.refuse.goods'].with_user(user or self.user).with_context(
            default_order_id=return_order.id).create(values)
        wizard.line_ids.write({'quantity': quantity, 'note': note})
        wizard.action_refuse_goods()

    def _receive_uncredited(self, order, quantity=2):
        self.policy.credit_trigger = 'manual'
        return self._create_received_return(order, quantity)

    def _send(self, return_order):
        pickings = return_order.delivery_ids.filtered(lambda picking: picking.state not in ('done', 'cancel'))
        pickings.move_ids.picked = True
        pickings.button_validate()

    def test_refused_goods_go_back_and_the_rest_is_credited(self):
        for order in self._each_kind_of_order():
            return_order = self._receive_uncredited(order)
            self._refuse(return_order, 1)
            self.assertRecordValues(return_order.line_ids, [{
                'qty_refused': 1, 'qty_accepted': 1, 'qty_to_credit': 1, 'qty_to_deliver': 1,
                'goods_refusal_note': "Worn"}])
            self.assertRecordValues(return_order.delivery_ids, [{
                'partner_id': self.customer.id, 'origin': return_order.name, 'state': 'assigned',
                'picking_type_id': self.warehouse.out_type_id.id}])
            return_order.action_create_credit_notes()
            return_order.credit_note_ids.action_post()
            self._send(return_order)
            self.assertEqual(len(order.order_line), 1)
            self.assertRecordValues(order.order_line, [{'qty_delivered': 4, 'qty_invoiced': 4, **NOTHING_TO_INVOICE}])
            self.assertRecordValues(return_order, [{
                'state': 'done', 'replacement_status': 'full', 'credit_status': 'full'}])

    def test_e1_e8_all_of_it_sent_back_leaves_the_order_as_it_was(self):
        for order in self._each_kind_of_order():
            return_order = self._create_decided(order, 'send_back')
            self._receive(return_order)
            self.assertRecordValues(return_order, [{'credit_status': 'no', 'next_step': 'ship'}])
            self._send(return_order)
            self._check_order(order, invoiced=5)
            self.assertEqual(len(order.order_line), 1)
            self.assertRecordValues(return_order, [{'state': 'done', 'credit_status': 'no'}])
            order_lines_before = order.order_line
            order.sudo().action_unlock()
            order.order_line.product_uom_qty = 6
            self.assertEqual(sum(self._deliver(order).move_ids.mapped('quantity')), 1)
            self.assertEqual(order.order_line, order_lines_before)

    def test_refused_goods_may_wait(self):
        return_order = self._receive_uncredited(self._create_delivered_order())
        self._refuse(return_order, 2, send_back=False)
        self.assertRecordValues(return_order, [{
            'delivery_count': 0, 'next_step': 'ship', 'next_actor': 'returns', 'credit_status': 'no'}])
        for _press in range(2):
            return_order.with_user(self.user).action_create_replacements()
            self.assertEqual(return_order.delivery_ids.move_ids.mapped('product_uom_qty'), [2])

    # === Goods that arrived before the approval wait in the returns location ===

    def _receive_before_approval(self, order, quantity=2, **values):
        self.policy.auto_approve = False
        return_order = self._create_return(order, quantity)
        return_order.line_ids.write(values)
        return_order.action_submit()
        self.env['returns.dock'].receive(self.warehouse.id, return_order.id)
        self.env.invalidate_all()
        return return_order

    def _get_on_hand(self):
        self.env.invalidate_all()
        waiting = self.env['stock.quant'].search([('location_id', '=', self.warehouse.returns_location_id.id)])
        return self.product.qty_available, sum(waiting.mapped('quantity'))

    def test_what_is_to_go_back_is_sent_from_the_returns_location(self):
        order = self._create_delivered_order()
        resolution = self.env.ref('returns_management.returns_resolution_send_back')
        return_order = self._receive_before_approval(order, resolution_id=resolution.id)
        self.assertEqual(self._get_on_hand(), (95, 2))
        return_order.action_approve()
        self.assertEqual(return_order.picking_ids.mapped('picking_type_code'), ['incoming'], "Nothing is released.")
        self.assertRecordValues(return_order.delivery_ids.move_ids, [{
            'location_id': self.warehouse.returns_location_id.id, 'product_uom_qty': 2, 'state': 'assigned'}])
        self._send(return_order)
        self.assertEqual(self._get_on_hand(), (95, 0))
        self.assertRecordValues(order.order_line, [{'qty_delivered': 5, 'qty_invoiced': 5, **NOTHING_TO_INVOICE}])
        self.assertRecordValues(return_order, [{'state': 'done', 'credit_status': 'no', 'replacement_status': 'full'}])

    def test_what_is_not_approved_is_sent_from_the_returns_location_the_rest_released(self):
        order = self._create_delivered_order()
        return_order = self._receive_before_approval(order, quantity=3)
        return_order.line_ids.qty_approved = 2
        return_order.action_approve()
        release = return_order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'internal')
        self.assertRecordValues(release.move_ids, [{'product_uom_qty': 2, 'state': 'assigned'}])
        self.assertRecordValues(return_order.delivery_ids.move_ids, [{
            'location_id': self.warehouse.returns_location_id.id, 'product_uom_qty': 1, 'state': 'assigned'}])
        release.button_validate()
        self._send(return_order)
        self.assertEqual(self._get_on_hand(), (97, 0))

    def test_what_is_refused_before_its_release_is_not_released(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._receive_before_approval(self._create_delivered_order(), quantity=3)
        return_order.action_approve()
        self._refuse(return_order, 1)
        release = return_order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'internal')
        self.assertRecordValues(release.move_ids, [{'product_uom_qty': 2, 'state': 'assigned'}])
        release.button_validate()
        self._send(return_order)
        self.assertEqual(self._get_on_hand(), (97, 0))

    def test_what_is_refused_after_its_release_is_sent_from_the_stock(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._receive_before_approval(self._create_delivered_order(), quantity=3)
        return_order.action_approve()
        return_order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'internal').button_validate()
        self._refuse(return_order, 1)
        self.assertEqual(return_order.delivery_ids.move_ids.location_id, self.warehouse.lot_stock_id)
        self._send(return_order)
        self.assertEqual(self._get_on_hand(), (97, 0))

    def test_refusing_needs_a_text_and_goods(self):
        return_order = self._receive_uncredited(self._create_delivered_order())
        for quantity, note, message in ((1, " ", "Say why"), (3, "Worn", "was received"), (-1, "Worn", "was received")):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self._refuse(return_order, quantity, note)

    def test_nobody_writes_the_refused_quantity(self):
        return_order = self._receive_uncredited(self._create_delivered_order())
        with self.assertRaises(UserError):
            return_order.line_ids.with_user(self.user).qty_refused = 1

    def test_what_was_sent_back_can_be_returned_again(self):
        order = self._create_delivered_order()
        return_order = self._create_decided(order, 'send_back', quantity=5)
        self._receive(return_order)
        self._send(return_order)
        second = self._create_received_return(order, quantity=5)
        self.assertEqual(second.line_ids.qty_received, 5)

    def test_an_exchange_is_worth_what_the_goods_are_for_the_limit(self):
        self.policy.auto_approve_limit = 200
        return_order = self._create_return(self._create_delivered_order())
        return_order.line_ids.resolution_id = self.env.ref('returns_management.returns_resolution_exchange')
        return_order.action_submit()
        self.assertEqual(return_order.state, 'requested')
