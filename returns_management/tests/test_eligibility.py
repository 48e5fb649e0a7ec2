import doctest
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import BaseCase

from odoo.addons.returns_management.models import allocation, eligibility
from odoo.addons.returns_management.models.eligibility import Objection

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestPlainValues(BaseCase):

    def test_examples_in_the_documentation_hold(self):
        for module in (allocation, eligibility):
            with self.subTest(module=module.__name__):
                result = doctest.testmod(module)
                self.assertTrue(result.attempted)
                self.assertFalse(result.failed)


@tagged('post_install', '-at_install')
class TestEligibility(ReturnsCommon):
    """May it come back? What the policy says, live while the return is a draft and frozen afterwards."""

    def _deliver_days_ago(self, days):
        order = self._create_delivered_order()
        order.picking_ids.move_ids.date = fields.Datetime.now() - timedelta(days=days)
        return order

    def test_nothing_speaks_against_a_fresh_delivery(self):
        line = self._create_return(self._create_delivered_order()).line_ids

        self.assertRecordValues(line, [{
            'eligibility': 'accepted', 'qty_returnable': 5, 'policy_id': self.policy.id, 'amount_expected': 230,
        }])
        self.assertFalse(line.objection_ids)

    def test_the_last_day_of_the_window_still_counts(self):
        for days, eligibility_expected in ((30, 'accepted'), (31, 'review')):
            with self.subTest(days=days):
                line = self._create_return(self._deliver_days_ago(days)).line_ids
                self.assertEqual(line.eligibility, eligibility_expected)

    def test_the_window_follows_the_calendar_of_the_company(self):
        """Delivered at 23:30 UTC is delivered on the next day in Auckland."""
        self.policy.window_days = 1
        order = self._create_delivered_order()
        order.picking_ids.move_ids.date = '2026-03-01 23:30:00'
        for timezone, eligibility_expected in (('UTC', 'review'), ('Pacific/Auckland', 'accepted')):
            with self.subTest(timezone=timezone), freeze_time('2026-03-03 01:00:00'):
                self.company.partner_id.tz = timezone
                self.assertEqual(self._create_return(order).line_ids.eligibility, eligibility_expected)

    def test_the_window_may_start_with_the_order_or_the_invoice(self):
        order = self._create_delivered_order()
        order.date_order = fields.Datetime.now() - timedelta(days=40)
        order.invoice_ids.button_draft()
        order.invoice_ids.invoice_date = fields.Date.today() - timedelta(days=50)
        order.invoice_ids.action_post()
        for start, window_days, eligibility_expected in (
            ('order', 40, 'accepted'), ('order', 39, 'review'), ('invoice', 50, 'accepted'), ('invoice', 49, 'review'),
        ):
            with self.subTest(start=start, window_days=window_days):
                self.policy.write({'window_start': start, 'window_days': window_days})
                self.assertEqual(self._create_return(order).line_ids.eligibility, eligibility_expected)

    def test_a_window_that_has_not_started_is_open(self):
        self.policy.write({'window_start': 'invoice', 'window_days': 0})
        line = self._create_return(self._create_delivered_order(invoiced=False)).line_ids
        self.assertEqual(line.eligibility, 'accepted')

    def test_all_objections_are_told_and_the_worst_decides(self):
        line = self._create_return(self._deliver_days_ago(31), quantity=6).line_ids

        self.assertEqual(line.eligibility, 'refused')
        self.assertRecordValues(line.objection_ids, [
            {'code': 'quantity', 'waivable': False},
            {'code': 'window', 'waivable': True},
        ])
        self.assertIn("5", line.objection_ids[0].message)

    def test_the_verdict_follows_the_draft(self):
        line = self._create_return(self._create_delivered_order(), quantity=6).line_ids
        self.assertEqual(line.eligibility, 'refused')
        line.product_uom_qty = 5
        self.assertEqual(line.eligibility, 'accepted')
        self.assertFalse(line.objection_ids)

    def test_the_verdict_is_frozen_with_the_request(self):
        return_order = self._create_return(self._deliver_days_ago(31))
        return_order.action_submit()

        self.policy.window_days = 100
        self.customer.write({'returns_blocked': True, 'returns_blocked_reason': "Since then"})
        self.env.add_to_compute(return_order.line_ids._fields['eligibility'], return_order.line_ids)

        self.assertEqual(return_order.line_ids.eligibility, 'review')
        self.assertEqual(return_order.line_ids.objection_ids.mapped('code'), ['window'])

    def test_the_verdict_is_given_anew_when_the_request_is_submitted(self):
        return_order = self._create_return(self._deliver_days_ago(20))
        self.assertEqual(return_order.line_ids.eligibility, 'accepted')
        self.customer.write({'returns_blocked': True, 'returns_blocked_reason': "Since then"})
        self.assertEqual(return_order.line_ids.eligibility, 'accepted', "Nothing tells the draft.")
        return_order.action_submit()
        self.assertRecordValues(return_order.line_ids, [{'eligibility': 'review'}])
        self.assertEqual(return_order.state, 'requested')

    def test_another_addon_adds_a_check(self):
        policy_class = self.env.registry['returns.policy']
        checks = policy_class._get_eligibility_checks
        self.patch(policy_class, '_get_eligibility_checks', lambda policy: [
            *checks(policy), lambda line: Objection('seal', f"Seal of {line.product_id.name} broken", waivable=True)])

        line = self._create_return(self._create_delivered_order()).line_ids

        self.assertEqual(line.eligibility, 'review')
        self.assertEqual(line.objection_ids.message, "Seal of Test Shoe broken")
