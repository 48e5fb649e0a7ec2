from odoo import Command
from odoo.tests import Form, tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestPerformance(ReturnsCommon):
    """What is done to many returns at once is one batch. Query counts, never timings; `make bench` has those."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.credit_trigger = 'manual'

    def _create_delivered_orders(self, count):
        orders = self.env['sale.order'].create([
            {
                'partner_id': self.customer.id,
                'order_line': [Command.create({'product_id': self.product.id, 'product_uom_qty': 2})],
            }
            for _number in range(count)
        ])
        orders.action_confirm()
        self._deliver(orders)
        orders._create_invoices(grouped=True).action_post()
        return orders

    def _prepare_vals_list(self, orders):
        return [
            {
                'partner_id': order.partner_id.id,
                'line_ids': [Command.create({'sale_line_id': order.order_line.id, 'reason_id': self.reason.id})],
            }
            for order in orders
        ]

    def _create_returns(self, orders):
        return self.env['returns.order'].create(self._prepare_vals_list(orders))

    def _count_queries(self, step):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        step()
        self.env.flush_all()
        self.cr.precommit.run()  # messages about what has changed
        return self.cr.sql_log_count - before

    def _check_queries(self, prepare, step, limit):
        """Each return beyond the first may cost `step` up to `limit` queries.

        Two queries more in all are no fault: the ORM writes records that change in different columns with
        different statements, and whether a date is one of them depends on when the second turns.

        :param prepare: takes delivered orders, gives what `step` takes
        """
        counts = [
            self._count_queries(lambda: step(prepared))  # noqa: B023
            for count in (1, 1, 21)  # the first time fills the caches
            for prepared in [prepare(self._create_delivered_orders(count))]
        ]
        self.assertLessEqual(
            counts[2] - counts[1], 20 * limit + 2, f"{counts[1]} queries for 1 return, {counts[2]} for 21")

    def test_creating(self):
        self._check_queries(
            self._prepare_vals_list, lambda vals_list: self.env['returns.order'].create(vals_list), limit=0)

    def test_approving(self):
        self._check_queries(self._create_returns, lambda returns: returns.action_confirm(), limit=3)

    def test_receiving(self):
        def prepare(orders):
            returns = self._create_returns(orders)
            returns.action_confirm()
            return returns.picking_ids
        self._check_queries(prepare, lambda pickings: pickings.button_validate(), limit=4)

    def _prepare_received(self, orders):
        returns = self._create_returns(orders)
        returns.action_confirm()
        self._receive(returns)
        return returns

    def test_crediting(self):
        self._check_queries(
            self._prepare_received, lambda returns: returns.action_create_credit_notes(), limit=2.5)

    def test_posting(self):
        def prepare(orders):
            returns = self._prepare_received(orders)
            returns.action_create_credit_notes()
            return self.env['account.move'].browse(returns.credit_note_ids.ids)
        self._check_queries(prepare, lambda credit_notes: credit_notes.action_post(), limit=10.5)

    def test_the_list_costs_the_same_however_long_it_is(self):
        columns = {
            'name': {}, 'partner_id': {'fields': {'display_name': {}}}, 'objection_summary': {}, 'next_step': {},
            'sale_order_ids': {'fields': {'display_name': {}}},
        }

        def show(returns):
            self.env['returns.order'].with_user(self.user).web_search_read([('id', 'in', returns.ids)], columns)
        self._check_queries(self._create_returns, show, limit=0)

    def test_opening_a_form(self):
        returns = self._prepare_received(self._create_delivered_orders(2))
        returns.action_create_credit_notes()
        first, second = (
            self._count_queries(lambda: Form(return_order.with_user(self.user)))  # noqa: B023
            for return_order in returns)  # the first time fills the caches
        self.assertLessEqual(second, 25, f"{first} queries the first time")
