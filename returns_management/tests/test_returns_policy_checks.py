from datetime import date, datetime

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ReturnsCommon

PIXEL = b'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'


@tagged('post_install', '-at_install')
class TestReturnsPolicyChecks(ReturnsCommon):
    """One test for each objection, and for what does not object."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_delivered_order()

    def _check_objection(self, line, code, waivable):
        self.assertRecordValues(line.objection_ids, [{'code': code, 'waivable': waivable}])
        self.assertEqual(line.eligibility, 'review' if waivable else 'refused')

    def test_what_was_sold_as_final_does_not_come_back(self):
        self.product.product_tag_ids = self.env.ref('returns_management.product_tag_final_sale')
        line = self._create_return(self.order).line_ids
        self._check_objection(line, 'final_sale', waivable=False)
        self.assertFalse(line.policy_id.returnable)

    def test_a_blocked_customer_waits_for_a_manager(self):
        with self.assertRaisesRegex(ValidationError, "Say why"):
            self.customer.returns_blocked = True
        self.customer.write({'returns_blocked': True, 'returns_blocked_reason': "Sends back worn shoes"})
        person = self.env['res.partner'].create({'name': "Peter", 'parent_id': self.customer.id})
        line = self._create_return(self._create_delivered_order(partner_id=person.id)).line_ids
        self._check_objection(line, 'customer', waivable=True)
        self.assertIn("worn shoes", line.objection_summary)

    def test_a_reason_may_not_be_accepted(self):
        self.policy.excluded_reason_ids = self.reason
        line = self._create_return(self.order).line_ids
        self._check_objection(line, 'reason', waivable=False)
        line.reason_id = self.env.ref('returns_management.returns_reason_defect')
        self.assertEqual(line.eligibility, 'accepted')

    def test_a_reason_may_need_a_comment(self):
        self.reason.needs_comment = True
        return_order = self._create_return(self.order, customer_note=" ")
        self._check_objection(return_order.line_ids, 'comment', waivable=True)
        for record in (return_order, return_order.line_ids):
            record.customer_note = "Too tight"
            self.assertEqual(return_order.line_ids.eligibility, 'accepted')
            record.customer_note = False

    def test_policy_or_reason_may_need_a_photo(self):
        for record in (self.policy, self.reason):
            record.needs_photo = True
            return_order = self._create_return(self.order)
            self._check_objection(return_order.line_ids, 'photo', waivable=True)
            record.needs_photo = False

    def test_a_photo_on_the_return_or_the_line_is_seen_at_once(self):
        self.policy.needs_photo = True
        for name, get_record in (('return', lambda order: order), ('line', lambda order: order.line_ids)):
            return_order = self._create_return(self.order)
            record = get_record(return_order)
            self.env['ir.attachment'].create({
                'name': "note.txt", 'raw': b"see photo", 'res_model': record._name, 'res_id': record.id})
            self.assertEqual(return_order.line_ids.eligibility, 'review')
            self.env['ir.attachment'].create({
                'name': "hole.gif", 'datas': PIXEL, 'res_model': record._name, 'res_id': record.id})
            with self.subTest(on=name):
                self.assertEqual(return_order.line_ids.eligibility, 'accepted')

    def test_policy_and_reason_say_what_the_customer_may_get(self):
        goodwill = self.env['returns.resolution'].create({'name': "Goodwill"})
        self.policy.resolution_ids = self.policy.resolution_id
        line = self._create_return(self.order).line_ids
        line.resolution_id = goodwill
        self._check_objection(line, 'resolution', waivable=True)

        self.policy.resolution_ids = False
        self.reason.resolution_ids = goodwill
        line = self._create_return(self.order).line_ids
        self.assertEqual(line.resolution_id, goodwill)
        self.assertEqual(line.eligibility, 'accepted')

    def test_what_was_chosen_beyond_the_offer_is_asked_about_and_stays(self):
        self.policy.resolution_ids = self.policy.resolution_id
        goodwill = self.env.ref('returns_management.returns_resolution_keep')
        return_order = self._create_return(self._create_delivered_order())
        return_order.line_ids.resolution_id = goodwill
        self.env.flush_all()
        return_order.action_submit()
        self.assertRecordValues(return_order.line_ids, [{'resolution_id': goodwill.id, 'eligibility': 'review'}])
        self.assertEqual(return_order.state, 'requested')

    def test_above_the_limit_it_says_why_it_waits(self):
        self.policy.auto_approve_limit = 229.99
        return_order = self._create_return(self.order)
        self._check_objection(return_order.line_ids, 'amount', waivable=True)
        self.assertIn("230.00", return_order.objection_summary)
        self.assertIn("229.99", return_order.objection_summary)
        return_order.line_ids.product_uom_qty = 1
        self.assertEqual(return_order.line_ids.eligibility, 'accepted')
        self.policy.auto_approve = False
        return_order.line_ids.product_uom_qty = 2
        self.assertEqual(return_order.line_ids.eligibility, 'accepted', "Nothing is approved by itself here.")

    def test_the_limit_is_in_the_currency_of_the_company(self):
        euro = self.setup_other_currency('EUR', rates=[(fields.Date.today(), 2.0)])
        pricelist = self.env['product.pricelist'].create({'name': "EUR", 'currency_id': euro.id})
        order = self._create_delivered_order(pricelist_id=pricelist.id)
        self.policy.auto_approve_limit = 115
        return_order = self._create_return(order)
        self.assertEqual(return_order.amount_expected, 230)
        self.assertEqual(return_order.line_ids.eligibility, 'accepted')
        self.policy.auto_approve_limit = 114
        self._check_objection(return_order.line_ids, 'amount', waivable=True)
        self.assertIn("115.00", return_order.objection_summary)

    def test_only_a_manager_approves_above_the_limit(self):
        """Two steps where the policy says so, one step elsewhere."""
        self.policy.auto_approve_limit = 100
        return_order = self._create_return(self.order).with_user(self.user)
        return_order.action_confirm()
        self.assertRecordValues(return_order, [{'state': 'requested', 'next_step': 'review'}])
        return_order.with_user(self.manager).action_approve()
        self.assertEqual(return_order.state, 'approved')

    def test_the_window_may_end_on_the_next_working_day(self):
        """Delivered on Thursday 1 January 2026, 30 days: Saturday 31 January. Monday 2 February is a holiday."""
        self.env['resource.calendar.leaves'].create({
            'name': "Holiday", 'calendar_id': False,
            'date_from': datetime(2026, 2, 2), 'date_to': datetime(2026, 2, 2, 23, 59, 59)})
        self.company.resource_calendar_id.tz = 'UTC'
        self.order.picking_ids.move_ids.date = '2026-01-01 12:00:00'
        for end_on_working_day, last_day in ((False, date(2026, 1, 31)), (True, date(2026, 2, 3))):
            self.policy.window_next_working_day = end_on_working_day
            for day, outcome in ((last_day, 'accepted'), (date(2026, 2, last_day.day + 1) if end_on_working_day
                                                          else date(2026, 2, 1), 'review')):
                with self.subTest(day=day), freeze_time(datetime.combine(day, datetime.min.time())):
                    self.assertEqual(self._create_return(self.order).line_ids.eligibility, outcome)

    def test_a_defect_is_looked_at_before_anything_is_refused(self):
        self.policy.returnable = False
        line = self._create_return(self.order, legal_basis='defect').line_ids
        self._check_objection(line, 'final_sale', waivable=True)
        too_much = self._create_return(self.order, quantity=6, legal_basis='defect').line_ids
        self.assertEqual(too_much.eligibility, 'refused', "A fact is no question of law.")

    def test_nonsense_is_refused_in_plain_words(self):
        for quantity in (float('nan'), float('inf')):
            with self.subTest(quantity=quantity), self.assertRaisesRegex(UserError, "Enter a number: Quantity"):
                self._create_return(self.order, quantity=quantity)
        other = self.setup_other_company(name="Other Company")['company']
        foreign = self.env['returns.reason'].create({'name': "Foreign", 'code': "FOREIGN", 'company_id': other.id})
        with self.assertRaisesRegex(UserError, "company"):
            self._create_return(self.order).line_ids.reason_id = foreign

    def test_a_return_of_nothing_is_none(self):
        for quantity in (0, -1):
            with self.subTest(quantity=quantity), mute_logger('odoo.sql_db'), \
                    self.assertRaisesRegex(CheckViolation, "qty_positive"), self.cr.savepoint():
                self._create_return(self.order, quantity=quantity)

    def test_reasons_of_a_company_stay_there(self):
        other = self.setup_other_company(name="Other Company")['company']
        foreign, own = self.env['returns.reason'].create([
            {'name': "Too loud", 'code': "LOUD", 'company_id': company.id} for company in (other, self.company)])
        with self.assertRaises(AccessError):
            foreign.with_user(self.user).read(['name'])
        self.assertTrue(own.with_user(self.user).read(['name']))

    def test_a_product_that_is_not_sold_any_more_still_comes_back(self):
        self.product.active = False
        return_order = self._create_received_return(self.order)
        self.assertEqual(return_order.credit_note_ids.amount_total, 230)

    def _prepare_line_vals(self, order):
        return self.env['returns.order']._prepare_line_vals(order.order_line._get_returns_delivered_moves())

    def test_services_are_not_offered(self):
        service = self.env['product.product'].create({'name': "Advice", 'type': 'service'})
        order = self._create_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 5}) for product in (self.product, service)])
        self._deliver(order)
        vals_list = self._prepare_line_vals(order)
        self.assertEqual([vals['sale_line_id'] for vals in vals_list], order.order_line[:1].ids)

    def test_what_is_delivered_in_part_is_offered_in_part(self):
        order = self._create_order()
        with self.assertRaisesRegex(UserError, "nothing was delivered"):
            order.action_create_return()
        self._deliver(order, quantity=3)
        self.assertEqual(self._prepare_line_vals(order)[0]['product_uom_qty'], 3)

    # --- The credit before the goods ----------------------------------------------------------------------------------

    def test_an_advance_refund_is_credited_at_approval(self):
        self.policy.credit_trigger = 'on_approval'
        return_order = self._create_return(self.order).with_user(self.user)
        return_order.action_confirm()

        credit_note = return_order.credit_note_ids
        self.assertRecordValues(credit_note, [{'state': 'draft', 'amount_total': 230}])
        credit_note.with_user(self.accountant).action_post()
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'credit_status': 'full', 'reception_status': 'pending', 'next_step': 'send'}])

        self._receive(return_order.with_user(self.stock_user))
        self.assertRecordValues(return_order, [{'state': 'done', 'credit_status': 'full'}])
        self.assertEqual(return_order.credit_note_ids, credit_note, "Nothing is credited twice.")
        self.assertEqual(self.order.order_line.qty_to_invoice, 0)

    def test_an_advance_refund_credits_no_more_than_was_invoiced(self):
        self.policy.write({'credit_trigger': 'on_approval', 'credit_note_posting': 'posted'})
        order = self._create_delivered_order(invoiced=False)
        self.assertFalse(self._create_confirmed_return(order).credit_note_ids)
        first = self._create_confirmed_return(self.order, quantity=3)
        second = self._create_confirmed_return(self.order, quantity=2)
        self._receive(first)
        self._receive(second)
        self.assertEqual(sum((first + second).credit_note_ids.mapped('amount_total')), 575)
        self.assertEqual(self.order.order_line.qty_invoiced, 0)
