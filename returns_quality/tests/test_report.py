from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.returns_management.tests.common import ReturnsExchangeCommon

from .common import QualityCommon


@tagged('post_install', '-at_install')
class TestReport(QualityCommon, ReturnsExchangeCommon):
    """What was found, in numbers."""

    def _sum(self, groupby, *measures):
        self.env.flush_all()
        return self.env['returns.inspection.report']._read_group(
            [('company_id', '=', self.company.id)], groupby, [f'{measure}:sum' for measure in measures])

    def test_quantities_add_up_whatever_the_number_of_defects(self):
        worn, soiled = (self.env.ref(f'returns_quality.returns_defect_{name}') for name in ('worn', 'soiled'))
        inspection = self._create_inspections(5)
        bad = inspection.action_split(2)
        self._finish(inspection)
        self._finish(bad, self.grade_b, defect_ids=[(6, 0, (worn + soiled).ids)])
        self.assertEqual(self._sum([], 'quantity', 'qty_passed', 'qty_refused'), [(5, 3, 0)])
        by_defect = dict(self._sum(['defect_id'], 'qty_defect'))
        self.assertEqual((by_defect[worn], by_defect[soiled]), (2, 2))
        self.assertEqual(dict(self._sum(['grade_id'], 'quantity')), {self.grade_a: 3, self.grade_b: 2})
        rate = self.env['returns.inspection.report']._read_group(
            [('company_id', '=', self.company.id)], [], ['pass_rate:avg'])
        self.assertAlmostEqual(rate[0][0], 0.6)

    def test_losses_are_counted(self):
        self._finish(self._create_inspections(2), disposition_id=self.scrap.id)
        self.assertEqual(self._sum([], 'amount_scrapped'), [(120,)])

    def test_the_first_vendor_is_the_supplier(self):
        vendor = self.env['res.partner'].create({'name': "Vendor"})
        self.product.seller_ids = [(0, 0, {'partner_id': vendor.id})]
        self._finish(self._create_inspections())
        self.assertEqual(dict(self._sum(['supplier_id'], 'quantity')), {vendor: 2})

    def test_what_was_replaced_does_not_count(self):
        inspections = self._finish(self._create_inspections(), disposition_id=self.hold.id)
        inspections.action_inspect_again()
        self._finish(inspections.again_ids, self.grade_b)
        self.assertEqual(dict(self._sum(['grade_id'], 'quantity')), {self.grade_b: 2})

    # === Defect rates ===

    def _create_weeks(self, defective, product=None):
        """For each of `defective` a week of 10 inspected pieces, that many of them defective; the last one is now."""
        order = self._create_delivered_order(quantity=10 * len(defective), product=product)
        worn = self.env.ref('returns_quality.returns_defect_worn')
        monday = fields.Datetime.now() - timedelta(days=fields.Date.today().weekday())
        for weeks_ago, count in zip(reversed(range(len(defective))), defective, strict=True):
            inspections = self._create_inspections(10, order)
            if count:
                inspections |= inspections.action_split(count)
                inspections[-1].defect_ids = worn
            self._finish(inspections)
            inspections.sudo().date_done = monday - timedelta(weeks=weeks_ago)
        self.env.flush_all()

    def _get_points(self):
        return self.env['returns.defect.rate'].search([
            ('product_id', '=', self.product.id), ('series', '=', 'rate')], order='date')

    def test_control_limits(self):
        self._create_weeks([1, 1, 1, 9])
        points = self._get_points()
        self.assertEqual(points.mapped('qty_defective'), [1, 1, 1, 9])
        # p̄ = 12 / 40 = 0.3, 3 · sqrt(0.3 · 0.7 / 10) = 0.43474
        self.assertRecordValues(points, [
            {'value': value, 'center': 0.3, 'limit_low': 0.0, 'limit_high': 0.7347, 'is_out': is_out}
            for value, is_out in ((0.1, False), (0.1, False), (0.1, False), (0.9, True))])

    def test_what_somebody_has_looked_at_again_is_one_piece(self):
        worn = self.env.ref('returns_quality.returns_defect_worn')
        inspections = self._create_inspections()
        self._finish(inspections, disposition_id=self.hold.id, defect_ids=[(6, 0, worn.ids)])
        inspections.action_inspect_again()
        self._finish(inspections.again_ids)
        self.env.flush_all()
        self.assertRecordValues(self._get_points(), [{'qty_inspected': 2, 'qty_defective': 0}])

    def test_the_responsible_hears_of_a_point_outside_once(self):
        self.product.responsible_id = self.manager
        self._create_weeks([1, 1, 1, 9])
        for _run in range(2):
            self.env['returns.defect.rate']._cron_alert()
        activities = self.product.product_tmpl_id.activity_ids
        self.assertRecordValues(activities, [{'user_id': self.manager.id}])
        self.assertIn("90.0 % defective", activities.summary)
        activities.action_done()
        self.env['returns.defect.rate']._cron_alert()
        self.assertFalse(self.product.product_tmpl_id.activity_ids)

    def test_of_each_size_that_is_outside_the_responsible_hears(self):
        sizes = self._create_sizes(responsible_id=self.manager.id)
        for size in sizes:
            self._create_weeks([1, 1, 1, 9], size)
        self.env['returns.defect.rate']._cron_alert()
        self.assertEqual(len(sizes.product_tmpl_id.activity_ids), 2)

    def test_a_chart_is_that_of_one_product_in_one_company(self):
        self._create_weeks([1, 2])
        chart = self._get_points()[0].action_view_chart()
        self.assertEqual(chart['views'][0][1], 'graph')
        self.assertIn(('company_id', '=', self.company.id), chart['domain'])
        self.assertEqual(self.env['returns.defect.rate'].search(chart['domain']).product_id, self.product)
        self.assertEqual(self.product.product_tmpl_id.action_view_returns_defect_rate()['domain'], chart['domain'])
        sizes = self._create_sizes()
        self.assertEqual(sizes.product_tmpl_id.action_view_returns_defect_rate()['view_mode'], 'list')

    def test_nobody_hears_of_chance(self):
        self._create_weeks([3, 2, 4, 3])
        self.env['returns.defect.rate']._cron_alert()
        self.assertFalse(self.product.product_tmpl_id.activity_ids)
