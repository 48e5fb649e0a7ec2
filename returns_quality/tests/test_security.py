from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import QualityCommon


@tagged('post_install', '-at_install')
class TestSecurity(QualityCommon):
    """Inspectors inspect, and need no right in returns, stock or accounting for it."""

    def test_an_inspector_does_all_of_it(self):
        inspections = self._create_inspections(quantity=3).with_user(self.inspector)
        refused = inspections.action_split(1)
        for inspection in inspections + refused:
            inspection.answer_ids.verdict = 'pass'
            inspection.answer_ids.invalidate_recordset()
        inspections.grade_id = self.grade_a
        refused.write({'grade_id': self.grade_d.id, 'is_refused': True, 'refusal_note': "Worn"})
        (inspections + refused).action_finish()
        self.assertEqual(inspections.goods_state, 'moved')
        self.assertTrue(inspections.sudo().order_id.credit_note_ids)
        self.assertTrue(inspections.sudo().order_id.delivery_ids)

    def test_an_inspector_reads_what_is_needed_and_changes_no_return(self):
        inspections = self._create_inspections().with_user(self.inspector)
        inspections.read()
        inspections.web_read({
            'order_id': {'fields': {'display_name': {}}}, 'product_id': {'fields': {'display_name': {}}},
            'lot_id': {'fields': {'display_name': {}}}, 'partner_id': {'fields': {'display_name': {}}},
            'reason_id': {'fields': {'display_name': {}}}, 'disposition_id': {'fields': {'display_name': {}}},
            'answer_ids': {'fields': {'name': {}, 'instruction': {}, 'item_id': {'fields': {'display_name': {}}}}}})
        with self.assertRaises(AccessError):
            inspections.order_id.customer_note = "Changed"

    def test_others_do_not_inspect(self):
        inspections = self._create_inspections()
        nobody = new_test_user(self.env, 'test_nobody', 'base.group_user', company_id=self.company.id)
        for user in (self.user, self.stock_user, self.accountant, nobody):
            with self.subTest(user.login), self.assertRaises(AccessError):
                inspections.with_user(user).action_finish()

    def test_a_returns_user_notes_disputes_and_an_inspector_does_not(self):
        inspections = self._finish(self._create_inspections())
        vals = {'inspection_id': inspections.id, 'customer_note': "No!"}
        self.env['returns.dispute'].with_user(self.user).create(vals)
        with self.assertRaises(AccessError):
            self.env['returns.dispute'].with_user(self.inspector).create(vals)

    def test_only_administrators_configure(self):
        for record in (self.checklist, self.grade_a, self.restock, self.env.ref('returns_quality.returns_defect_worn')):
            with self.subTest(record._name):
                record.with_user(self.manager).name = "Other"
                with self.assertRaises(AccessError):
                    record.with_user(self.inspector).name = "Another"

    def test_companies_stay_apart(self):
        inspections = self._create_inspections()
        other = self.env['res.company'].create({'name': "Another Company"})
        stranger = new_test_user(
            self.env, 'test_stranger', 'returns_quality.group_returns_inspector,returns_management.group_returns_user',
            company_id=other.id, company_ids=[Command.set(other.ids)])
        for model in ('returns.inspection', 'returns.inspection.answer', 'returns.inspection.report'):
            with self.subTest(model):
                self.assertFalse(self.env[model].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            inspections.with_user(stranger).action_finish()

    def test_nobody_writes_what_follows_from_an_inspection(self):
        inspections = self._create_inspections()
        for vals in (
            {'state': 'done'}, {'quantity': 1}, {'date_disposed': '2026-01-01'}, {'is_superseded': True},
            {'line_id': False}, {'write_down_amount': 5},
        ):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "nobody writes them"):
                inspections.with_user(self.manager).write(vals)
        with self.assertRaisesRegex(UserError, "nobody writes them"):
            inspections.answer_ids.with_user(self.inspector).name = "Is it blue?"
