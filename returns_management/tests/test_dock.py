import base64

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestDock(ReturnsCommon):
    """Parcels are received at the dock, whatever is in them, by somebody with stock rights alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dock = cls.env['returns.dock'].with_user(cls.stock_user)
        cls.order = cls._create_delivered_order(client_order_ref="PO-4711")
        with file_open('returns_management/static/description/icon.png', 'rb') as icon:
            cls.photo = {'name': "box.png", 'data': base64.b64encode(icon.read()).decode()}

    def _scan(self, code, **kwargs):
        return self.dock.scan(self.warehouse.id, code, **kwargs)

    def _receive_at_dock(self, return_order, quantity=None, **kwargs):
        quantities = None if quantity is None else {str(line.id): quantity for line in return_order.line_ids}
        result = self.dock.receive(self.warehouse.id, return_order.id, quantities, **kwargs)
        self.env.invalidate_all()
        return result

    def _receive_without_number(self, quantity):
        """The return of a parcel with `quantity` of the order that nobody had announced."""
        move = self.order.order_line._get_returns_delivered_moves()
        result = self.dock.receive_delivered(self.warehouse.id, self.order.id, {move.id: quantity})
        self.env.invalidate_all()
        return self.env['returns.order'].browse(result['order_id'])

    def _get_held_quants(self):
        return self.env['stock.quant'].search([('location_id', '=', self.warehouse.returns_location_id.id)])

    def _create_serials(self, names, quantity=1):
        product = self.env['product.product'].create({
            'name': "Watch", 'is_storable': True, 'tracking': 'serial' if quantity == 1 else 'lot',
            'categ_id': self.category.id, 'list_price': 100, 'standard_price': 60,
            'taxes_id': [Command.set(self.tax.ids)],
        })
        serials = self.env['stock.lot'].create([{'name': name, 'product_id': product.id} for name in names])
        for serial in serials:
            self.env['stock.quant']._update_available_quantity(
                product, self.warehouse.lot_stock_id, quantity, lot_id=serial)
        return product, serials

    # === One scan, one tap ===

    def test_a_complete_parcel_is_one_scan_and_one_tap(self):
        return_order = self._create_confirmed_return(self.order)

        card = self._scan(return_order.barcode)
        self.assertEqual((card['kind'], card['id'], card['lines'][0]['expected']), ('return', return_order.id, 2))
        result = self._receive_at_dock(return_order)

        self.assertEqual(return_order.reception_status, 'full')
        self.assertRecordValues(return_order.picking_ids, [{
            'state': 'done', 'location_dest_id': self.warehouse.lot_stock_id.id, 'create_uid': self.env.uid}])
        self.assertTrue(return_order.credit_note_ids)
        self.assertEqual(result['done_today'], 1)

    def test_anything_on_the_parcel_finds_the_return(self):
        self.product.barcode = '4006381333931'
        return_order = self._create_confirmed_return(self.order)
        return_order.tracking_ref = "1Z999"
        delivery = self.order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'outgoing')
        codes = [
            return_order.name, return_order.barcode, return_order.barcode.lower(), " 1Z999 ", self.order.name,
            "po-4711", delivery.name, return_order.picking_ids.name, self.order.invoice_ids.name, '4006381333931',
        ]
        for code in codes:
            with self.subTest(code):
                self.assertEqual(self._scan(code).get('id'), return_order.id)

    def test_the_tracking_of_the_delivery_finds_the_return_where_carriers_are_installed(self):
        if 'carrier_tracking_ref' not in self.env['stock.picking']._fields:
            self.skipTest("stock_delivery is not installed")
        return_order = self._create_confirmed_return(self.order)
        self.order.picking_ids[0].carrier_tracking_ref = "OUT-1"
        self.assertEqual(self._scan("OUT-1")['id'], return_order.id)

    def test_several_candidates_are_offered_to_choose_from(self):
        returns = [self._create_confirmed_return(self.order, quantity=1) for _ in range(2)]
        answer = self._scan(self.order.name)
        self.assertEqual(answer['kind'], 'choose')
        self.assertEqual(
            {candidate['id'] for candidate in answer['candidates'] if candidate['model'] == 'returns.order'},
            {return_order.id for return_order in returns})
        card = self.dock.open(self.warehouse.id, 'returns.order', returns[0].id)
        self.assertEqual(card['title'], returns[0].name)

    def test_a_customer_without_number_is_found_by_name_or_mail(self):
        self.customer.email = "jane@example.com"
        for text in ("test cust", "jane@exam"):
            candidates = self._scan(text)['candidates']
            self.assertIn(('sale.order', self.order.id), [(found['model'], found['id']) for found in candidates])

    def test_what_nobody_knows_is_unknown(self):
        self.assertEqual(self._scan("XYZ-UNKNOWN")['kind'], 'unknown')
        self.assertEqual(self._scan("  ")['kind'], 'unknown')

    # === More, less, something else ===

    def test_a_part_leaves_the_rest_expected(self):
        return_order = self._create_confirmed_return(self.order, quantity=3)
        self._receive_at_dock(return_order, 1)
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 1, 'qty_to_receive': 2}])
        self.assertEqual(return_order.picking_ids.mapped('returns_order_id'), return_order)
        self._receive_at_dock(return_order)
        self.assertEqual(return_order.reception_status, 'full')

    def test_one_line_received_leaves_the_others_alone(self):
        other = self._create_storable("Sock")
        order = self._create_delivered_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 5, 'price_unit': 100})
            for product in (self.product, other)])
        return_order = self._create_confirmed_return(order)
        self.dock.receive(self.warehouse.id, return_order.id, {return_order.line_ids[1].id: 2})
        self.env.invalidate_all()
        self.assertRecordValues(return_order.line_ids, [
            {'qty_received': 0, 'qty_to_receive': 2}, {'qty_received': 2, 'qty_to_receive': 0}])

    def test_more_than_announced_but_delivered_is_taken(self):
        return_order = self._create_confirmed_return(self.order)
        self._receive_at_dock(return_order, 4)
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 4, 'qty_to_receive': 0}])
        self.assertFalse(return_order.parcel_note)
        self.assertFalse(self._get_held_quants())

    def test_more_after_all_was_received_is_taken(self):
        return_order = self._create_received_return(self.order)
        self._receive_at_dock(return_order, 1)
        self.assertEqual(return_order.line_ids.qty_received, 3)

    def test_more_than_was_delivered_is_held(self):
        return_order = self._create_confirmed_return(self.order)
        result = self._receive_at_dock(return_order, 7)
        self.assertEqual(return_order.line_ids.qty_received, 5)
        self.assertRecordValues(self._get_held_quants(), [{
            'product_id': self.product.id, 'quantity': 2, 'owner_id': self.customer.id, 'value': 0}])
        self.assertEqual(len(result['problems']), 1)
        self.assertRecordValues(self.order.order_line, [{'qty_delivered': 0}])

    def test_what_another_return_claims_is_held(self):
        return_order = self._create_confirmed_return(self.order, quantity=2)
        other = self._create_confirmed_return(self.order, quantity=2)
        self._receive_at_dock(return_order, 4)
        self.assertEqual(return_order.line_ids.qty_received, 3)
        self.assertEqual(self._get_held_quants().quantity, 1)
        self._receive_at_dock(other)
        self.assertEqual(other.reception_status, 'full')

    def test_a_wrong_item_is_held_for_its_owner(self):
        hat = self._create_storable("Somebody's Hat", barcode='HAT')
        return_order = self._create_confirmed_return(self.order)
        item = self._scan('HAT', order_id=return_order.id)
        self.assertEqual((item['kind'], item['product_id']), ('item', hat.id))

        self._receive_at_dock(return_order, 0, held=[{'product_id': hat.id, 'quantity': 1}])

        self.assertRecordValues(self._get_held_quants(), [{
            'product_id': hat.id, 'quantity': 1, 'owner_id': self.customer.id, 'value': 0}])
        self.assertEqual(self.order.order_line.product_id, self.product)
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 0, 'qty_to_receive': 2}])
        self.assertRecordValues(return_order, [{'next_step': 'review', 'next_actor': 'returns'}])

    def test_a_settled_problem_needs_no_review(self):
        return_order = self._create_confirmed_return(self.order)
        self._receive_at_dock(return_order, 1, held=[{'text': "A brick"}])
        self.assertIn("A brick", return_order.parcel_note)
        with self.assertRaises(AccessError):
            return_order.with_user(self.stock_user).action_settle_parcel()
        return_order.with_user(self.user).action_settle_parcel()
        self.assertEqual(return_order.next_step, 'credit')
        self.assertIn("A brick", return_order.message_ids[0].body)

    def test_something_that_is_no_product_is_told_and_moves_nothing(self):
        return_order = self._create_confirmed_return(self.order)
        self._receive_at_dock(return_order, 0, held=[{'text': "A brick"}], photos=[self.photo])
        self.assertIn("A brick", return_order.parcel_note)
        self.assertEqual(return_order.line_ids.qty_to_receive, 2)
        self.assertEqual(return_order.message_attachment_count, 1)

    def test_an_empty_box_closes_the_reception(self):
        return_order = self._create_confirmed_return(self.order)
        self.dock.receive_empty(self.warehouse.id, return_order.id, photos=[self.photo])
        self.env.invalidate_all()

        self.assertEqual(return_order.picking_ids.state, 'cancel')
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'reception_status': 'no', 'next_step': 'review',
            'parcel_note': "The parcel arrived empty.", 'message_attachment_count': 1}])
        self.assertRecordValues(return_order.parcel_ids, [{'kind': 'empty', 'state': 'resolved'}])
        self.assertTrue(return_order.parcel_ids.photo)

    def test_nothing_counted_is_no_parcel(self):
        return_order = self._create_confirmed_return(self.order)
        with self.assertRaisesRegex(UserError, "Empty box"):
            self._receive_at_dock(return_order, 0)

    def test_a_parcel_is_never_received_twice(self):
        """Two people count it, or the network loses the answer and somebody taps again."""
        return_order = self._create_confirmed_return(self.order)
        line = self._scan(return_order.name)['lines'][0]
        seen = {str(line['id']): line['seen']}
        self._receive_at_dock(return_order, 2, seen=seen)
        with self.assertRaisesRegex(UserError, "meanwhile"):
            self._receive_at_dock(return_order, 2, seen=seen)

        line = self._scan(self.order.name)['lines'][0]
        arguments = self.warehouse.id, self.order.id, {line['id']: 1}
        self.dock.receive_delivered(*arguments, seen={line['id']: line['seen']})
        with self.assertRaisesRegex(UserError, "meanwhile"):
            self.dock.receive_delivered(*arguments, seen={line['id']: line['seen']})

    def test_goods_that_were_released_are_not_released_again(self):
        return_order = self._receive_without_number(3)
        return_order.action_approve()
        return_order._create_releases()
        release = return_order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'internal')
        self.assertEqual(release.move_ids.product_uom_qty, 3)
        self.assertEqual(return_order.line_ids.qty_received, 3)

    def test_refused_goods_are_not_released_when_their_way_back_is_called_off(self):
        return_order = self._receive_without_number(3)
        return_order.line_ids.qty_approved = 2
        return_order.action_approve()
        return_order.delivery_ids.action_cancel()
        return_order._create_releases()
        releases = return_order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'internal')
        self.assertEqual(releases.move_ids.mapped('product_uom_qty'), [2])

    def test_closing_the_rest_keeps_the_way_out_of_the_returns_location(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self.order)
        return_order.action_submit()
        self._receive_at_dock(return_order, 1)
        return_order.action_approve()
        return_order._close_rest()
        states = {picking.picking_type_code: picking.state for picking in return_order.picking_ids.sorted('id')}
        self.assertEqual(states, {'incoming': 'cancel', 'internal': 'assigned'})

    # === Without a number ===

    def test_a_parcel_without_number_becomes_a_return_to_review(self):
        card = self._scan(self.order.name)
        self.assertEqual((card['kind'], card['lines'][0]['expected']), ('order', 5))
        result = self.dock.receive_delivered(self.warehouse.id, self.order.id, {card['lines'][0]['id']: 2})
        self.env.invalidate_all()

        return_order = self.env['returns.order'].browse(result['order_id'])
        self.assertRecordValues(return_order, [{
            'source': 'warehouse', 'state': 'requested', 'next_step': 'review', 'reception_status': 'full',
            'partner_id': self.customer.id, 'user_id': False}])
        self.assertRecordValues(self._get_held_quants(), [{'quantity': 2, 'owner_id': False}])
        self.assertEqual(return_order.picking_ids.move_ids.value, 120)
        self.assertFalse(return_order.credit_note_ids, "Nobody has decided yet.")
        self.assertEqual(self.product.qty_available, 95)

    def test_the_verdict_afterwards_credits_and_releases_what_is_approved(self):
        return_order = self._receive_without_number(3)
        return_order.line_ids.qty_approved = 2
        return_order.action_approve()

        self.assertRecordValues(return_order.line_ids, [{
            'qty_received': 3, 'qty_refused': 1, 'qty_accepted': 2, 'qty_to_receive': 0, 'qty_in_draft_credit': 2}])
        self.assertRecordValues(return_order, [{'next_step': 'credit', 'reception_status': 'full'}])
        release = return_order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'internal')
        self.assertRecordValues(release.move_ids, [{
            'product_uom_qty': 2, 'state': 'assigned', 'location_dest_id': self.warehouse.lot_stock_id.id}])
        release.button_validate()
        self.assertEqual(self.product.qty_available, 97)
        self.assertEqual(return_order.line_ids.qty_received, 3)

    def test_an_uninvoiced_parcel_without_number_closes_with_its_approval(self):
        order = self._create_delivered_order(invoiced=False)
        move = order.order_line._get_returns_delivered_moves()
        result = self.dock.receive_delivered(self.warehouse.id, order.id, {move.id: 1})
        self.env.invalidate_all()
        return_order = self.env['returns.order'].browse(result['order_id'])
        return_order.action_approve()
        self.assertEqual(return_order.state, 'done')

    def test_an_undeliverable_parcel_brings_all_of_its_delivery_back(self):
        delivery = self.order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'outgoing')
        self.assertEqual(self._scan(delivery.name)['delivery_id'], delivery.id)
        result = self.dock.receive_undeliverable(self.warehouse.id, delivery.id)
        self.env.invalidate_all()
        return_order = self.env['returns.order'].browse(result['order_id'])
        self.assertRecordValues(return_order, [{'source': 'warehouse', 'next_step': 'review'}])
        self.assertEqual(return_order.line_ids.qty_received, 5)
        self.assertIn("never got", return_order.parcel_note)
        with self.assertRaisesRegex(UserError, "on a return already"):
            self.dock.receive_undeliverable(self.warehouse.id, delivery.id)
        self.assertEqual(self._scan("test cust")['kind'], 'unknown', "Nothing of it can come back any more.")

    def test_a_return_that_is_not_approved_yet_waits_in_the_returns_location(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self.order)
        return_order.action_submit()
        self._receive_at_dock(return_order)
        self.assertRecordValues(return_order, [{'state': 'requested', 'next_step': 'review'}])
        self.assertRecordValues(return_order.line_ids, [{'qty_accepted': 0, 'qty_to_credit': 0}])
        self.assertFalse(return_order.credit_note_ids)
        self.assertEqual(self._get_held_quants().quantity, 2)
        return_order.action_approve()
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 2, 'qty_to_receive': 0, 'qty_accepted': 2}])

    def test_a_cancelled_return_is_opened_for_review_when_its_parcel_arrives(self):
        return_order = self._create_confirmed_return(self.order)
        return_order.action_cancel()
        self.assertEqual(self._scan(return_order.name)['id'], return_order.id)
        self._receive_at_dock(return_order)
        self.assertRecordValues(return_order, [{'state': 'requested', 'next_step': 'review'}])
        self.assertEqual(self._get_held_quants().quantity, 2)
        return_order.action_approve()
        self.assertEqual(return_order.line_ids.qty_accepted, 2)

    def test_a_draft_is_submitted_when_its_parcel_arrives(self):
        draft, cancelled = self._create_return(self.order, quantity=1), self._create_return(self.order, quantity=1)
        cancelled.action_cancel()
        for return_order in (draft, cancelled):
            self._receive_at_dock(return_order, 1)
            self.assertRecordValues(return_order, [{'state': 'approved', 'reception_status': 'full'}])

    def test_with_a_cancelled_return_the_one_that_replaced_it_is_offered(self):
        cancelled = self._create_confirmed_return(self.order, quantity=5)
        cancelled.action_cancel()
        replacement = self._create_confirmed_return(self.order, quantity=5)
        candidates = self._scan(cancelled.name)['candidates']
        self.assertEqual({candidate['id'] for candidate in candidates}, {replacement.id, cancelled.id})

    def test_a_refused_return_whose_goods_are_here_is_never_forgotten(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self.order)
        return_order.action_submit()
        return_order.refusal_note = "No."
        return_order.action_refuse()
        self._receive_at_dock(return_order)
        self.assertEqual(return_order.state, 'requested')
        return_order.refusal_note = "Still no."
        return_order.action_refuse()
        self.assertEqual(self._create_return(self.order).line_ids.qty_returnable, 3, "Two of five are here.")
        return_order.action_reset_to_draft()
        self.assertEqual(return_order.state, 'requested')

    def test_an_unknown_parcel_gets_a_number_to_write_on_it(self):
        result = self.dock.record_unknown(self.warehouse.id, "1Z1", "Jane, Portland", "Shelf 3", [self.photo])
        parcel = self.env['returns.parcel'].browse(result['parcel_id'])
        self.assertRecordValues(parcel, [{
            'state': 'open', 'tracking_ref': "1Z1", 'user_id': self.stock_user.id, 'company_id': self.company.id}])
        self.assertTrue(parcel.photo)
        self.assertIn(parcel.name, result['message'])
        self.assertEqual(self._scan(parcel.name)['kind'], 'parcel')

    def test_an_unknown_parcel_is_received_once_its_return_is_found(self):
        return_order = self._create_confirmed_return(self.order)
        parcel = self.env['returns.parcel'].with_user(self.stock_user).create({'warehouse_id': self.warehouse.id})
        with self.assertRaisesRegex(UserError, "what became of it"):
            parcel.action_resolve()
        parcel.returns_order_id = return_order
        self.assertEqual(parcel.action_receive()['params']['code'], return_order.name)
        self.dock.resolve_parcel(self.warehouse.id, parcel.id, return_order.id)
        self.assertEqual(parcel.state, 'resolved')
        parcel.action_reopen()
        self.assertEqual(parcel.state, 'open')

    # === Serial numbers and lots ===

    def test_the_serials_that_arrived_are_received(self):
        product, serials = self._create_serials(["W1", "W2"])
        return_order = self._create_confirmed_return(self._create_delivered_order(quantity=2, product=product))
        line = return_order.line_ids
        self.assertEqual(self._scan("W2")['id'], return_order.id)
        item = self._scan("W2", order_id=return_order.id)
        self.assertEqual((item['kind'], item['lot_id']), ('item', serials[1].id))

        self._receive_at_dock(return_order, 1, lots={line.id: {serials[1].id: 1}})

        arrived = return_order.picking_ids.move_ids.filtered(lambda move: move.state == 'done')
        self.assertEqual(arrived.lot_ids, serials[1])
        self._receive_at_dock(return_order)
        self.assertEqual(line.qty_received, 2)
        self.assertEqual(serials.quant_ids.filtered('quantity').location_id.filtered(
            lambda location: location.usage == 'internal'), self.warehouse.lot_stock_id)

    def test_some_serials_without_their_numbers_are_asked_for(self):
        product, _serials = self._create_serials(["W1", "W2"])
        return_order = self._create_confirmed_return(self._create_delivered_order(quantity=2, product=product))
        with self.assertRaisesRegex(UserError, "serial or lot numbers"):
            self._receive_at_dock(return_order, 1)

    def test_a_serial_that_was_never_delivered_is_held(self):
        product, serials = self._create_serials(["W1", "W2"])
        order = self._create_order(quantity=1, product=product)
        order.picking_ids.button_validate()
        return_order = self._create_confirmed_return(order, quantity=1)
        foreign = serials - order.picking_ids.move_line_ids.lot_id
        self.env['stock.quant']._update_available_quantity(product, self.warehouse.lot_stock_id, -1, lot_id=foreign)

        self._receive_at_dock(return_order, 1, lots={return_order.line_ids.id: {foreign.id: 1}})

        self.assertRecordValues(return_order.line_ids, [{'qty_received': 0, 'qty_to_receive': 1}])
        self.assertRecordValues(self._get_held_quants(), [{'lot_id': foreign.id, 'owner_id': self.customer.id}])

    def test_a_serial_nobody_knows_is_held_under_its_number(self):
        product, _serials = self._create_serials(["W1"])
        return_order = self._create_confirmed_return(
            self._create_delivered_order(quantity=1, product=product), quantity=1)
        wrong = {'product_id': product.id, 'quantity': 1}
        with self.assertRaisesRegex(UserError, "Scan the serial"):
            self._receive_at_dock(return_order, 0, held=[wrong])
        self._receive_at_dock(return_order, 0, held=[{**wrong, 'lot_name': "FAKE-1"}])
        self.assertEqual(self._get_held_quants().lot_id.name, "FAKE-1")

    def test_lots_are_received_with_their_quantities(self):
        product, lots = self._create_serials(["A", "B"], quantity=2)
        order = self._create_delivered_order(quantity=3, product=product)
        return_order = self._create_confirmed_return(order, quantity=3)
        proposed = return_order.picking_ids.move_line_ids
        self.assertEqual({line.lot_id: line.quantity for line in proposed}, {lots[0]: 2, lots[1]: 1})

        self._receive_at_dock(return_order, 2, lots={return_order.line_ids.id: {lots[0].id: 1, lots[1].id: 1}})

        arrived = return_order.picking_ids.move_ids.filtered(lambda move: move.state == 'done').move_line_ids
        self.assertEqual({line.lot_id: line.quantity for line in arrived}, {lots[0]: 1, lots[1]: 1})

    def test_the_slip_names_the_serials_that_are_expected(self):
        product, _serials = self._create_serials(["W1", "W2"])
        return_order = self._create_confirmed_return(self._create_delivered_order(quantity=2, product=product))
        content, _type = self.env['ir.actions.report']._render_qweb_html(
            'returns_management.returns_order_slip', return_order.ids)
        self.assertIn(b"W2", content)

    def test_unclear_lots_are_left_to_whoever_looks_into_the_box(self):
        product, lots = self._create_serials(["A", "B"], quantity=2)
        order = self._create_delivered_order(quantity=4, product=product)
        card = self._scan(order.name)
        self.assertEqual([lot['expected'] for lot in card['lines'][0]['lots']], [2, 2])
        self._create_confirmed_return(order, quantity=3)
        card = self.dock.open(self.warehouse.id, 'sale.order', order.id)
        self.assertEqual((card['lines'][0]['expected'], [lot['expected'] for lot in card['lines'][0]['lots']]), (
            1, [0, 0]))
        self.assertEqual(lots.mapped('name'), ["A", "B"])

    # === Warehouses ===

    def test_a_two_step_reception_goes_on_by_itself(self):
        self.warehouse.reception_steps = 'two_steps'
        self.warehouse.returns_type_id.default_location_dest_id = self.warehouse.wh_input_stock_loc_id
        return_order = self._create_confirmed_return(self.order)
        self._receive_at_dock(return_order)
        follow_up = return_order.picking_ids.move_ids.move_dest_ids
        self.assertRecordValues(follow_up, [{
            'location_id': self.warehouse.wh_input_stock_loc_id.id, 'product_uom_qty': 2, 'state': 'assigned',
            'returns_line_id': False}])

    def test_calling_off_the_second_step_of_one_line_leaves_the_others(self):
        self.warehouse.reception_steps = 'two_steps'
        self.warehouse.returns_type_id.default_location_dest_id = self.warehouse.wh_input_stock_loc_id
        order = self._create_delivered_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 1, 'price_unit': 100})
            for product in (self.product, self._create_storable("Sock"))])
        return_order = self._create_confirmed_return(order, quantity=1)
        self._receive_at_dock(return_order)
        first, second = return_order.picking_ids.move_ids.sorted('id').move_dest_ids
        first._action_cancel()
        self.assertEqual((first.state, second.state), ('cancel', 'assigned'))
        self.assertEqual(return_order.reception_status, 'full')

    def test_a_parcel_may_arrive_at_another_warehouse(self):
        return_order = self._create_confirmed_return(self.order)
        other = self.env['stock.warehouse'].create({'name': "Second", 'code': 'SEC'})
        self.assertIn("Expected at", self.dock.scan(other.id, return_order.name)['notice'])
        self.dock.receive(other.id, return_order.id)
        self.env.invalidate_all()
        done = return_order.picking_ids.filtered(lambda picking: picking.state == 'done')
        self.assertEqual(done.picking_type_id, other.returns_type_id)
        self.assertEqual(return_order.reception_status, 'full')

    def test_done_today_counts_the_parcels_of_this_warehouse(self):
        other = self.env['stock.warehouse'].create({'name': "Second", 'code': 'SEC'})
        self.dock.record_unknown(self.warehouse.id)
        return_order = self._create_confirmed_return(self.order)
        self._receive_at_dock(return_order, 1, held=[{'product_id': self.product.id, 'quantity': 1}])
        self.assertEqual(self.dock.get_session(self.warehouse.id)['done_today'], 2)
        self.assertEqual(self.dock.get_session(other.id)['done_today'], 0)
        self.env['returns.parcel'].search([]).date_arrival = fields.Datetime.subtract(fields.Datetime.now(), days=2)
        self.assertEqual(self.dock.get_session(self.warehouse.id)['done_today'], 1)

    # === Extending it ===

    def test_parcels_can_be_found_by_something_else(self):
        return_order = self._create_confirmed_return(self.order)
        dock_class = self.registry['returns.dock']

        def find_by_locker(dock, warehouse_sudo, code):
            return dock._found(warehouse_sudo, return_order.sudo() if code == "LOCKER-7" else ())

        finders = dock_class._get_finders
        self.patch(dock_class, '_get_finders', lambda dock: [
            lambda warehouse_sudo, code: find_by_locker(dock, warehouse_sudo, code), *finders(dock)])
        self.assertEqual(self._scan("LOCKER-7")['id'], return_order.id)
        self.assertEqual(self._scan(return_order.name)['id'], return_order.id)

    # === Rights ===

    def test_a_returns_user_receives_without_stock_rights(self):
        return_order = self._create_confirmed_return(self.order)
        self.dock.with_user(self.user).receive(self.warehouse.id, return_order.id)
        self.assertEqual(return_order.reception_status, 'full')

    def test_other_employees_receive_nothing(self):
        dock = self.dock.with_user(new_test_user(self.env, 'test_employee', company_id=self.company.id))
        for call in (
            lambda: dock.scan(self.warehouse.id, self.order.name),
            lambda: dock.find(self.warehouse.id, "Test"),
            lambda: dock.record_unknown(self.warehouse.id),
            lambda: dock.get_session(),
        ):
            with self.assertRaisesRegex(AccessError, "Ask for one of these roles"):
                call()

    def test_companies_stay_apart(self):
        return_order = self._create_confirmed_return(self.order)
        company = self.env['res.company'].create({'name': "Other Company"})
        warehouse = self.env['stock.warehouse'].sudo().search([('company_id', '=', company.id)])
        with self.assertRaisesRegex(AccessError, "Choose a warehouse"):
            self.dock.scan(warehouse.id, return_order.name)

        neighbour = new_test_user(
            self.env, 'test_neighbour', 'stock.group_stock_user', company_id=company.id, company_ids=company.ids)
        dock = self.env['returns.dock'].with_user(neighbour).with_company(company)
        self.assertEqual(dock.scan(warehouse.id, return_order.name)['kind'], 'unknown')
        with self.assertRaisesRegex(UserError, "another company"):
            dock.receive(warehouse.id, return_order.id)
        with self.assertRaisesRegex(UserError, "another company"):
            dock.receive_delivered(warehouse.id, self.order.id, {})
        parcel = self.env['returns.parcel'].create({'warehouse_id': self.warehouse.id})
        with self.assertRaises(AccessError):
            parcel.with_user(neighbour).read(['name'])

    def test_nothing_comes_from_the_browser_but_a_wish(self):
        return_order = self._create_confirmed_return(self.order)
        stranger = self._create_confirmed_return(self._create_delivered_order()).line_ids
        for kwargs, problem in (
            ({'quantities': {stranger.id: 1}}, "do not belong"),
            ({'quantities': {return_order.line_ids.id: -1}}, "negative"),
            ({'photos': [{'name': "x", 'data': base64.b64encode(b"no picture").decode()}]}, "Only pictures"),
            ({'photos': [{'name': "x", 'data': "%%%"}]}, "damaged"),
        ):
            with self.subTest(problem), self.assertRaisesRegex(UserError, problem), self.cr.savepoint():
                self.dock.receive(self.warehouse.id, return_order.id, **kwargs)
        self.assertEqual(return_order.reception_status, 'pending')

    def test_a_stock_user_validates_other_transfers_as_before(self):
        order = self._create_order(quantity=1)
        order.picking_ids.with_user(self.stock_user).button_validate()
        self.assertEqual(order.picking_ids.state, 'done')
