from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import QualityCommon


@tagged('post_install', '-at_install')
class TestTours(QualityCommon, HttpCase):
    """The inspector's page on a tablet, by scans and taps alone."""

    browser_size = '820x1180'
    touch_enabled = True

    def _create_numbered_return(self, number, order, quantity):
        return_order = self.env['returns.order'].sudo().create({
            'name': f"TAB/{number:02}",
            'partner_id': order.partner_id.id,
            'line_ids': [Command.create({
                'sale_line_id': order.order_line.id, 'product_uom_qty': quantity, 'reason_id': self.reason.id})],
        })
        return_order.action_confirm()
        return return_order

    def test_a_clean_parcel_is_two_taps(self):
        return_order = self._create_numbered_return(1, self._create_delivered_order(), 1)
        self.start_tour('/odoo', 'returns_inspection_clean_tour', login=self.inspector.login, timeout=180)
        self.env.invalidate_all()
        self.assertRecordValues(return_order.inspection_ids, [{
            'state': 'done', 'grade_id': self.grade_a.id, 'user_id': self.inspector.id, 'goods_state': 'moved'}])
        self.assertEqual(return_order.credit_note_ids.amount_total, 115)

    def test_every_way_to_inspect(self):
        scale = self._create_storable("Scale")
        self._create_checklist("Scales", [
            {'name': "Is it clean?"},
            {'name': "Weight", 'kind': 'measure', 'limit_low': 1, 'limit_high': 2, 'unit_name': "kg"},
            {'name': "Sole", 'kind': 'choice', 'choice_ids': [
                Command.create({'name': "New"}), Command.create({'name': "Worn", 'is_failure': True})]},
        ], product_tmpl_ids=[Command.set(scale.product_tmpl_id.ids)], combination='replace')
        scales = self._create_numbered_return(2, self._create_delivered_order(product=scale), 3)
        serials, order = self._create_delivered_serials(2)
        self._create_checklist("Watches", product_tmpl_ids=[Command.set(serials.product_id.product_tmpl_id.ids)])
        watches = self._create_numbered_return(3, order, 2)
        self._receive(self._create_numbered_return(4, self._create_delivered_order(), 1))

        self.start_tour('/odoo', 'returns_inspection_ways_tour', login=self.inspector.login, timeout=300)
        self.env.invalidate_all()

        self.assertRecordValues(scales.inspection_ids.sorted('id'), [
            {'quantity': 2, 'grade_id': self.grade_a.id, 'is_refused': False, 'refusal_note': False},
            {'quantity': 1, 'grade_id': self.grade_d.id, 'is_refused': True, 'refusal_note': "The soles are worn"}])
        self.assertEqual(scales.inspection_ids.defect_ids.name, "Worn")
        self.assertRecordValues(watches.inspection_ids.sorted('lot_id'), [
            {'lot_id': serials[0].id, 'grade_id': self.grade_b.id},
            {'lot_id': serials[1].id, 'grade_id': self.grade_a.id}])
