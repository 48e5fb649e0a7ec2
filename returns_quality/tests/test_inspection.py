from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import QualityCommon


@tagged('post_install', '-at_install')
class TestInspection(QualityCommon):
    """What arrives and has a checklist is inspected before anything else happens to it."""

    def test_goods_to_inspect_wait_in_the_returns_location(self):
        before = self._get_quantity(self.stock_location)
        inspections = self._create_inspections(quantity=2)
        self.assertRecordValues(inspections, [{
            'state': 'todo', 'quantity': 2, 'location_id': self.returns_location.id, 'goods_state': 'waiting'}])
        self.assertEqual(inspections.answer_ids.mapped('name'), ["Is it clean?"])
        self.assertEqual(self._get_quantity(self.returns_location), 2)
        self.assertEqual(self._get_quantity(self.stock_location), before - 5 + 5 - 5)

    def test_goods_without_a_checklist_go_where_they_went(self):
        self.checklist.active = False
        return_order = self._create_received_return(self._create_delivered_order())
        self.assertFalse(return_order.inspection_ids)
        self.assertFalse(self._get_quantity(self.returns_location))
        self.assertEqual(return_order.line_ids.qty_accepted, 2)

    def test_the_receipt_is_announced_for_the_returns_location(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        self.assertEqual(return_order.picking_ids.location_dest_id, self.returns_location)
        self.assertEqual(return_order.picking_ids.move_ids.location_dest_id, self.returns_location)

    def test_a_receipt_announced_before_the_checklist_is_turned_there(self):
        self.checklist.active = False
        return_order = self._create_confirmed_return(self._create_delivered_order())
        self.checklist.active = True
        self._receive(return_order)
        self.assertEqual(return_order.inspection_ids.quantity, 2)
        self.assertEqual(self._get_quantity(self.returns_location), 2)
        self.assertEqual(return_order.picking_ids.move_ids.location_dest_id, self.returns_location)

    def test_each_part_that_arrives_is_inspected(self):
        return_order = self._create_confirmed_return(self._create_delivered_order(), quantity=3)
        self._receive(return_order, quantity=1)
        self._receive(return_order)
        self.assertEqual(return_order.inspection_ids.mapped('quantity'), [1, 2])
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 3, 'qty_to_inspect': 3, 'qty_accepted': 0}])

    def test_nothing_counts_before_the_inspection(self):
        return_order = self._create_inspections().order_id
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'next_step': 'inspect', 'next_actor': 'inspector', 'reception_status': 'full',
            'credit_status': 'pending'}])
        return_order.action_create_credit_notes()
        self.assertFalse(return_order.credit_note_ids)

    def test_nothing_is_credited_in_advance_of_an_inspection(self):
        self.policy.credit_trigger = 'on_approval'
        return_order = self._create_confirmed_return(self._create_delivered_order())
        self.assertFalse(return_order.credit_note_ids)
        return_order.action_create_credit_notes()
        self.assertFalse(return_order.credit_note_ids)

    def test_the_inspection_sets_off_the_credit(self):
        for trigger in ('on_approval', 'on_receipt', 'on_inspection', 'manual'):
            with self.subTest(trigger):
                policy = self._create_policy(credit_trigger=trigger)
                inspections = self._create_inspections()
                self.assertEqual(inspections.line_id.policy_id, policy)
                self._finish(inspections)
                self.assertEqual(len(inspections.order_id.credit_note_ids), trigger != 'manual')
                policy.active = False

    def test_what_needs_no_inspection_is_credited_on_receipt_under_that_trigger(self):
        self.policy.credit_trigger = 'on_inspection'
        self.checklist.active = False
        return_order = self._create_received_return(self._create_delivered_order())
        self.assertEqual(return_order.credit_note_ids.amount_total, 230)

    def test_different_results_divide_the_quantity(self):
        inspection = self._create_inspections(quantity=5)
        damaged = inspection.action_split(2)
        self._finish(inspection)
        self._refuse(damaged)
        self.assertRecordValues(inspection + damaged, [
            {'quantity': 3, 'grade_id': self.grade_a.id, 'disposition_id': self.restock.id},
            {'quantity': 2, 'grade_id': self.grade_d.id, 'disposition_id': self.send_back.id}])
        self.assertRecordValues(inspection.line_id, [{'qty_accepted': 3, 'qty_rejected': 2, 'qty_to_credit': 0}])
        self.assertEqual(inspection.order_id.credit_note_ids.amount_total, 345)

    def test_only_a_part_can_be_taken_out(self):
        inspection = self._create_inspections(quantity=2)
        for quantity in (0, -1, 2, 3):
            with self.subTest(quantity), self.assertRaisesRegex(UserError, "can be taken out"):
                inspection.action_split(quantity)

    def test_finishing_twice_changes_nothing(self):
        inspections = self._finish(self._create_inspections())
        moved, done = inspections.stock_move_ids, inspections.date_done
        inspections.action_finish()
        self.assertEqual((inspections.stock_move_ids, inspections.date_done), (moved, done))
        self.assertEqual(len(inspections.order_id.credit_note_ids), 1)

    def test_an_incomplete_inspection_says_what_is_missing(self):
        inspections = self._create_inspections()
        with self.assertRaisesRegex(UserError, "answer these first: Is it clean"):
            inspections.action_finish()
        inspections.answer_ids.verdict = 'fail'
        with self.assertRaisesRegex(UserError, "choose a grade"):
            inspections.action_finish()

    def test_a_refusal_needs_a_text(self):
        inspections = self._create_inspections()
        inspections.answer_ids._pass_all()
        inspections.write({'grade_id': self.grade_d.id})
        self.assertTrue(inspections.is_refused)
        with self.assertRaisesRegex(UserError, "say why it is refused"):
            inspections.action_finish()

    def test_refused_goods_are_never_put_in_stock(self):
        inspections = self._create_inspections()
        with self.assertRaisesRegex(UserError, "belongs to the customer"):
            self._refuse(inspections, disposition_id=self.restock.id)

    def test_what_goes_back_to_the_customer_is_refused(self):
        with self.assertRaisesRegex(UserError, "refuse it"):
            self._finish(self._create_inspections(), disposition_id=self.send_back.id)

    def test_a_critical_failure_keeps_goods_out_of_stock(self):
        self.checklist.item_ids.is_critical = True
        inspections = self._create_inspections()
        inspections.write({'grade_id': self.grade_b.id, 'answer_ids': [
            Command.update(inspections.answer_ids.id, {'verdict': 'fail'})]})
        with self.assertRaisesRegex(UserError, "critical"):
            inspections.action_finish()
        inspections.disposition_id = self.hold
        inspections.action_finish()
        self.assertEqual(inspections.goods_state, 'held')

    def test_everything_fine_is_one_step(self):
        inspections = self._create_inspections()
        inspections.with_user(self.inspector).action_pass_all()
        self.assertRecordValues(inspections, [{
            'state': 'done', 'grade_id': self.grade_a.id, 'user_id': self.inspector.id, 'has_failed': False}])

    def test_a_grade_says_what_is_credited_unless_it_is_our_fault(self):
        self.reason.fault = 'customer'
        inspections = self._create_inspections()
        inspections.grade_id = self.grade_d
        self.assertRecordValues(inspections, [{
            'credit_share': 0, 'is_refused': True, 'disposition_id': self.send_back.id}])
        self.reason.fault = 'carrier'
        inspections = self._create_inspections()
        inspections.grade_id = self.grade_d
        self.assertRecordValues(inspections, [{
            'credit_share': 1, 'is_refused': False, 'disposition_id': self.scrap.id}])

    def test_a_finished_inspection_says_what_it_said(self):
        inspections = self._finish(self._create_inspections()).with_user(self.inspector)
        with self.assertRaisesRegex(UserError, "finished"):
            inspections.grade_id = self.grade_b
        with self.assertRaisesRegex(UserError, "finished"):
            inspections.answer_ids.verdict = 'fail'
        with self.assertRaisesRegex(UserError, "nobody writes them"):
            inspections.state = 'todo'

    def test_only_an_administrator_credits_another_share(self):
        inspections = self._create_inspections()
        with self.assertRaises(AccessError):
            inspections.with_user(self.inspector).credit_share = 0.9
        inspections.with_user(self.manager).credit_share = 0.9
        self.assertEqual(inspections.credit_share, 0.9)

    def test_changing_a_checklist_changes_no_inspection(self):
        done = self._finish(self._create_inspections(quantity=1))
        self.checklist.item_ids.write({'name': "Does it smell?", 'is_critical': True})
        self.checklist.item_ids = [Command.create({'name': "Is it complete?"})]
        self.assertRecordValues(done.answer_ids, [{
            'name': "Is it clean?", 'is_critical': False, 'outcome': 'pass', 'item_id': self.checklist.item_ids[0].id}])
        self.checklist.item_ids[1:].unlink()
        self.checklist.item_ids.write({'kind': 'text'})
        self.assertEqual(done.answer_ids.kind, 'pass_fail')

    def test_an_inspection_is_never_deleted(self):
        with self.assertRaisesRegex(UserError, "stays"):
            self._create_inspections().sudo().unlink()

    def test_what_arrived_before_the_approval_is_inspected_after_it(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self._create_delivered_order(), quantity=3)
        dock = self.env['returns.dock'].with_user(self.stock_user)
        dock.receive(self.warehouse.id, return_order.id, {return_order.line_ids.id: 3})
        self.env.invalidate_all()
        self.assertFalse(return_order.inspection_ids)
        return_order.line_ids.qty_approved = 2
        return_order.action_approve()
        self.assertRecordValues(return_order.inspection_ids, [{
            'quantity': 2, 'location_id': self.returns_location.id, 'state': 'todo'}])
        self.assertFalse(return_order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'internal'))
        self._finish(return_order.inspection_ids)
        self.assertRecordValues(return_order.line_ids, [{'qty_accepted': 2, 'qty_refused': 1}])
        return_order._create_releases()
        self.assertFalse(return_order.line_ids.move_ids - return_order.inspection_ids.move_id, "They moved already.")

    def test_a_corrected_receipt_is_what_is_inspected(self):
        inspections = self._create_inspections(quantity=3)
        receipt = inspections.move_id
        receipt.move_line_ids.quantity = 2
        self.assertEqual(inspections.quantity, 2)
        receipt.move_line_ids.quantity = 4
        self.assertEqual(inspections.quantity, 4)
        self._finish(inspections)
        with self.assertRaisesRegex(UserError, "inspected already"):
            receipt.move_line_ids.quantity = 3

    def test_a_discrepancy_is_settled_with_the_customer_first(self):
        inspections = self._refuse(self._create_inspections(), discrepancy='wrong', disposition_id=self.hold.id)
        self.assertIn("Another item", inspections.order_id.parcel_note)
        self.assertEqual(inspections.order_id.next_step, 'review')

    def test_what_is_inspected_is_refused_by_its_inspection(self):
        line = self._create_inspections().line_id
        with self.assertRaisesRegex(UserError, "refuse it in its inspection"):
            line._refuse_goods(1, "Because")

    def test_an_exchange_waits_for_the_inspection(self):
        resolution = self.env['returns.resolution'].search([('action', '=', 'exchange')], limit=1)
        order = self._create_delivered_order()
        return_order = self._create_return(order)
        return_order.line_ids.resolution_id = resolution
        return_order.action_confirm()
        self._receive(return_order)
        self.assertRecordValues(return_order, [{
            'delivery_count': 0, 'next_step': 'inspect', 'state': 'approved', 'replacement_status': 'pending'}])
        self._finish(return_order.inspection_ids)
        self.assertEqual(return_order.delivery_count, 1)

    # === Those that wait ===

    def test_who_waits_too_long_is_overdue(self):
        self.company.returns_inspection_days = 3
        inspections = self._create_inspections()
        self.assertEqual(inspections.date_deadline, fields.Date.add(fields.Date.today(), days=3))
        self.assertFalse(inspections.is_overdue)
        inspections.date_deadline = fields.Date.subtract(fields.Date.today(), days=1)
        self.assertTrue(inspections.is_overdue)
        self.assertEqual(self.env['returns.inspection'].search([
            ('is_overdue', '=', True), ('company_id', '=', self.company.id)]), inspections)
        self._finish(inspections)
        self.assertFalse(inspections.is_overdue)

    def test_an_overdue_inspection_is_an_activity_of_the_inspector(self):
        inspections = self._create_inspections()
        inspections.write({'user_id': self.inspector.id, 'date_deadline': '2020-01-01'})
        for _run in range(2):
            with self.enter_registry_test_mode():
                self.env.ref('returns_management.ir_cron_schedule_activities').method_direct_trigger()
        self.env.invalidate_all()
        self.assertRecordValues(inspections.order_id.activity_ids, [{'user_id': self.inspector.id}])

    def test_the_board_shows_how_long_each_waits(self):
        inspections = self._create_inspections(quantity=4)
        for _part in range(3):
            inspections |= inspections[0].action_split(1)
        now = fields.Datetime.now()
        for inspection, days in zip(inspections, (0, 1.5, 5, 30), strict=True):
            inspection.sudo().date_received = now - timedelta(days=days)
        self.env['returns.inspection']._cron_update_age()
        self.assertEqual(inspections.mapped('age'), ['today', 'days', 'week', 'older'])

    def test_what_nobody_has_approved_is_not_finished(self):
        return_order = self._create_inspections().order_id
        return_order._write_by_system({'state': 'requested'})
        return_order.inspection_ids.answer_ids._pass_all()
        with self.assertRaisesRegex(UserError, "Nobody has approved"):
            return_order.inspection_ids.action_finish()

    def test_inspections_stand_with_the_other_documents_of_a_return(self):
        arch = etree.fromstring(self.env['returns.order'].get_view(view_type='form')['arch'])
        places = [button.getparent() for button in arch.xpath("//button[@name='action_view_inspections']")]
        self.assertEqual([place.get('name') or place.tag for place in places], ['header', 'button_box'])

    def test_a_part_of_a_line_without_inspection_counts_at_once(self):
        self.checklist.write({'sampling': 'nth', 'sampling_every': 2})
        return_order = self._create_confirmed_return(self._create_delivered_order(), quantity=3)
        self._receive(return_order, quantity=1)
        self.assertRecordValues(return_order.line_ids, [{'qty_accepted': 1, 'qty_to_inspect': 0}])
        self._receive(return_order)
        self.assertRecordValues(return_order.line_ids, [{'qty_accepted': 1, 'qty_to_inspect': 2}])
        self._finish(return_order.inspection_ids, self.grade_c, note="Worn")
        self.assertAlmostEqual(sum(return_order.credit_note_ids.mapped('amount_untaxed')), 100 + 2 * 60)
        self.assertAlmostEqual(return_order.line_ids.credit_share, (1 + 2 * 0.6) / 3, 4)

    def test_units_are_converted(self):
        dozen = self.env.ref('uom.product_uom_dozen')
        order = self.env['sale.order'].create({
            'partner_id': self.customer.id, 'warehouse_id': self.warehouse.id,
            'order_line': [Command.create({
                'product_id': self.product.id, 'product_uom_id': dozen.id, 'product_uom_qty': 1, 'price_unit': 1200})],
        })
        order.action_confirm()
        order.picking_ids.button_validate()
        order._create_invoices().action_post()
        return_order = self._create_return(order)
        return_order.line_ids.write({'product_uom_id': dozen.id, 'product_uom_qty': 1})
        return_order.action_confirm()
        self._receive(return_order)
        inspection = return_order.inspection_ids
        self.assertEqual((inspection.quantity, inspection.product_uom_id), (12, self.product.uom_id))
        refused = inspection.action_split(3)
        self._finish(inspection)
        self._refuse(refused)
        self.assertRecordValues(inspection.line_id, [{'qty_accepted': 0.75, 'qty_rejected': 0.25}])
        self.assertEqual(inspection.order_id.credit_note_ids.amount_untaxed, 900)
