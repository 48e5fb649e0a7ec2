import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import file_open

from .common import QualityCommon


@tagged('post_install', '-at_install')
class TestDock(QualityCommon):
    """What was received at the dock is inspected on the same page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dock = cls.env['returns.dock'].with_user(cls.inspector)
        with file_open('returns_management/static/description/icon.png', 'rb') as icon:
            cls.photo = {'name': "shoe.png", 'data': base64.b64encode(icon.read()).decode()}

    def _inspect(self, inspection, **kwargs):
        result = self.dock.inspect(self.warehouse.id, inspection['id'], inspection['quantity'], **kwargs)
        self.env.invalidate_all()
        return result

    def test_a_clean_item_is_received_and_inspected_in_two_taps(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        self.assertEqual(self.dock.scan(self.warehouse.id, return_order.barcode)['id'], return_order.id)
        received = self.dock.receive(self.warehouse.id, return_order.id)
        self.assertEqual([one['quantity'] for one in received['inspections']], [2])
        result = self._inspect(received['inspections'][0], pass_rest=True)
        self.assertEqual(result['inspections'], [])
        self.assertRecordValues(return_order.inspection_ids, [{
            'state': 'done', 'grade_id': self.grade_a.id, 'goods_state': 'moved', 'user_id': self.inspector.id}])

    def test_a_part_leaves_the_rest_to_inspect(self):
        inspection = self._create_inspections(quantity=3)
        shown = self.dock.scan(self.warehouse.id, inspection.order_id.name)['inspections'][0]
        result = self._inspect(shown, quantity=2, pass_rest=True)
        self.assertEqual([one['quantity'] for one in result['inspections']], [1])
        rest = result['inspections'][0]
        self._inspect(rest, answers={rest['answers'][0]['id']: 'fail'}, result={
            'grade_id': self.grade_d.id, 'refusal_note': "Worn",
            'defect_ids': self.env.ref('returns_quality.returns_defect_worn').ids}, photos=[self.photo])
        first, second = inspection.order_id.inspection_ids.sorted('id')
        self.assertRecordValues(first + second, [
            {'quantity': 2, 'grade_id': self.grade_a.id, 'is_refused': False},
            {'quantity': 1, 'grade_id': self.grade_d.id, 'is_refused': True}])
        self.assertEqual(second.defect_ids.name, "Worn")
        self.assertEqual(second.photo_ids.mapped('name'), ["shoe.png"])
        self.assertRecordValues(second.photo_ids, [{'res_model': 'returns.inspection', 'res_id': second.id}])

    def test_every_kind_of_answer_is_kept(self):
        self.checklist.item_ids.unlink()
        self.checklist.write({'item_ids': [(0, 0, vals) for vals in (
            {'name': "Weight", 'kind': 'measure', 'limit_low': 1, 'limit_high': 2},
            {'name': "Sole", 'kind': 'choice', 'choice_ids': [
                (0, 0, {'name': "New"}), (0, 0, {'name': "Worn", 'is_failure': True})]},
            {'name': "Smell", 'kind': 'text'}, {'name': "Picture", 'kind': 'photo'})]})
        shown = self.dock.scan(self.warehouse.id, self._create_inspections().order_id.name)['inspections'][0]
        weight, sole, smell, picture = shown['answers']
        self._inspect(shown, answers={
            weight['id']: 1.5, str(sole['id']): sole['choices'][0]['id'], smell['id']: "None",
            picture['id']: [self.photo]})
        answers = self.env['returns.inspection'].browse(shown['id']).answer_ids
        self.assertEqual(answers.mapped('outcome'), ['pass'] * 4)
        self.assertRecordValues(answers[:3], [
            {'value': 1.5, 'choice_name': False, 'text': False}, {'value': 0, 'choice_name': "New", 'text': False},
            {'value': 0, 'choice_name': False, 'text': "None"}])

    def test_a_measure_that_is_no_number_is_named(self):
        self.checklist.item_ids.unlink()
        self.checklist.item_ids = [
            Command.create({'name': "Weight", 'kind': 'measure', 'limit_low': 1, 'limit_high': 2})]
        shown = self.dock.scan(self.warehouse.id, self._create_inspections().order_id.name)['inspections'][0]
        for value in ("heavy", None, [], float('nan'), float('inf')):
            with self.subTest(value), self.assertRaisesRegex(UserError, "Enter a number"):
                self._inspect(shown, answers={shown['answers'][0]['id']: value})
        self.assertEqual(self.env['returns.inspection'].browse(shown['id']).answer_ids.outcome, 'open')

    def test_a_choice_of_another_item_is_no_answer(self):
        other = self._create_checklist("Other", [{'name': "Colour", 'kind': 'choice', 'choice_ids': [
            Command.create({'name': "Red"}), Command.create({'name': "Blue"})]}]).item_ids
        self.checklist.item_ids = [Command.create({'name': "Sole", 'kind': 'choice', 'choice_ids': [
            Command.create({'name': "New"}), Command.create({'name': "Worn"})]})]
        other.checklist_id.active = False
        shown = self.dock.scan(self.warehouse.id, self._create_inspections().order_id.name)['inspections'][0]
        with self.assertRaisesRegex(UserError, "answer these first: Sole"):
            self._inspect(shown, answers={shown['answers'][1]['id']: other.choice_ids[0].id}, pass_rest=True)

    def test_two_inspectors_do_not_decide_about_the_same_goods(self):
        shown = self.dock.scan(self.warehouse.id, self._create_inspections().order_id.name)['inspections'][0]
        self._inspect(shown, quantity=1, pass_rest=True)
        with self.assertRaisesRegex(UserError, "meanwhile"):
            self._inspect(shown, pass_rest=True)

    def test_a_part_that_somebody_has_taken_out_is_not_decided_about(self):
        inspection = self._create_inspections()
        shown = self.dock.scan(self.warehouse.id, inspection.order_id.name)['inspections'][0]
        inspection.action_split(1)
        with self.assertRaisesRegex(UserError, "meanwhile"):
            self._inspect(shown, pass_rest=True)

    def test_a_serial_number_of_another_company_finds_nothing(self):
        serials, order = self._create_delivered_serials(2)
        self._create_checklist("Watches", product_tmpl_ids=[(6, 0, serials.product_id.product_tmpl_id.ids)])
        self._create_inspections(2, order)
        other = self.setup_other_company()['company']
        self.inspector.company_ids += other
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', other.id)], limit=1)
        dock = self.dock.with_context(allowed_company_ids=[other.id, self.company.id])
        self.assertEqual(dock.scan(warehouse.id, 'sn-2')['kind'], 'unknown')

    def test_a_serial_number_finds_its_inspection(self):
        serials, order = self._create_delivered_serials(2)
        self._create_checklist("Watches", product_tmpl_ids=[(6, 0, serials.product_id.product_tmpl_id.ids)])
        return_order = self._create_inspections(2, order).order_id
        self.assertEqual(self.dock.scan(self.warehouse.id, 'sn-2')['id'], return_order.id)

    def test_what_waits_longest_comes_first(self):
        older, newer = (self._create_inspections() for _ in range(2))
        older.date_deadline = '2026-01-01'
        self.assertEqual(self.dock.get_next_inspections(self.warehouse.id)[0]['id'], older.id)
        self._finish(older)
        self.assertEqual(self.dock.get_next_inspections(self.warehouse.id)[0]['id'], newer.id)

    def test_nobody_is_given_what_is_for_others_or_not_approved(self):
        theirs, undecided = (self._create_inspections() for _ in range(2))
        theirs.user_id = self.manager
        undecided.order_id._write_by_system({'state': 'requested'})
        undecided.date_deadline = '2026-01-01'
        self.assertFalse(self.dock.get_next_inspections(self.warehouse.id))
        theirs.user_id = self.inspector
        self.assertEqual(self.dock.get_next_inspections(self.warehouse.id)[0]['id'], theirs.id)

    def test_pictures_of_an_inspection_are_pictures_of_the_return(self):
        inspection = self._create_inspections()
        self.assertFalse(inspection.line_id.has_photo)
        shown = self.dock.scan(self.warehouse.id, inspection.order_id.name)['inspections'][0]
        self._inspect(shown, pass_rest=True, photos=[self.photo])
        self.assertTrue(inspection.line_id.has_photo)

    def test_who_is_no_inspector_receives_and_sees_no_inspection(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        dock = self.dock.with_user(self.stock_user)
        self.assertEqual(dock.receive(self.warehouse.id, return_order.id)['inspections'], [])
        self.assertNotIn('inspection', dock.get_session())
        with self.assertRaisesRegex(AccessError, "Ask for that role"):
            dock.inspect(self.warehouse.id, return_order.inspection_ids.id, 2, pass_rest=True)

    def test_answers_of_another_inspection_are_refused(self):
        first, second = (self._create_inspections() for _ in range(2))
        shown = self.dock.scan(self.warehouse.id, first.order_id.name)['inspections'][0]
        with self.assertRaisesRegex(UserError, "do not belong"):
            self._inspect(shown, answers={second.answer_ids.id: 'pass'})
