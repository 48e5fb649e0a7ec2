from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import format_date, mute_logger

from .common import ReturnsMailCommon


@tagged('post_install', '-at_install')
class TestReturnsExpiry(ReturnsMailCommon):
    """What nobody goes on with is remembered, and ends."""

    def _run(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f'returns_management.ir_cron_{name}').method_direct_trigger()
        self.env.invalidate_all()

    def _create_approved(self, days_late=0, **values):
        """A return whose goods should have been sent `days_late` days ago."""
        return_order = self._create_confirmed_return(self._create_delivered_order(), **values)
        return_order.date_deadline = self._days_ago(days_late).date()
        return return_order

    def _get_subjects(self, return_order):
        return [subject for subject in return_order.message_ids.mapped('subject') if subject]

    # === Expiry ===

    def test_what_nobody_sent_expires_after_the_days_of_grace(self):
        in_grace, late = self._create_approved(days_late=7), self._create_approved(days_late=8)
        self._run('expire')
        self.assertEqual((in_grace + late).mapped('state'), ['approved', 'cancel'])
        self.assertIn("Expired", late.close_note)
        self.assertEqual(late.picking_ids.state, 'cancel')
        self.assertIn(f"Your return {late.name} is closed", self._get_subjects(late))

    def test_the_longest_grace_among_its_policies_counts(self):
        tag = self.env['product.tag'].create({'name': "Slow"})
        slow = self._create_storable("Slow Shoe", product_tag_ids=[Command.set(tag.ids)])
        self._create_policy(product_tag_ids=[Command.set(tag.ids)], grace_days=20)
        return_order = self._create_confirmed_return(self._create_delivered_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 5, 'price_unit': 100})
            for product in (self.product, slow)]))
        self.assertEqual(len(return_order.line_ids.policy_id), 2)
        self.assertEqual((return_order.date_expiry - return_order.date_deadline).days, 20)

    def test_the_customer_reads_the_day_of_expiry_as_it_is_written_there(self):
        self.env['res.lang']._activate_lang('fr_FR')
        french = self.env['res.partner'].create({'name': "Cliente", 'lang': 'fr_FR', 'email': 'c@example.com'})
        english = self._create_approved(days_late=8)
        foreign = self._create_confirmed_return(self._create_delivered_order(partner_id=french.id))
        foreign.date_deadline = english.date_deadline
        self._run('expire')
        for return_order, lang in ((english, 'en_US'), (foreign, 'fr_FR')):
            day = format_date(self.env, return_order.date_expiry, lang_code=lang)
            self.assertIn(day, return_order.close_note)

    def test_who_acts_while_returns_expire_is_heard(self):
        sent, busy, late = (self._create_approved(days_late=8) for _number in range(3))

        def lock(self):
            self.browse(sent.id).action_mark_sent()
            return self - busy  # somebody else is at it

        with patch.object(self.env.registry['returns.order'], 'try_lock_for_update', lock):
            self._run('expire')
        self.assertEqual((sent + busy + late).mapped('state'), ['approved', 'approved', 'cancel'])

    def test_what_the_customer_has_sent_does_not_expire(self):
        return_order = self._create_approved(days_late=30)
        return_order.with_user(self.user).action_mark_sent()
        self.assertRecordValues(return_order, [{
            'date_sent': fields.Date.context_today(return_order), 'next_step': 'receive'}])
        self._run('expire')
        self.assertEqual(return_order.state, 'approved')

    def test_what_was_received_stays_when_the_rest_expires(self):
        return_order = self._create_approved(days_late=30, quantity=3)
        self._receive(return_order, quantity=1)
        self._run('expire')
        self.assertRecordValues(return_order, [{'state': 'approved', 'reception_status': 'full'}])
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 1, 'qty_to_receive': 0}])

    def test_one_that_cannot_expire_says_so_and_the_others_go_on(self):
        returns = self._create_approved(30) + self._create_approved(30) + self._create_approved(30)
        close_rest = self.env.registry['returns.order'].action_close_rest

        def fail(self, reason=None):
            if returns[1] in self:
                raise RuntimeError("Not this one.")
            return close_rest(self, reason)

        logger = 'odoo.addons.returns_management.models.returns_order_automation'
        with patch.object(self.env.registry['returns.order'], 'action_close_rest', fail), mute_logger(logger):
            self._run('expire')
        self.assertEqual(returns.mapped('state'), ['cancel', 'approved', 'cancel'])
        self.assertEqual(returns.mapped('attention_note'), [False, "Not this one.", False])

    def test_an_expired_return_is_reopened_for_review_when_its_parcel_comes(self):
        return_order = self._create_approved(days_late=8)
        self._run('expire')
        return_order._reopen_for_review()
        self.assertRecordValues(return_order, [{
            'state': 'requested', 'next_step': 'review', 'main_objection': 'reopened', 'date_deadline': False}])
        return_order.action_approve()
        self.assertEqual(return_order.picking_ids.sorted('id').mapped('state'), ['cancel', 'assigned'])

    def test_scanning_the_parcel_of_an_expired_return_reopens_it(self):
        return_order = self._create_approved(days_late=8)
        self._run('expire')
        dock = self.env['returns.dock'].with_user(self.stock_user)
        self.assertIn("was cancelled", dock.scan(self.warehouse.id, return_order.barcode)['notice'])
        dock.receive(self.warehouse.id, return_order.id)
        self.env.invalidate_all()
        self.assertRecordValues(return_order, [{
            'state': 'requested', 'next_step': 'review', 'main_objection': 'reopened', 'reception_status': 'full'}])

    def test_what_somebody_else_returns_by_now_is_not_reopened(self):
        return_order = self._create_approved(quantity=3)
        return_order.action_cancel()
        self._create_confirmed_return(return_order.sale_order_ids, quantity=3)
        with self.assertRaisesRegex(UserError, "More would come back"):
            return_order.action_reopen()

    def test_what_was_never_submitted_cannot_be_reopened(self):
        draft = self._create_return(self._create_delivered_order())
        draft.action_cancel()
        with self.assertRaisesRegex(UserError, "never submitted"):
            draft.action_reopen()

    # === Reminder ===

    def test_the_customer_is_reminded_once_some_days_before(self):
        early, soon = self._create_approved(days_late=-4), self._create_approved(days_late=-3)
        self.setup_other_company(name="Other Company")['company'].returns_reminder_days = 30
        for _day in range(2):
            self._run('remind_customers')
        self.assertFalse([subject for subject in self._get_subjects(early) if "please send" in subject])
        self.assertEqual(len([subject for subject in self._get_subjects(soon) if "please send" in subject]), 1)
        self.assertTrue(soon.date_reminder)

    def test_who_is_late_already_is_not_reminded(self):
        return_order = self._create_approved(days_late=1)
        self._run('remind_customers')
        self.assertFalse(return_order.date_reminder)

    def test_the_day_on_which_it_was_sent_stays(self):
        return_order = self._create_approved()
        return_order.action_mark_sent()
        return_order.date_sent = self._days_ago(3).date()
        return_order.action_mark_sent()
        self.assertEqual(return_order.date_sent, self._days_ago(3).date())

    def test_who_has_sent_it_is_not_reminded(self):
        return_order = self._create_approved(days_late=-1)
        return_order.action_mark_sent()
        self._run('remind_customers')
        self.assertFalse(return_order.date_reminder)

    # === Activities ===

    def _create_overdue_review(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self._create_delivered_order(), user_id=self.user.id)
        return_order.action_submit()
        return_order._write_by_system({'date_request': self._days_ago(4)})
        return return_order

    def test_an_overdue_review_is_one_activity_not_one_a_day(self):
        return_order = self._create_overdue_review()
        for _day in range(2):
            self._run('schedule_activities')
        self.assertRecordValues(return_order.activity_ids, [{'user_id': self.user.id, 'summary': "Review"}])
        return_order.activity_ids.action_done()
        self._run('schedule_activities')
        self.assertFalse(return_order.activity_ids)

    def test_the_activity_goes_when_the_review_is_done(self):
        return_order = self._create_overdue_review()
        self._run('schedule_activities')
        return_order.with_user(self.manager).action_approve()
        self.cr.flush()
        self.assertFalse(return_order.activity_ids)

    def test_an_overdue_credit_is_an_activity_until_it_is_posted(self):
        return_order = self._create_received_return(self._create_delivered_order(), user_id=self.user.id)
        return_order._write_by_system({'date_refund_deadline': self._days_ago(1).date()})
        self._run('schedule_activities')
        self.assertEqual(return_order.activity_ids.mapped('summary'), ["Credit"])
        return_order.credit_note_ids.action_post()
        self.cr.flush()
        self.assertFalse(return_order.activity_ids)

    def test_an_overdue_payment_is_an_activity(self):
        order = self._create_delivered_order()
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=order.invoice_ids.ids).create({})._create_payments()
        return_order = self._create_received_return(order, user_id=self.user.id)
        return_order.credit_note_ids.action_post()
        return_order._write_by_system({'date_refund_deadline': self._days_ago(1).date()})
        self._run('schedule_activities')
        self.assertEqual(return_order.activity_ids.mapped('summary'), ["Pay back"])

    def test_an_answer_that_does_not_come_is_an_activity(self):
        return_order = self._create_overdue_review()
        return_order.action_ask_customer("Which size?")
        return_order._write_by_system({'date_answer': self._days_ago(1).date()})
        self._run('schedule_activities')
        self.assertEqual(return_order.activity_ids.mapped('summary'), ["Wait for answer"])

    def test_a_fresh_review_is_no_activity(self):
        return_order = self._create_overdue_review()
        return_order._write_by_system({'date_request': self._days_ago(2)})
        self._run('schedule_activities')
        self.assertFalse(return_order.activity_ids)

    def test_where_nobody_is_responsible_a_manager_of_the_company_is_told(self):
        return_order = self._create_overdue_review()
        return_order.user_id = False
        self.assertTrue(return_order._get_overdue_user().has_group('returns_management.group_returns_manager'))
        self.assertIn(self.company, return_order._get_overdue_user().company_ids)
        return_order.user_id = self.user
        self.user.active = False
        self.assertNotEqual(return_order._get_overdue_user(), self.user, "Who left does nothing.")
