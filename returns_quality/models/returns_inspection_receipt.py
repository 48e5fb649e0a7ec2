from odoo import models
from odoo.exceptions import UserError


class ReturnsInspection(models.Model):
    """What if another quantity was received than is inspected?"""

    _inherit = 'returns.inspection'

    def _fit_into(self, quantity):
        """Make these inspections of one piece stand for `quantity` in all: what is still to be done gives way.

        :param float quantity: in the unit of the product
        :raise UserError: when more of it is inspected
        """
        if not self:
            return
        unit = self.product_uom_id
        change = quantity - sum(self.mapped('quantity'))
        if unit.compare(change, 0) > 0:
            self._add_quantity(change)
        elif unit.compare(change, 0) < 0:
            self._take_off(-change)

    def _add_quantity(self, quantity):
        todo = self.filtered(lambda inspection: inspection.state == 'todo')[:1]
        if todo:
            todo.quantity += quantity
            return
        first = self[0]
        self.create({
            **first.move_id._prepare_inspection_vals(
                first.lot_id, quantity, first.move_id.move_line_ids.location_dest_id[:1], first.checklist_ids),
        })

    def _take_off(self, quantity):
        unit = self.product_uom_id
        for inspection in self.filtered(lambda one: one.state == 'todo').sorted('id', reverse=True):
            part = min(quantity, inspection.quantity)
            quantity = unit.round(quantity - part)
            if unit.compare(part, inspection.quantity) == 0:
                inspection.with_context(returns_inspection_shrinks=True).unlink()
            else:
                inspection.quantity = unit.round(inspection.quantity - part)
        if not unit.is_zero(quantity):
            raise UserError(self.env._(
                "%s: that was inspected already, the receipt cannot be lowered any more. Make a transfer of your own "
                "for what is missing.", self.exists()[:1].display_name))
