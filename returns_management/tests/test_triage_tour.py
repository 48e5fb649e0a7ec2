from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestTriageTour(ReturnsCommon, HttpCase):
    """A morning's requests decided by the group, in a browser."""

    def _create_waiting(self, prefix, count, days_ago=0, **values):
        """Requests `prefix`/01, /02, … for two pieces each, out of one order."""
        order = self._create_delivered_order(quantity=2 * count, **values)
        if days_ago:
            order.picking_ids.move_ids.date = self._days_ago(days_ago)
        returns = self.env['returns.order'].sudo().create([
            {
                'name': f"{prefix}/{number + 1:02}",
                'partner_id': order.partner_id.id,
                'line_ids': [Command.create({
                    'sale_line_id': order.order_line.id, 'product_uom_qty': 2, 'reason_id': self.reason.id})],
            }
            for number in range(count)
        ])
        returns.action_submit()
        return returns

    def test_forty_requests_are_decided_in_groups(self):
        self.env['res.lang']._activate_lang('fr_FR')
        text = self.env['returns.text'].create({'name': "Over", 'verb': 'refuse', 'body': "Too late, sorry."})
        text.with_context(lang='fr_FR').body = "Trop tard, désolé."
        french = self.env['res.partner'].create({'name': "Cliente", 'lang': 'fr_FR'})
        self.policy.auto_approve_limit = 1
        watched = self._create_storable("Watched", categ_id=self.env['product.category'].create({
            'name': "Watched", 'parent_id': self.category.id}).id)
        self._create_policy(product_category_ids=watched.categ_id.ids, auto_approve=False)
        late = self._create_waiting("LATE", 9, days_ago=90)
        late_french = self._create_waiting("TARD", 9, days_ago=90, partner_id=french.id)
        dear = self._create_waiting("DEAR", 20)
        dear[19].line_ids.write({'qty_approved': 0, 'refusal_note': "Worn."})
        partial, unclear = self._create_waiting("SLOW", 2, product=watched)

        self.start_tour(
            '/odoo/action-returns_management.returns_order_action_review', 'returns_triage_tour',
            login=self.manager.login, timeout=300)
        self.env.invalidate_all()

        self.assertEqual(set(late.mapped('refusal_note')), {"Too late, sorry."})
        self.assertEqual(set(late_french.mapped('refusal_note')), {"Trop tard, désolé."})
        self.assertEqual(set((late + late_french).mapped('state')), {'refused'})
        self.assertEqual(set(dear[:19].mapped('state')), {'approved'})
        self.assertEqual(dear[19].state, 'requested', "Nothing of it was approved: left as it was.")
        self.assertRecordValues(partial.line_ids, [{'qty_approved': 1, 'refusal_note': "One is worn"}])
        self.assertEqual(partial.state, 'approved')
        self.assertRecordValues(unclear, [{'state': 'requested', 'next_step': 'review', 'question': "Which size?"}])
