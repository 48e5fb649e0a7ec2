from contextlib import contextmanager

from odoo.tests import tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestPerformance(ReturnsCommon):
    """What is done to many returns at once is one batch. Query counts, never timings."""

    @contextmanager
    def _count_queries(self, counts):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        yield
        self.env.flush_all()
        counts.append(self.cr.sql_log_count - before)

    def _create_returns(self, count):
        return self.env['returns.order'].union(*(
            self._create_return(self._create_delivered_order(quantity=2)) for _ in range(count)))

    def _measure(self, step, count):
        """The queries of `step` over `count` returns, after one that fills the caches."""
        counts = []
        for returns in (self._create_returns(1), self._create_returns(count)):
            prepared = step(returns, prepare=True)
            with self._count_queries(counts):
                step(prepared if prepared is not None else returns, prepare=False)
        return counts[-1]

    def _check_constant_part(self, step, per_return):
        """`step` may cost `per_return` queries for each return beyond the first, not more."""
        few, many = self._measure(step, 1), self._measure(step, 11)
        self.assertLessEqual((many - few) / 10, per_return, f"{few} queries for 1 return, {many} for 11")

    def test_submit_and_approve(self):
        def step(returns, prepare):
            if not prepare:
                returns.action_confirm()
        self._check_constant_part(step, per_return=12)

    def test_create_credit_notes(self):
        self.policy.credit_trigger = 'manual'

        def step(returns, prepare):
            if prepare:
                returns.action_confirm()
                self._receive(returns)
            else:
                returns.action_create_credit_notes()
        self._check_constant_part(step, per_return=6)
