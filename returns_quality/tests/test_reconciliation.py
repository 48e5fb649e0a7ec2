from odoo.tests import tagged

from odoo.addons.returns_management.tests.common_month_end import MonthEndCommon

from .common import QualityCommon


@tagged('post_install', '-at_install')
class TestReconciliation(QualityCommon, MonthEndCommon):
    """What the reconciliation tells of inspected goods, and that of a day, what inspections had said by then."""

    def _check_accepted(self, records, **by_day):
        for day, quantity in by_day.items():
            with self.subTest(day):
                row = self._get_rows(records, f"2026-{day[1:3]}-{day[3:]}")
                self.assertEqual((row.qty_accepted, row.qty_uncredited), (quantity, quantity))

    def _receive_on(self, day, quantity=3):
        """The inspections of goods that were ordered, invoiced and sent before."""
        with self._on('2026-11-20'):
            order = self._create_delivered_order()
        with self._on(day):
            return self._create_inspections(quantity, order)

    def test_goods_are_not_reconciled_before_they_are_inspected(self):
        inspections = self._create_inspections(2)
        self.assertRecordValues(
            self._get_rows(inspections.order_id), [{'status': 'awaited', 'qty_received': 2, 'qty_accepted': 0}])
        self._refuse(inspections)
        self.assertEqual(self._get_rows(inspections.order_id).status, 'matched')

    def test_what_waited_for_its_inspection_was_not_accepted(self):
        inspection = self._receive_on('2026-11-29')
        with self._on('2026-12-02'):
            self._finish(inspection)
        self._check_accepted(inspection.order_id, d1130=0, d1201=0, d1202=3)

    def test_goods_that_came_later_were_not_waiting_yet(self):
        with self._on('2026-11-20'):
            order = self._create_delivered_order()
        with self._on('2026-11-28'):
            return_order = self._create_confirmed_return(order, 3)
            self._validate(return_order.picking_ids.with_context(skip_backorder=True), 2)
            self._finish(return_order.inspection_ids)
        with self._on('2026-12-02'):
            self._receive(return_order)
        self._check_accepted(return_order, d1130=2, d1202=2)

    def test_what_is_refused_later_was_awaited(self):
        inspection = self._receive_on('2026-11-28')
        with self._on('2026-12-02'):
            self._refuse(inspection)
        for day, status in (('2026-11-30', 'awaited'), ('2026-12-02', 'matched')):
            self.assertEqual(self._get_rows(inspection.order_id, day).status, status)

    def test_parts_are_told_from_the_days_of_their_own_results(self):
        inspection = self._receive_on('2026-11-28')
        with self._on('2026-11-30'):
            worn = inspection.action_split(1)
            self._finish(inspection)
        with self._on('2026-12-02'):
            self._refuse(worn)
        self._check_accepted(worn.order_id, d1129=0, d1130=2, d1202=2)

    def test_what_was_accepted_stands_while_somebody_looks_again(self):
        inspection = self._receive_on('2026-11-28')
        with self._on('2026-11-29'):
            self._finish(inspection)
            inspection.action_inspect_again()
        self._check_accepted(inspection.order_id, d1128=0, d1129=3)

    def test_what_was_refused_is_so_until_a_second_look(self):
        inspection = self._receive_on('2026-11-28')
        with self._on('2026-11-30'):
            self._refuse(inspection)
        with self._on('2026-12-01'):
            inspection.action_inspect_again()
        with self._on('2026-12-03'):
            self._finish(inspection.again_ids)
        self._check_accepted(inspection.order_id, d1129=0, d1130=0, d1202=0, d1203=3)

    def test_what_another_return_had_waiting_took_nothing_of_the_invoice(self):
        with self._on('2026-11-20'):
            order = self._create_delivered_order(invoiced=False)
            invoice = order._create_invoices()
            invoice.invoice_line_ids.quantity = 3
            invoice.action_post()
        with self._on('2026-11-28'):
            first, second = (self._create_inspections(2, order) for _number in range(2))
            self._finish(first)
        with self._on('2026-12-02'):
            self._finish(second)
        for day, quantity in (('2026-11-30', 2), ('2026-12-02', 0)):
            self.assertEqual(self._get_rows(first.order_id, day).qty_uncredited, quantity)
