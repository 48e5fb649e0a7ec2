from odoo import Command, models


class ReturnsOrder(models.Model):
    """Where is it received, and what if it arrived before anybody had approved it?"""

    _inherit = 'returns.order'

    def _prepare_return_picking_vals(self):
        """Override: what is inspected for sure is announced for the returns location."""
        vals = super()._prepare_return_picking_vals()
        location = self.warehouse_id.returns_location_id
        inspected = {line.id for line in self.line_ids if line._is_inspected_for_sure()} if vals['move_ids'] else set()
        if not inspected or not location:
            return vals
        vals['move_ids'] = [
            Command.create({**move_vals, 'location_dest_id': location.id})
            if move_vals['returns_line_id'] in inspected else Command.create(move_vals)
            for _command, _id, move_vals in vals['move_ids']
        ]
        if all(command[2]['returns_line_id'] in inspected for command in vals['move_ids']):
            vals['location_dest_id'] = location.id
        return vals

    def _create_releases(self):
        """Override: what arrived before the approval is inspected now, before it goes anywhere."""
        self.sudo()._inspect_what_waits()
        super()._create_releases()

    def _inspect_what_waits(self):
        """Make the inspections of what is accepted and waits in the returns location."""
        lines = self.line_ids.filtered(lambda line: line.qty_accepted and not line.inspection_ids)
        checklists = self.env['returns.checklist']._get_by_line(lines)
        vals_list = []
        for line in lines.filtered(lambda line: checklists[line]):
            left = line._convert_qty(line.qty_accepted, line.product_id.uom_id)
            location = line.order_id.warehouse_id.returns_location_id
            for move_line in line.move_ids.filtered(lambda move: (
                move.state == 'done' and line._is_reception(move)  # noqa: B023
            )).move_line_ids.filtered(lambda move_line: move_line.location_dest_id == location):  # noqa: B023
                part = min(left, move_line.quantity_product_uom)
                left -= part
                if part > 0:
                    vals_list.append(move_line.move_id._prepare_inspection_vals(
                        move_line.lot_id, part, location, checklists[line]))
        self.env['returns.inspection'].create(vals_list)
