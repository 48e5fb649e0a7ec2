from odoo import api, fields, models


class ReturnsOrderLine(models.Model):
    """How much of what was received is inspected, and how much of that is accepted?"""

    _inherit = 'returns.order.line'

    inspection_ids = fields.One2many(
        'returns.inspection', 'line_id', string="Inspections", readonly=True, copy=False)
    qty_to_inspect = fields.Float(
        "To Inspect", digits='Product Unit', compute='_compute_inspected', store=True,
        help="Received, and waiting for the inspection: it does not count before.")
    qty_rejected = fields.Float(
        "Refused by Inspection", digits='Product Unit', compute='_compute_inspected', store=True)

    @api.depends(
        'inspection_ids.state', 'inspection_ids.counts', 'inspection_ids.is_refused', 'inspection_ids.quantity',
        'inspection_ids.previous_id', 'product_uom_id',
    )
    def _compute_inspected(self):
        for line in self:
            todo = line.inspection_ids.filtered(lambda one: one.state == 'todo' and not one.previous_id)
            line.qty_to_inspect = line._convert_product_qty(sum(todo.mapped('quantity'))) if todo else 0.0
            refused = line.inspection_ids.filtered(lambda one: one.counts and one.is_refused)
            line.qty_rejected = line._convert_product_qty(sum(refused.mapped('quantity'))) if refused else 0.0

    @api.depends('qty_to_inspect', 'qty_rejected')
    def _compute_qty_accepted(self):
        super()._compute_qty_accepted()

    def _get_qty_accepted(self):
        """Override: what waits for its inspection does not count, nor what the inspection refused."""
        return max(0.0, super()._get_qty_accepted() - self.qty_to_inspect - self.qty_rejected)

    def _is_inspected_for_sure(self):
        """Whether all that comes of this line is inspected, as things stand."""
        self.ensure_one()
        checklists = self.env['returns.checklist']._get_by_line(self)[self]
        return 'all' in checklists.mapped('sampling')

    def _get_qty_in_advance(self):
        """Override: nothing is credited before a required inspection, whatever the policy says."""
        in_advance = super()._get_qty_in_advance()
        if in_advance and self._is_credited_for_goods() and self._is_inspected_for_sure():
            return 0.0
        return in_advance

    def _get_qty_to_release(self, location):
        """Override: what is or was inspected goes where the inspection says."""
        return 0.0 if self.inspection_ids else super()._get_qty_to_release(location)
