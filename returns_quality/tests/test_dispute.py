from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import QualityCommon


@tagged('post_install', '-at_install')
class TestDispute(QualityCommon):
    """What if the customer does not agree, or somebody looks again?"""

    def _dispute(self, inspections, **values):
        return self.env['returns.dispute'].with_user(self.user).create({
            'inspection_id': inspections.id, 'customer_note': "They were like that.", **values})

    def test_a_dispute_holds_the_goods_and_lists_the_return(self):
        self.policy.dispute_days = 7
        inspections = self._refuse(self._create_inspections())
        self._dispute(inspections)
        self.assertRecordValues(inspections.order_id, [{
            'next_step': 'review', 'next_actor': 'returns', 'main_objection': 'dispute', 'has_open_dispute': True}])
        inspections.sudo().date_dispute = '2020-01-01'
        self.env['returns.inspection']._cron_dispose_refused()
        self.assertEqual(inspections.goods_state, 'pending')
        with self.assertRaisesRegex(UserError, "customer objects"):
            inspections.action_dispose()

    def test_an_upheld_result_needs_a_text_and_lets_the_goods_go(self):
        self.policy.dispute_days = 7
        inspections = self._refuse(self._create_inspections())
        inspections.sudo().date_dispute = '2020-01-01'
        dispute = self._dispute(inspections)
        with self.assertRaisesRegex(UserError, "Say why the result stands"):
            dispute.action_uphold()
        dispute.outcome_note = "The pictures show worn soles."
        dispute.action_uphold()
        self.assertEqual(dispute.state, 'upheld')
        self.assertEqual(inspections.order_id.delivery_count, 1)
        self.assertIn("worn soles", str(inspections.order_id.message_ids.mapped('body')))

    def test_a_second_look_accepts_what_was_refused(self):
        self.policy.dispute_days = 7
        inspections = self._refuse(self._create_inspections())
        dispute = self._dispute(inspections)
        dispute.with_user(self.user).action_inspect_again()
        again = dispute.again_id.with_env(self.env)
        self.assertEqual(inspections.order_id.next_step, 'inspect')
        self._finish(again, note="They are fine.")
        self.assertRecordValues(dispute, [{'state': 'changed', 'outcome_note': "They are fine."}])
        self.assertTrue(inspections.is_superseded)
        self.assertRecordValues(inspections.line_id, [{'qty_accepted': 2, 'qty_rejected': 0}])
        self.assertEqual(inspections.order_id.credit_note_ids.amount_total, 230)
        self.assertFalse(self._get_quantity(self.returns_location))

    def test_a_second_look_that_finds_the_same_upholds_the_first(self):
        self.policy.dispute_days = 7
        inspections = self._refuse(self._create_inspections())
        dispute = self._dispute(inspections)
        dispute.action_inspect_again()
        self._refuse(dispute.again_id.with_env(self.env))
        self.assertEqual(dispute.state, 'upheld')
        self.assertEqual(inspections.line_id.qty_rejected, 2)

    def test_the_answer_is_mailed_to_the_customer(self):
        self.policy.dispute_days = 7
        inspections = self._refuse(self._create_inspections())
        self._dispute(inspections, outcome_note="The soles are worn.").action_uphold()
        answer = inspections.order_id.message_ids.filtered(lambda message: "The soles are worn." in message.body)[:1]
        self.assertEqual(answer.partner_ids, self.customer)
        self.assertFalse(answer.subtype_id.internal)
        self.assertEqual(answer.message_type, 'auto_comment')  # the customer's page shows it

    def test_what_nobody_has_worded_is_said_in_the_language_of_the_customer(self):
        self.env['res.lang']._activate_lang('de_DE')
        self.customer.lang = 'de_DE'
        self.policy.dispute_days = 7
        dispute = self._dispute(self._refuse(self._create_inspections()))
        dispute.action_inspect_again()
        self._refuse(dispute.again_id.with_env(self.env))
        self.assertIn("unser Ergebnis", dispute.outcome_note)

    def test_a_second_look_that_is_asked_for_settles_the_dispute_not_a_text(self):
        self.policy.dispute_days = 7
        dispute = self._dispute(self._refuse(self._create_inspections()), outcome_note="No.")
        dispute.action_inspect_again()
        with self.assertRaisesRegex(UserError, "A second inspection is open"):
            dispute.action_uphold()

    def test_a_settled_dispute_keeps_its_second_inspection(self):
        self.policy.dispute_days = 7
        settled = self._dispute(self._refuse(self._create_inspections()))
        settled.action_inspect_again()
        first = settled.again_id
        self._refuse(first.with_env(self.env), disposition_id=self.hold.id)
        current = self._dispute(first)
        (settled + current).action_inspect_again()
        self.assertEqual(settled.again_id, first)
        self.assertEqual(current.again_id, first.again_ids)

    def test_refused_goods_wait_no_second_time_after_a_second_look(self):
        self.policy.dispute_days = 7
        inspections = self._refuse(self._create_inspections())
        inspections.action_inspect_again()
        self._refuse(inspections.again_ids)
        self.assertEqual(inspections.order_id.delivery_count, 1)

    def test_only_what_is_finished_can_be_objected_to(self):
        inspections = self._create_inspections()
        with self.assertRaisesRegex(UserError, "Only a finished inspection"):
            self._dispute(inspections)

    @mute_logger('odoo.sql_db')
    def test_only_one_dispute_of_an_inspection_is_open(self):
        inspections = self._refuse(self._create_inspections())
        self._dispute(inspections)
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self._dispute(inspections)

    def test_where_goods_moved_on_a_second_look_changes_money_alone(self):
        inspections = self._finish(self._create_inspections())
        moves = inspections.stock_move_ids
        inspections.action_inspect_again()
        again = inspections.again_ids
        self._finish(again, self.grade_b, disposition_id=self.scrap.id)
        self.assertRecordValues(again, [{
            'disposition_id': self.restock.id, 'goods_state': 'moved', 'location_id': self.stock_location.id}])
        self.assertFalse(again.stock_move_ids)
        self.assertEqual(inspections.stock_move_ids, moves)

    def test_only_what_is_finished_and_stands_is_looked_at_again(self):
        inspections = self._create_inspections()
        with self.assertRaisesRegex(UserError, "only what is finished"):
            inspections.action_inspect_again()
        self._finish(inspections, disposition_id=self.hold.id).action_inspect_again()
        self._finish(inspections.again_ids, disposition_id=self.hold.id)
        with self.assertRaisesRegex(UserError, "only what is finished"):
            inspections.action_inspect_again()

    def test_goods_stay_while_somebody_looks_again(self):
        inspections = self._finish(self._create_inspections(), disposition_id=self.hold.id)
        inspections.action_inspect_again()
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            inspections.action_dispose(self.restock.id)

    def test_asking_twice_is_one_second_inspection(self):
        inspections = self._finish(self._create_inspections(), disposition_id=self.hold.id)
        inspections.action_inspect_again()
        inspections.action_inspect_again()
        self.assertEqual(len(inspections.again_ids), 1)
        self.assertEqual(inspections.line_id.qty_accepted, 2, "The first one stands until then.")

    def test_a_part_of_a_second_inspection_replaces_a_part_of_the_first(self):
        inspections = self._finish(self._create_inspections(3), disposition_id=self.hold.id)
        inspections.action_inspect_again()
        again = inspections.again_ids
        part = again.action_split(1)
        self._finish(part, self.grade_b)
        counting = inspections.line_id.inspection_ids.filtered('counts')
        self.assertEqual(sum(counting.mapped('quantity')), 3)
        self.assertRecordValues(inspections.line_id, [{
            'qty_received': 3, 'qty_to_inspect': 0, 'qty_rejected': 0, 'qty_accepted': 3}])

    def test_a_part_that_is_looked_at_again_waits_for_the_customer_as_long_as_the_rest(self):
        self.policy.dispute_days = 7
        first = self._refuse(self._create_inspections(3))
        first.action_inspect_again()
        part = self._finish(first.again_ids.action_split(1), self.grade_b)
        self.assertEqual(part.previous_id.date_dispute, first.date_dispute)

    # === Opened again ===

    def test_what_was_just_finished_can_be_opened_again(self):
        self.policy.credit_trigger = 'manual'
        inspections = self._finish(self._create_inspections(), self.grade_c, disposition_id=self.hold.id)
        self.assertEqual(inspections.line_id.credit_share, 0.6)
        self.assertTrue(inspections.with_user(self.inspector).can_reopen)
        inspections.with_user(self.inspector).action_reopen()
        self.assertFalse(inspections.can_reopen)
        self.assertRecordValues(inspections, [{'state': 'todo', 'date_done': False, 'goods_state': 'waiting'}])
        self.assertRecordValues(inspections.line_id, [{'qty_accepted': 0, 'credit_share': 1}])

    def test_goods_that_moved_on_are_not_opened_again(self):
        self.policy.credit_trigger = 'manual'
        inspections = self._finish(self._create_inspections())
        with self.assertRaisesRegex(UserError, "moved on to Restock. Ask for a second inspection instead"):
            inspections.action_reopen()

    def test_what_was_inspected_again_is_not_opened_again_but_the_last_one(self):
        self.policy.credit_trigger = 'manual'
        first = self._finish(self._create_inspections(), disposition_id=self.hold.id)
        first.action_inspect_again()
        second = self._finish(first.again_ids, self.grade_b, disposition_id=self.hold.id)
        with self.assertRaisesRegex(UserError, "reopen that one"):
            first.action_reopen()
        second.action_reopen()
        self.assertRecordValues(first, [{'is_superseded': False, 'counts': True}])
        self.assertEqual(first.line_id.qty_accepted, 2)

    def test_what_was_finished_on_an_earlier_day_stays_what_was_told_of_that_day(self):
        self.policy.credit_trigger = 'manual'
        self.env.company.resource_calendar_id.tz = 'Asia/Shanghai'  # where a new day begins at 16:00 UTC
        inspections = self._finish(self._create_inspections(), disposition_id=self.hold.id)
        inspections.sudo().date_done = '2026-03-03 15:59:00'
        with freeze_time('2026-03-03 16:01:00'), self.assertRaisesRegex(UserError, "finished on an earlier day"):
            self.assertFalse(inspections.can_reopen)
            inspections.action_reopen()
        with freeze_time('2026-03-03 15:59:30'):
            inspections.action_reopen()
        self.assertEqual(inspections.state, 'todo')

    def test_what_is_credited_is_not_opened_again(self):
        inspections = self._finish(self._create_inspections(), disposition_id=self.hold.id)
        self.assertTrue(inspections.order_id.credit_note_ids)
        with self.assertRaisesRegex(UserError, "Ask for a second inspection instead"):
            inspections.action_reopen()
