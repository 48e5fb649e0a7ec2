from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.returns_management.tests.common import NOTHING_TO_INVOICE
from odoo.addons.returns_management.tests.common_cost import ReturnsCostCommon

from .common import QualityCommon


@tagged('post_install', '-at_install')
class TestValue(QualityCommon, ReturnsCostCommon):
    """What inspections do to value and money is exact: stock by location, credit, cost, order and ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({'credit_trigger': 'on_inspection', 'credit_note_posting': 'draft'})
        cls.loss = cls.account_expense.copy({'code': '650009', 'name': "Losses on returns"})
        cls.company.returns_loss_account_id = cls.loss
        cls.grade_c.write_down_percent = 25

    def _create_valued(self, cost_method, quantity=5, **values):
        """An inspected product bought in two lots at 60 and 72, sold between them, and the order."""
        product = self._create_costed(cost_method, **values)
        self._create_checklist(product.name, product_tmpl_ids=[(6, 0, product.product_tmpl_id.ids)])
        self._buy(product, 10, 60)
        order = self._create_delivered_order(quantity, product=product)
        self._buy(product, 10, 72)
        return product, order

    def _inspect_five(self, order):
        """3 as new, 1 used, 1 refused."""
        good = self._create_inspections(5, order)
        used, refused = good.action_split(1), good.action_split(1)
        self._finish(good)
        self._finish(used, self.grade_c, note="Worn soles.")
        self._refuse(refused)
        return good, used, refused

    def test_three_restocked_one_written_down_one_sent_back(self):
        for cost_method in ('average', 'fifo'):
            with self.subTest(cost_method):
                product, order = self._create_valued(cost_method)
                self._check_gap(product)
                good, used, _refused = self._inspect_five(order)
                return_order = good.order_id
                notes = return_order.credit_note_ids
                notes.action_post()
                self._validate(return_order.delivery_ids)

                self.assertEqual(sum(notes.mapped('amount_untaxed')), 360)
                self.assertEqual(sum(notes.mapped('amount_total')), 414)
                cost = notes.line_ids.filtered(lambda line: (
                    line.display_type == 'cogs' and line.account_id == self.account_stock))
                self.assertAlmostEqual(sum(cost.mapped('balance')), 240)
                self.assertRecordValues(used, [{'write_down_amount': 15, 'credit_share': 0.6}])
                self._check_entry(used.write_down_move_id, [
                    (self.loss, 15, 0), (self.account_stock, 0, 15)])
                self.assertEqual(self._get_quantity(self.stock_location, product), 19)
                self.assertFalse(self._get_quantity(self.returns_location, product))
                self.assertRecordValues(return_order.line_ids, [{
                    'qty_received': 5, 'qty_accepted': 4, 'qty_rejected': 1, 'qty_credited': 4, 'qty_to_credit': 0,
                    'qty_sent_back': 1, 'credit_share': 0.9}])
                self.assertRecordValues(
                    order.order_line, [{'qty_delivered': 1, 'qty_invoiced': 1, **NOTHING_TO_INVOICE}])
                self.assertEqual(return_order.reception_status, 'full')
                self._check_gap(product)

    def test_a_dispute_raises_the_share_by_one_amount(self):
        product, order = self._create_valued('average')
        _good, used, _refused = self._inspect_five(order)
        return_order = used.order_id
        return_order.credit_note_ids.action_post()
        before = return_order.credit_note_ids
        dispute = self.env['returns.dispute'].create({'inspection_id': used.id, 'customer_note': "Nearly new!"})
        dispute.action_inspect_again()
        self._finish(dispute.again_id, self.grade_c, credit_share=0.8, note="Less worn than it looked.")
        raised = return_order.credit_note_ids - before
        raised.action_post()
        self.assertEqual(dispute.state, 'changed')
        self.assertEqual(raised.amount_untaxed, 20)
        self.assertRecordValues(raised.invoice_line_ids, [{'returns_part': 'share', 'sale_line_ids': []}])
        self.assertFalse(raised.line_ids.filtered(lambda line: line.display_type == 'cogs'))
        self.assertEqual(return_order.line_ids.qty_credited, 4)
        self.assertRecordValues(order.order_line, [NOTHING_TO_INVOICE])
        self._validate(return_order.delivery_ids)
        self._check_gap(product)
        return_order.action_create_credit_notes()
        self.assertEqual(return_order.credit_note_ids, before + raised, "Nothing is left to credit.")

    def test_each_piece_is_credited_at_its_own_share_to_the_cent(self):
        """Two at 100 and one at 60 are 260, though their average is no round number."""
        _product, order = self._create_valued('average')
        good = self._create_inspections(3, order)
        used = good.action_split(1)
        self._finish(used, self.grade_c, note="Worn")
        self._finish(good)
        self.assertEqual(sum(good.order_id.credit_note_ids.mapped('amount_untaxed')), 260)

    def test_of_a_part_the_cheapest_pieces_are_owed_first(self):
        self.policy.credit_trigger = 'manual'
        _product, order = self._create_valued('average')
        good = self._create_inspections(3, order)
        used = good.action_split(1)
        self._finish(good)
        self._finish(used, self.grade_c, note="Worn")
        line = good.line_id
        self.assertEqual([round(line._get_units_owed(quantity), 4) for quantity in (1, 2, 3)], [0.6, 1.6, 2.6])

    def test_what_is_credited_in_parts_is_never_more_than_in_one(self):
        """The cheapest piece is credited first: a note of one piece is worth what the worst one is."""
        _product, order = self._create_valued('average')
        good = self._create_inspections(2, order)
        used = good.action_split(1)
        self._finish(good)
        first = good.order_id.credit_note_ids
        self.assertEqual(first.amount_untaxed, 100)
        first.action_post()
        self._finish(used, self.grade_c, note="Worn")
        self.assertEqual(sum(good.order_id.credit_note_ids.mapped('amount_untaxed')), 160)

    def test_e5_a_returned_piece_is_written_down_to_what_it_is_worth(self):
        """It came back at 60 and is worth 35."""
        self.grade_c.write_down_percent = 41.67
        for cost_method in ('average', 'fifo'):
            with self.subTest(cost_method):
                product, order = self._create_valued(cost_method)
                inspections = self._finish(self._create_inspections(1, order), self.grade_c, note="Worn")
                self.assertEqual(inspections.move_id.value, 35)
                self._check_entry(inspections.write_down_move_id, [(self.loss, 25, 0), (self.account_stock, 0, 25)])
                note = inspections.order_id.credit_note_ids
                note.action_post()
                self._check_cost(note, 60)
                self._check_gap(product)

    def test_e7_scrap_is_written_off_at_its_value(self):
        for cost_method, value in (('average', 67.5), ('fifo', 60)):
            with self.subTest(cost_method):
                product, order = self._create_valued(cost_method)
                inspections = self._finish(self._create_inspections(1, order), disposition_id=self.scrap.id)
                note = inspections.order_id.credit_note_ids
                note.action_post()
                self._check_cost(note, 60)
                entry = inspections.stock_move_ids.account_move_id
                self._check_entry(entry, [(self.loss, value, 0), (self.account_stock, 0, value)])
                self._check_gap(product)

    def test_scrapped_goods_are_not_written_down_as_well(self):
        _product, order = self._create_valued('average')
        inspections = self._finish(self._create_inspections(1, order), self.grade_c, disposition_id=self.scrap.id)
        self.assertFalse(inspections.write_down_amount)

    def test_refused_goods_keep_their_value(self):
        _product, order = self._create_valued('average')
        inspections = self._finish(
            self._create_inspections(1, order), self.grade_c, is_refused=True, refusal_note="Worn",
            disposition_id=self.hold.id)
        self.assertFalse(inspections.write_down_amount)

    def test_no_write_down_at_standard_price(self):
        _product, order = self._create_valued('standard', standard_price=60)
        inspections = self._finish(self._create_inspections(1, order), self.grade_c, note="Worn")
        self.assertEqual(inspections.move_id.value, 60)
        self.assertRecordValues(inspections, [{'write_down_amount': 0, 'write_down_move_id': False}])

    def test_a_periodic_product_is_written_down_without_an_entry(self):
        product = self._create_costed('average', 'periodic')
        self._create_checklist("Periodic", product_tmpl_ids=[(6, 0, product.product_tmpl_id.ids)])
        self._buy(product, 2, 60)
        order = self._create_delivered_order(2, product=product)
        inspections = self._finish(self._create_inspections(2, order), self.grade_c, note="Worn")
        self.assertRecordValues(inspections, [{'write_down_amount': 30, 'write_down_move_id': False}])
        self.assertEqual(inspections.move_id.value, 90)

    def test_the_cost_of_refused_goods_is_booked_and_reconciled(self):
        line = self._refuse(self._create_inspections(2)).line_id
        row = self.env['returns.reconciliation'].search([('line_id', '=', line.id)])
        self.assertTrue(row.cost_booked)
        self.assertEqual((row.cost_credited, row.cost_difference), (row.cost_booked, 0))

    def test_goods_are_written_down_once(self):
        product, order = self._create_valued('average')
        inspections = self._finish(self._create_inspections(1, order), self.grade_c, note="Worn")
        inspections.action_inspect_again()
        again = self._finish(inspections.again_ids, self.grade_c, note="Still worn")
        self.assertFalse(again.write_down_move_id)
        self.assertEqual(
            (inspections.write_down_amount, again.write_down_amount), (0, 15), "It stands with the new one.")
        inspections.order_id.credit_note_ids.action_post()
        self._check_gap(product)

    def test_a_better_grade_takes_the_write_down_back(self):
        for cost_method in ('average', 'fifo'):
            with self.subTest(cost_method):
                product, order = self._create_valued(cost_method)
                inspections = self._finish(self._create_inspections(2, order), self.grade_c, note="Worn")
                inspections.order_id.credit_note_ids.action_post()
                inspections.action_inspect_again()
                better = inspections.again_ids
                same = better.action_split(1)
                self._finish(better)
                self._check_entry(better.write_down_move_id, [(self.account_stock, 15, 0), (self.loss, 0, 15)])
                self._finish(same, self.grade_c, note="Still worn")
                self.assertEqual((better.write_down_amount, same.write_down_amount), (0, 15))
                self.assertEqual(better.move_id.value, 105)
                self._check_gap(product)

    def test_what_is_written_down_is_not_opened_again(self):
        self.policy.credit_trigger = 'manual'
        product = self._create_costed('average', 'periodic')
        self._create_checklist("Periodic", product_tmpl_ids=[(6, 0, product.product_tmpl_id.ids)])
        self._buy(product, 2, 60)
        order = self._create_delivered_order(2, product=product)
        inspections = self._finish(
            self._create_inspections(2, order), self.grade_c, note="Worn", disposition_id=self.hold.id)
        with self.assertRaisesRegex(UserError, "Ask for a second inspection instead"):
            inspections.action_reopen()
