from unittest.mock import patch

from odoo.tests import tagged

from .common_month_end import MonthEndCommon


@tagged('post_install', '-at_install')
class TestReconciliationPage(MonthEndCommon):
    """A page shows the same rows in the same order, whether it takes facts to find them or not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.returns = cls.env['returns.order']
        for day, credited in (('2026-11-28', True), ('2026-11-29', False), ('2026-11-30', True)):
            with cls._on(day):
                return_order = cls._create_received_return(cls._create_delivered_order())
                if credited:
                    cls._credit(return_order)
            cls.returns |= return_order
        cls.env.flush_all()
        for return_order, day in zip(cls.returns, (28, 29, 30), strict=True):
            cls.env.cr.execute(
                "UPDATE returns_order_line SET create_date = %s WHERE id IN %s",
                [f'2026-11-{day} 12:00:00', return_order.line_ids._ids])
        cls.rows = cls.env['returns.reconciliation']
        cls.domain = [('company_id', '=', cls.company.id)]

    def _read(self, domain=(), **page):
        rows = self.rows.search_fetch([*self.domain, *domain], ['order_id', 'status'], **page)
        return rows.order_id

    def test_the_newest_come_first_page_by_page(self):
        first, second, third = self.returns
        self.assertEqual(self._read(limit=2), third | second)
        self.assertEqual(self._read(limit=2, offset=2), first)
        self.assertEqual(self._read(limit=2, order='date, id').ids, (first | second).ids)

    def test_facts_filter_and_sort_too(self):
        first, second, third = self.returns
        self.assertEqual(self._read([('status', '=', 'uncredited')]), second)
        self.assertEqual(self._read(order='amount_uncredited desc, id desc').ids, (second | third | first).ids)
        self.assertEqual(self.rows.search_count([*self.domain, ('qty_uncredited', '>', 0)]), 1)

    def test_without_them_the_keys_are_found_and_counted_alone(self):
        self.env.registry.clear_cache()
        with patch.object(self.registry['returns.reconciliation'], '_get_told', side_effect=AssertionError("Facts.")):
            self.assertEqual(len(self.rows.search(self.domain, limit=2)), 2)
            self.assertEqual(self.rows.search_count(self.domain, limit=10), 3)
