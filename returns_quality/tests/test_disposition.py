from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import QualityCommon


@tagged('post_install', '-at_install')
class TestDisposition(QualityCommon):
    """Where inspected goods go, with real stock operations."""

    def test_every_action_has_its_method(self):
        inspections = self.env['returns.inspection']
        for action in dict(self.restock._fields['action'].selection):
            with self.subTest(action):
                self.restock.new({'name': action, 'action': action})._dispose(inspections)

    def test_restocked_goods_are_on_hand_again(self):
        before = self.product.qty_available
        inspections = self._finish(self._create_inspections())
        self.assertEqual(self.product.qty_available, before - 5 + 2)
        self.assertFalse(self._get_quantity(self.returns_location))
        self.assertRecordValues(inspections, [{'goods_state': 'moved', 'location_id': self.stock_location.id}])
        self.assertRecordValues(inspections.stock_move_ids.picking_id, [{
            'state': 'done', 'returns_order_id': inspections.order_id.id,
            'picking_type_id': self.warehouse.int_type_id.id}])

    def test_a_disposition_may_have_a_place_of_its_own(self):
        shelf = self.env['stock.location'].create({'name': "Second Hand", 'location_id': self.stock_location.id})
        self.restock.location_id = shelf
        self._finish(self._create_inspections())
        self.assertEqual(self._get_quantity(shelf), 2)

    def test_held_and_scrapped_goods_may_have_a_place_of_their_own(self):
        shelf = self.env['stock.location'].create({'name': "To Decide", 'location_id': self.stock_location.id})
        bin_location = self.env['stock.location'].create({
            'name': "Bin", 'usage': 'inventory', 'location_id': self.warehouse.view_location_id.id})
        self.hold.location_id, self.scrap.location_id = shelf, bin_location
        held = self._finish(self._create_inspections(), disposition_id=self.hold.id)
        scrapped = self._finish(self._create_inspections(), disposition_id=self.scrap.id)
        self.assertEqual(held.location_id, shelf)
        self.assertEqual(self._get_quantity(shelf), 2)
        self.assertEqual(scrapped.stock_move_ids.location_dest_id, bin_location)

    def test_goods_are_never_put_into_a_location_of_another_company(self):
        other = self.env['res.company'].create({'name': "Another Company"})
        theirs = self.env['stock.warehouse'].search([('company_id', '=', other.id)]).lot_stock_id
        for disposition in (self.restock, self.hold):
            with self.subTest(disposition.action):
                disposition.location_id = theirs
                inspections = self._finish(self._create_inspections(), disposition_id=disposition.id)
                self.assertEqual(inspections.location_id.company_id, self.company)

    def test_scrapped_goods_leave_with_an_entry(self):
        inspections = self._finish(self._create_inspections(), disposition_id=self.scrap.id)
        self.assertFalse(self._get_quantity(self.returns_location))
        scrap = self.env['stock.scrap'].search([('returns_inspection_id', '=', inspections.id)])
        self.assertRecordValues(scrap, [{
            'state': 'done', 'scrap_qty': 2, 'origin': inspections.order_id.name, 'product_id': self.product.id}])
        accounts = self.product._get_product_accounts()
        self.assertRecordValues(scrap.move_ids.account_move_id.line_ids.sorted('balance'), [
            {'account_id': accounts['stock_valuation'].id, 'balance': -120},
            {'account_id': accounts['expense'].id, 'balance': 120}])

    def test_losses_have_an_account_of_their_own_when_one_is_set(self):
        account = self.company_data['default_account_expense'].copy({'code': '650001', 'name': "Losses on returns"})
        self.company.returns_loss_account_id = account
        inspections = self._finish(self._create_inspections(), disposition_id=self.scrap.id)
        self.assertIn(account, inspections.stock_move_ids.account_move_id.line_ids.account_id)

    def test_without_perpetual_valuation_scrap_has_no_entry(self):
        self.category.property_valuation = 'periodic'
        inspections = self._finish(self._create_inspections(), disposition_id=self.scrap.id)
        self.assertFalse(inspections.stock_move_ids.account_move_id)

    def test_an_account_of_the_scrap_location_is_used(self):
        account = self.company_data['default_account_expense'].copy({'code': '650002', 'name': "Scrap"})
        scrap_location = self.env['stock.location'].search([
            ('usage', '=', 'inventory'), ('company_id', '=', self.company.id)])
        scrap_location.valuation_account_id = account
        inspections = self._finish(self._create_inspections(), disposition_id=self.scrap.id)
        entry = inspections.stock_move_ids.account_move_id
        self.assertEqual(len(entry.line_ids), 2)
        self.assertIn(account, entry.line_ids.account_id)

    def test_held_goods_go_somewhere_else_later(self):
        inspections = self._finish(self._create_inspections(), disposition_id=self.hold.id)
        self.assertEqual(inspections.goods_state, 'held')
        self.assertEqual(self._get_quantity(self.returns_location), 2)
        wizard = self.env['returns.dispose'].with_user(self.inspector).with_context(
            active_model='returns.inspection', active_ids=inspections.ids).create({'disposition_id': self.restock.id})
        wizard.action_dispose()
        self.assertEqual(inspections.goods_state, 'moved')
        self.assertFalse(self._get_quantity(self.returns_location))

    def test_refused_goods_on_hold_never_get_into_stock(self):
        inspections = self._refuse(self._create_inspections(), disposition_id=self.hold.id)
        with self.assertRaisesRegex(UserError, "belongs to the customer"):
            inspections.action_dispose(self.restock.id)
        inspections.action_dispose(self.send_back.id)
        self.assertEqual(inspections.order_id.delivery_count, 1)

    def test_what_the_customer_gets_again_anyway_is_kept_apart(self):
        return_order = self._create_return(self._create_delivered_order())
        return_order.line_ids.resolution_id = self.env.ref('returns_management.returns_resolution_send_back')
        return_order.action_confirm()
        self._receive(return_order)
        inspections = self._finish(return_order.inspection_ids)
        self.assertRecordValues(inspections, [{'disposition_id': self.hold.id, 'goods_state': 'held'}])
        self.assertEqual(return_order.delivery_count, 1)

    def test_the_proposed_place_is_one_of_the_company(self):
        other = self.env['res.company'].create({'name': "Another Company"})
        own = self.env['returns.disposition'].create({
            'name': "Theirs", 'action': 'send_back', 'sequence': 1, 'company_id': other.id})
        inspections = self._create_inspections()
        inspections.grade_id = self.grade_d
        theirs = inspections.new({'company_id': other.id, 'grade_id': self.grade_d.id, 'is_refused': True})
        (inspections + theirs)._compute_disposition_id()
        self.assertEqual((inspections.disposition_id, theirs.disposition_id), (self.send_back, own))

    def test_somebody_says_where_the_goods_go(self):
        with self.assertRaisesRegex(UserError, "say where the goods go"):
            self._finish(self._create_inspections(), disposition_id=False)

    def test_goods_that_moved_on_cannot_move_again(self):
        inspections = self._finish(self._create_inspections())
        with self.assertRaisesRegex(UserError, "Only goods on hold"):
            inspections.action_dispose(self.scrap.id)
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            inspections.action_dispose()

    def test_many_go_in_one_transfer_for_each_return(self):
        order = self._create_delivered_order()
        inspections = self._create_inspections(order=order)
        inspections |= inspections.action_split(1)
        self._finish(inspections)
        self.assertEqual(len(inspections.stock_move_ids.picking_id), 1)

    # === Refused ===

    def test_refused_goods_wait_for_the_customer(self):
        self.policy.dispute_days = 7
        inspections = self._refuse(self._create_inspections())
        return_order = inspections.order_id
        today = fields.Date.today()
        self.assertRecordValues(inspections, [{'goods_state': 'pending', 'disposition_id': self.send_back.id}])
        self.assertRecordValues(return_order, [{
            'next_step': 'answer', 'next_actor': 'customer', 'date_next': fields.Date.add(today, days=7),
            'state': 'approved', 'delivery_count': 0, 'credit_note_count': 0, 'main_objection': 'refused_goods'}])
        self.env['returns.inspection']._cron_dispose_refused()
        self.assertFalse(return_order.delivery_count)
        with freeze_time(fields.Date.add(today, days=7)):
            self.env['returns.inspection']._cron_dispose_refused()
        self.assertEqual(return_order.delivery_count, 1)
        self.assertEqual(return_order.next_step, 'ship')

    def test_only_an_administrator_moves_refused_goods_before(self):
        self.policy.dispute_days = 7
        inspections = self._refuse(self._create_inspections())
        with self.assertRaisesRegex(AccessError, "may still object"):
            inspections.with_user(self.inspector).action_dispose()
        inspections.with_user(self.manager).action_dispose()
        self.assertEqual(inspections.goods_state, 'moving')

    def test_refused_goods_are_sent_back_and_never_credited(self):
        order = self._create_delivered_order()
        inspections = self._refuse(self._create_inspections(order=order))
        delivery = inspections.order_id.delivery_ids
        self.assertRecordValues(delivery.move_ids, [{
            'location_id': self.returns_location.id, 'product_uom_qty': 2,
            'origin_returned_move_id': inspections.move_id.id, 'returns_inspection_id': inspections.id}])
        self._validate(delivery)
        self.assertRecordValues(inspections.order_id, [{
            'state': 'done', 'credit_status': 'no', 'replacement_status': 'full', 'credit_note_count': 0}])
        self.assertRecordValues(order.order_line, [{'qty_delivered': 5, 'qty_to_invoice': 0}])
        self.assertEqual(inspections.goods_state, 'moved')

    def test_refused_goods_can_be_scrapped_for_the_customer(self):
        inspections = self._refuse(self._create_inspections(), disposition_id=self.scrap.id)
        self.assertFalse(self._get_quantity(self.returns_location))
        self.assertRecordValues(inspections.order_id, [{'credit_note_count': 0, 'delivery_count': 0}])

    def test_a_send_back_that_is_cancelled_is_owed_again(self):
        inspections = self._refuse(self._create_inspections())
        inspections.order_id.delivery_ids.action_cancel()
        self.assertEqual(inspections.line_id.qty_to_send_back, 2)
        inspections.order_id.action_create_replacements()
        self.assertEqual(len(inspections.order_id.delivery_ids.filtered(lambda one: one.state != 'cancel')), 1)

    # === Lots ===

    def test_each_serial_number_has_a_result_of_its_own(self):
        serials, order = self._create_delivered_serials(3)
        self._create_checklist("Watches", product_tmpl_ids=[(6, 0, serials.product_id.product_tmpl_id.ids)])
        inspections = self._create_inspections(3, order).sorted('lot_id')
        self.assertEqual((inspections.lot_id, inspections.mapped('quantity')), (serials, [1, 1, 1]))
        good, broken, refused = inspections
        self._refuse(refused)
        self._finish(broken, disposition_id=self.scrap.id)
        self._finish(good)
        sent = good.order_id.delivery_ids.move_ids
        self.assertEqual(sent.move_line_ids.lot_id, refused.lot_id)
        self._validate(good.order_id.delivery_ids)
        customers = self.env.ref('stock.stock_location_customers')
        scrapped = broken.stock_move_ids.location_dest_id
        for lot, location in zip(serials, (self.stock_location, scrapped, customers), strict=True):
            with self.subTest(lot.name):
                self.assertEqual(self._get_quantity(location, serials.product_id, lot), 1)
        self.assertFalse(self._get_quantity(self.returns_location, serials.product_id))

    def test_the_refused_serial_number_goes_back_whichever_it_is(self):
        for number in (0, 1):
            with self.subTest(number):
                serials, order = self._create_delivered_serials(2)
                self._create_checklist("Watches", product_tmpl_ids=[(6, 0, serials.product_id.product_tmpl_id.ids)])
                inspections = self._create_inspections(2, order)
                refused = self._refuse(inspections[number])
                self.assertEqual(inspections.order_id.delivery_ids.move_line_ids.lot_id, refused.lot_id)

    def test_lots_are_inspected_apart(self):
        product = self._create_storable("Cheese", tracking='lot')
        self.env['stock.quant'].search([('product_id', '=', product.id)]).sudo().unlink()
        lots = self.env['stock.lot'].create([{'name': name, 'product_id': product.id} for name in ("L1", "L2")])
        for lot in lots:
            self.env['stock.quant']._update_available_quantity(product, self.stock_location, 3, lot_id=lot)
        order = self._create_order(quantity=6, product=product)
        order.picking_ids.button_validate()
        inspections = self._create_inspections(6, order)
        self.assertEqual({one.lot_id: one.quantity for one in inspections}, dict.fromkeys(lots, 3))
