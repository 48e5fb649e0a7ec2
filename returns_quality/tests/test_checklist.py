from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import QualityCommon


@tagged('post_install', '-at_install')
class TestChecklist(QualityCommon):
    """Which checklists are asked, and how much of what arrives is inspected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_delivered_order(quantity=40)
        cls.line = cls._create_return(cls.order).line_ids

    def _get_names(self):
        return self.env['returns.checklist']._get_by_line(self.line)[self.line].mapped('name')

    def test_installing_activates_no_checklist(self):
        self.checklist.unlink()
        self.assertFalse(self.env['returns.checklist'].search([('company_id', 'in', (False, self.company.id))]))

    def test_the_most_specific_checklist_comes_first(self):
        child = self.env['product.category'].create({'name': "Shoes", 'parent_id': self.category.id})
        self.product.categ_id = child
        self._create_checklist("Any")
        self._create_checklist("Reason", reason_ids=[Command.set(self.reason.ids)])
        self._create_checklist("Child", categ_ids=[Command.set(child.ids)])
        self._create_checklist(
            "Child and reason", categ_ids=[Command.set(child.ids)], reason_ids=[Command.set(self.reason.ids)])
        self._create_checklist("Product", product_tmpl_ids=[Command.set(self.product.product_tmpl_id.ids)])
        self.assertEqual(
            self._get_names(), ["Product", "Child and reason", "Child", "Everything", "Reason", "Any"])

    def test_one_that_stands_alone_replaces_more_general_ones(self):
        self._create_checklist(
            "Alone", product_tmpl_ids=[Command.set(self.product.product_tmpl_id.ids)], combination='replace')
        self.assertEqual(self._get_names(), ["Alone"])

    def test_an_archived_one_is_not_asked_any_more(self):
        self.assertEqual(self._get_names(), ["Everything"])
        self.checklist.active = False
        self.assertEqual(self._get_names(), [])

    def test_one_for_something_else_is_not_asked(self):
        other = self.env.ref('returns_management.returns_reason_defect')
        self.checklist.reason_ids = other
        self.assertEqual(self._get_names(), [])
        self.line.reason_id = other
        self.assertEqual(self._get_names(), ["Everything"])
        self.checklist.company_id = self.env['res.company'].create({'name': "Another Company"})
        self.assertEqual(self._get_names(), [])

    def test_merged_checklists_are_asked_in_one_inspection(self):
        self._create_checklist(
            "Product", ["Are the laces there?", "Is it dry?"],
            product_tmpl_ids=[Command.set(self.product.product_tmpl_id.ids)])
        inspections = self._create_inspections(order=self.order)
        self.assertEqual(
            inspections.answer_ids.mapped('name'), ["Are the laces there?", "Is it dry?", "Is it clean?"])

    def test_every_third_reception_is_inspected(self):
        self.checklist.write({'sampling': 'nth', 'sampling_every': 3})
        inspected = [bool(self._create_inspections(1, self.order)) for _ in range(6)]
        self.assertEqual(inspected, [False, False, True] * 2)

    def test_a_counter_is_made_when_sampling_changes_and_goes_with_its_checklist(self):
        self.checklist.sampling = 'nth'
        counter = self.checklist.sampling_sequence_id
        self.assertTrue(counter)
        self.checklist.unlink()
        self.assertFalse(counter.exists())

    def test_a_copy_counts_on_its_own(self):
        self.checklist.write({'sampling': 'nth', 'sampling_every': 2})
        copy = self.checklist.copy()
        self.assertTrue(copy.sampling_sequence_id)
        self.assertNotEqual(copy.sampling_sequence_id, self.checklist.sampling_sequence_id)

    def test_of_two_that_sample_the_one_that_is_due_is_asked(self):
        self.checklist.write({'sampling': 'nth', 'sampling_every': 2})
        self._create_checklist("Others", ["Is it dry?"], sampling='nth', sampling_every=3)
        asked = [self._create_inspections(1, self.order).answer_ids.mapped('name') for _ in range(6)]
        self.assertEqual(asked, [
            [], ["Is it clean?"], ["Is it dry?"], ["Is it clean?"], [], ["Is it clean?", "Is it dry?"]])

    def test_who_is_named_on_the_checklist_inspects(self):
        self.checklist.user_id = self.inspector
        self.assertEqual(self._create_inspections(1, self.order).user_id, self.inspector)

    def test_what_is_not_sampled_goes_to_stock_and_counts(self):
        self.checklist.write({'sampling': 'percent', 'sampling_percent': 0})
        before = self._get_quantity(self.stock_location)
        return_order = self._create_received_return(self.order)
        self.assertFalse(return_order.inspection_ids)
        self.assertEqual(self._get_quantity(self.stock_location), before + 2)
        self.assertEqual(return_order.line_ids.qty_accepted, 2)

    def test_a_share_of_everything_is_everything(self):
        self.checklist.write({'sampling': 'percent', 'sampling_percent': 100})
        self.assertTrue(self._create_inspections(1, self.order))

    def test_a_checklist_without_items_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "add an item"):
            self._create_checklist("Empty", items=())

    def test_limits_and_choices_make_sense(self):
        with self.assertRaisesRegex(ValidationError, "wrong way round"):
            self._create_checklist("Measure", [{'name': "Weight", 'kind': 'measure', 'limit_low': 2, 'limit_high': 1}])
        with self.assertRaisesRegex(ValidationError, "two choices"):
            self._create_checklist("Choice", [{'name': "Colour", 'kind': 'choice'}])

    def test_a_grade_never_proposes_to_send_accepted_goods_back(self):
        with self.assertRaisesRegex(ValidationError, "is refused"):
            self.grade_b.disposition_id = self.send_back

    def test_of_two_serial_numbers_the_sampled_one_waits_and_the_other_goes_to_stock(self):
        serials, order = self._create_delivered_serials(2)
        self._create_checklist(
            "Watches", product_tmpl_ids=[Command.set(serials.product_id.product_tmpl_id.ids)], sampling='nth',
            sampling_every=2)
        sampled = self._create_inspections(2, order).lot_id
        self.assertEqual(len(sampled), 1)
        for lot, location in ((sampled, self.returns_location), (serials - sampled, self.stock_location)):
            self.assertEqual(self._get_quantity(location, serials.product_id, lot), 1)

    def test_a_choice_that_is_taken_back_is_open_again(self):
        self.checklist.item_ids = [Command.clear(), Command.create({
            'name': "Sole", 'kind': 'choice', 'choice_ids': [
                Command.create({'name': name, 'is_failure': name == "Worn"}) for name in ("New", "Worn")]})]
        answer = self._create_inspections(1, self.order).answer_ids
        answer.choice_id = answer.item_id.choice_ids[1]
        self.assertEqual(answer.outcome, 'fail')
        self.env.flush_all()
        answer.choice_id = False
        self.assertRecordValues(answer, [{'choice_name': False, 'choice_fails': False, 'outcome': 'open'}])

    def test_what_was_chosen_stays_when_the_choice_is_renamed_or_removed(self):
        self.checklist.item_ids = [Command.clear(), Command.create({
            'name': "Sole", 'kind': 'choice', 'choice_ids': [
                Command.create({'name': name, 'is_failure': name == "Worn"}) for name in ("New", "Worn", "Torn")]})]
        answer = self._create_inspections(1, self.order).answer_ids
        worn = answer.item_id.choice_ids[1]
        answer.choice_id = worn
        self.env.flush_all()
        worn.write({'name': "Used", 'is_failure': False})
        self.assertRecordValues(answer, [{'choice_name': "Worn", 'outcome': 'fail'}])
        worn.unlink()
        self.env.invalidate_all()
        self.assertRecordValues(answer, [{'choice_id': False, 'choice_name': "Worn", 'outcome': 'fail'}])

    def test_a_copy_asks_the_same(self):
        copy = self.checklist.copy()
        self.assertEqual(copy.name, "Everything (copy)")
        self.assertEqual(copy.item_ids.mapped('name'), ["Is it clean?"])
        self.assertNotEqual(copy.item_ids, self.checklist.item_ids)

    def test_each_kind_of_answer_is_judged(self):
        self.checklist.item_ids.unlink()
        self.checklist.item_ids = [
            Command.create({'name': "Clean", 'kind': 'pass_fail'}),
            Command.create({'name': "Weight", 'kind': 'measure', 'limit_low': 1, 'limit_high': 2, 'unit_name': "kg"}),
            Command.create({'name': "Sole", 'kind': 'choice', 'choice_ids': [
                Command.create({'name': "New"}), Command.create({'name': "Worn", 'is_failure': True})]}),
            Command.create({'name': "Smell", 'kind': 'text'}),
            Command.create({'name': "Picture", 'kind': 'photo'}),
        ]
        answers = self._create_inspections(1, self.order).answer_ids
        self.assertEqual(answers.mapped('outcome'), ['open'] * 5)
        clean, weight, sole, smell, picture = answers
        clean.verdict = 'fail'
        weight.value = 0
        sole.choice_id = sole.item_id.choice_ids[1]
        smell.text = "Like a shoe"
        picture.photo_ids = self.env['ir.attachment'].create({'name': "Shoe", 'raw': b'GIF89a'})
        self.assertEqual(answers.mapped('outcome'), ['fail', 'fail', 'fail', 'pass', 'pass'])
        clean.verdict, weight.value, sole.choice_id = 'pass', 1.5, sole.item_id.choice_ids[0]
        self.assertEqual(answers.mapped('outcome'), ['pass'] * 5)

    def test_failures_propose_the_worst_grade_they_name(self):
        self.checklist.item_ids.fail_grade_id = self.grade_b
        self.checklist.item_ids = [
            Command.create({'name': "Complete", 'fail_grade_id': self.grade_c.id}),
            Command.create({'name': "Safe", 'is_critical': True}), Command.create({'name': "Nice"})]
        inspection = self._create_inspections(1, self.order)
        clean, complete, safe, nice = inspection.answer_ids
        self.assertFalse(inspection.proposed_grade_id, "Nothing is proposed while something is open.")
        inspection.answer_ids.verdict = 'pass'
        self.assertEqual(inspection.proposed_grade_id, self.grade_a)
        for answer, grade in ((clean, self.grade_b), (complete, self.grade_c), (safe, self.grade_d)):
            answer.verdict = 'fail'
            self.assertEqual(inspection.proposed_grade_id, grade)
        inspection.answer_ids.verdict = 'pass'
        nice.verdict = 'fail'
        self.assertFalse(inspection.proposed_grade_id, "What it means is for the inspector to say.")
