from datetime import timedelta

from odoo import api, fields, models

#: What the demo sells that is inspected.
INSPECTED = ('pullover', 'watch', 'bar', 'chair')
#: How many of ten pullovers were worn, week by week; the last one is this week.
WORN_BY_WEEK = (1, 0, 2, 1, 1, 0, 1, 6)


class ReturnsDemo(models.AbstractModel):
    """Inspections that wait, that are finished, and one that the customer objects to."""

    _inherit = 'returns.demo'

    @api.model
    def _create_inspection_stories(self):
        demo = self.with_context(tracking_disable=True)
        watch = self._get_demo_record('product', 'watch')
        if self.env['stock.lot'].search_count([('product_id', '=', watch.id)], limit=1):
            return  # told by an earlier installation: its orders and transfers are still there
        demo._stock_inspected_goods()
        demo._inspect_week_by_week()
        demo._inspect_today()
        demo._wait_for_inspector()

    def _get_demo_record(self, kind, name):
        if kind == 'product' and name in INSPECTED:
            return self.env.ref(f'returns_quality.product_{name}_demo')
        return super()._get_demo_record(kind, name)

    def _stock_inspected_goods(self):
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', self.env.company.id)], limit=1)
        watch = self._get_demo_record('product', 'watch')
        serials = self.env['stock.lot'].create([
            {'name': f'GPS-{number:04}', 'product_id': watch.id} for number in range(1, 13)])
        plain = [{'product_id': self._get_demo_record('product', name).id, 'inventory_quantity': 150}
                 for name in INSPECTED if name != 'watch']
        tracked = [{'product_id': watch.id, 'lot_id': serial.id, 'inventory_quantity': 1} for serial in serials]
        self.env['stock.quant'].with_context(inventory_mode=True).create([
            {**vals, 'location_id': warehouse.lot_stock_id.id} for vals in plain + tracked]).action_apply_inventory()

    def _get_inspections(self, customer, product, quantity, reason, **order_values):
        """The open inspections of a return of `quantity` that has arrived."""
        return_order = self._create_return(
            customer, {product: quantity}, {product: quantity}, reason, **order_values)
        return_order.action_confirm()
        if return_order.state == 'requested':
            return_order.action_approve()
        self._receive(return_order)
        return return_order.inspection_ids

    def _finish_inspections(self, inspections, grade, note=None, defects=(), **values):
        inspections.answer_ids._pass_all()
        for answer in inspections.answer_ids.filtered(lambda answer: answer.kind == 'measure'):
            answer.value = answer.limit_high
        for answer in inspections.answer_ids.filtered(lambda answer: answer.kind == 'choice'):
            answer.choice_id = answer.item_id.choice_ids.filtered(
                lambda choice: choice.is_failure == bool(defects))[:1]
        inspections.write({
            'grade_id': self.env.ref(f'returns_quality.returns_grade_{grade}').id,
            'user_id': self.env.ref('returns_quality.user_inspector_demo').id,
            'note': note,
            'defect_ids': [fields.Command.set([
                self.env.ref(f'returns_quality.returns_defect_{defect}').id for defect in defects])],
            **values,
        })
        inspections.action_finish()

    def _inspect_week_by_week(self):
        """Pullovers of two months: in the last week far more were worn than chance allows."""
        today = fields.Datetime.now()
        for weeks_ago, worn in zip(reversed(range(len(WORN_BY_WEEK))), WORN_BY_WEEK, strict=True):
            inspections = self._get_inspections('outdoor', 'pullover', 10, 'fit')
            if worn:
                bad = inspections.action_split(worn)
                self._finish_inspections(bad, 'c', "Worn, there are hairs on it.", ('worn',))
            self._finish_inspections(inspections, 'a')
            done = today - timedelta(weeks=weeks_ago, hours=2)
            inspections.line_id.inspection_ids.write({
                'date_done': done, 'date_received': done - timedelta(days=1)})

    def _inspect_today(self):
        """One held, one scrapped, one refused, and one that the customer objects to."""
        watches = self._get_inspections('ben', 'watch', 2, 'defect')
        self._finish_inspections(
            watches[:1], 'd', "The display stays dark, with a new battery, too.", ('function',))
        hold = self.env.ref('returns_quality.returns_disposition_hold')
        self._finish_inspections(watches[1:], 'b', disposition_id=hold.id)

        chairs = self._get_inspections('paula', 'chair', 1, 'mind') or self._get_inspections(
            'paula', 'chair', 1, 'mind')
        self._finish_inspections(
            chairs, 'd', defects=('broken',), is_refused=True, refusal_note="The frame is bent, it was sat on.")

        bars = self._get_inspections('cleo', 'bar', 2, 'mind')
        self._finish_inspections(bars, 'd', is_refused=True, refusal_note="The boxes were opened.")
        self.env['returns.dispute'].create({
            'inspection_id': bars.id,
            'user_id': self.env.ref('returns_management.user_returns_demo').id,
            'customer_note': "They were open when they arrived. I have sent you a picture.",
        })

    def _wait_for_inspector(self):
        """New ones, and one that nobody has looked at for a week."""
        self._get_inspections('paula', 'pullover', 3, 'fit')
        self._get_inspections('ben', 'watch', 2, 'expectation')
        late = self._get_inspections('outdoor', 'bar', 4, 'mind')
        late.write({'date_received': fields.Datetime.now() - timedelta(days=8), 'age': 'older'})
        announced = self._create_return('cleo', {'pullover': 2}, {'pullover': 1}, 'fit')
        announced.action_confirm()
