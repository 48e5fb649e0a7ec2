from odoo import Command
from odoo.tests import tagged

from .common import QualityCommon


@tagged('post_install', '-at_install')
class TestPerformance(QualityCommon):
    """Many inspections are finished in one batch. Query counts, never timings."""

    def _receive_many(self, count):
        """`count` returns of one customer, received in one batch."""
        orders = self.env['sale.order'].create([
            {
                'partner_id': self.customer.id,
                'warehouse_id': self.warehouse.id,
                'order_line': [Command.create({
                    'product_id': self.product.id, 'product_uom_qty': 1, 'price_unit': 100})],
            }
            for _number in range(count)
        ])
        orders.action_confirm()
        orders.picking_ids.button_validate()
        orders._create_invoices().action_post()
        returns = self.env['returns.order'].create([
            {'partner_id': self.customer.id, 'line_ids': [Command.create({
                'sale_line_id': order.order_line.id, 'product_uom_qty': 1, 'reason_id': self.reason.id})]}
            for order in orders])
        returns.action_confirm()
        returns.picking_ids.button_validate()
        return returns

    def _create_many(self, count):
        """One inspection of each of `count` returns, all of it passed."""
        returns = self._receive_many(count)
        inspections = self.env['returns.inspection'].browse(returns.inspection_ids.ids)  # as a request has them
        inspections.answer_ids.verdict = 'pass'
        self.assertEqual(len(inspections), count)
        return inspections

    def _count_queries(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _check_queries(self, act, limit):
        """`act` on 5 and on 25 inspections: each further one costs no more than `limit`."""
        self._add_stock(self.product, 200)
        act(self._create_many(1))
        counts = [self._count_queries(lambda: act(inspections)) for inspections in (  # noqa: B023
            self._create_many(5), self._create_many(25))]
        self.assertLessEqual((counts[1] - counts[0]) / 20, limit, f"{counts[0]} queries for 5, {counts[1]} for 25")

    def test_finishing_and_restocking(self):
        self.policy.credit_trigger = 'manual'
        self._check_queries(lambda inspections: inspections.action_finish(), limit=9)

    def test_finishing_restocking_and_crediting(self):
        self.policy.credit_trigger = 'on_inspection'
        self._check_queries(lambda inspections: inspections.action_finish(), limit=14)

    def test_posting_what_was_credited(self):
        self.policy.write({'credit_trigger': 'on_inspection', 'credit_note_posting': 'draft'})
        self.grade_a.write_down_percent = 10
        self._add_stock(self.product, 200)
        counts = []
        for count in (1, 5, 25):
            inspections = self._create_many(count)
            inspections.action_finish()
            notes = self.env['account.move'].browse(inspections.order_id.credit_note_ids.ids)
            counts.append(self._count_queries(notes.action_post))
        self.assertLessEqual((counts[2] - counts[1]) / 20, 11, counts)

    def test_scrapping(self):
        self.policy.credit_trigger = 'manual'

        def act(inspections):
            inspections.write({'grade_id': self.grade_a.id, 'disposition_id': self.scrap.id})
            inspections.action_finish()
        self._check_queries(act, limit=12)

    def test_five_hundred_in_one_call_cost_no_more_each_than_fifty(self):
        self.policy.credit_trigger = 'on_inspection'
        self._add_stock(self.product, 600)
        costs = []
        for count in (50, 500):
            inspections = self._create_pieces(count)
            costs.append(self._count_queries(inspections.action_finish) / count)
        self.assertLessEqual(costs[1], costs[0])
        self.assertLessEqual(costs[1], 30)

    def _create_pieces(self, count):
        """`count` inspections of one piece each, ten of each return."""
        inspections = self.env['returns.inspection']
        for _return in range(count // 10):
            whole = self._create_inspections(10, self._create_delivered_order(quantity=10))
            inspections |= whole.union(*(whole.action_split(1) for _piece in range(9)))
        inspections.answer_ids.verdict = 'pass'
        self.assertEqual(len(inspections), count)
        return inspections

    def test_receiving(self):
        """The inspections of what arrives are made in the batch in which it is received."""
        self.policy.credit_trigger = 'manual'  # nothing is credited either way
        self._add_stock(self.product, 200)
        costs = []
        for is_inspected in (True, False):
            self.checklist.active = is_inspected
            self.assertEqual(bool(self._receive_many(1).inspection_ids), is_inspected)
            few, many = (
                min(self._count_queries(lambda: self._receive_many(count)) for _time in range(2))  # noqa: B023
                for count in (5, 25))  # the less of two: sometimes a cache is filled anew in between
            costs.append((many - few) / 20)
        self.assertLessEqual(costs[0] - costs[1], 0.5, costs)
