from odoo import Command, api, models
from odoo.exceptions import UserError


class ReturnsOrderLine(models.Model):
    """What the inspection refused goes back to the customer once the time to object is over: the very same pieces."""

    _inherit = 'returns.order.line'

    @api.depends(
        'qty_rejected', 'qty_to_inspect', 'inspection_ids.date_disposed', 'inspection_ids.disposition_id',
        'inspection_ids.counts',
    )
    def _compute_sent(self):
        super()._compute_sent()

    def _get_rejected_to_give_back(self):
        """The refused inspections whose goods go back to the customer, sent already or not."""
        return self.inspection_ids.filtered(lambda one: (
            one.counts and one.is_refused and one.date_disposed and one.disposition_id.action == 'send_back'))

    def _get_qty_to_give_back(self):
        """Override: also what inspections refused and let go."""
        rejected = self._get_rejected_to_give_back()
        return super()._get_qty_to_give_back() + (
            self._convert_product_qty(sum(rejected.mapped('quantity'))) if rejected else 0.0)

    def _get_qty_never_credited(self, received):
        """Override: what inspections refused is never credited either."""
        rejected = self._convert_qty(self.qty_rejected, self.product_id.uom_id) if self.qty_rejected else 0.0
        return min(received, super()._get_qty_never_credited(received) + rejected)

    def _is_delivery_awaited(self):
        """Override: something is still to come until refused goods are gone and it is known what is exchanged."""
        return super()._is_delivery_awaited() or self._has_refused_waiting() or bool(
            self.qty_to_inspect and self._get_action() in ('exchange', 'send_back'))

    def _has_refused_waiting(self):
        """Whether we still have goods that were refused, and nobody has let them go."""
        self.ensure_one()
        return any(
            one.counts and one.is_refused and one.goods_state in ('pending', 'held') for one in self.inspection_ids)

    def _refuse_goods(self, quantity, note):
        """Override: what is inspected is refused by its inspection, not beside it.

        :raise UserError: for a line with inspections
        """
        self.ensure_one()
        if self.inspection_ids and self.product_uom_id.compare(quantity, self.qty_refused):
            raise UserError(self.env._(
                "%s is inspected: refuse it in its inspection, where it is said what happens to the goods.",
                self.product_id.display_name))
        return super()._refuse_goods(quantity, note)

    def _prepare_send_back_move_vals(self):
        """Override: a move of its own for what each inspection refused, from where that is."""
        vals_list = []
        rejected = self._get_rejected_to_give_back().filtered(
            lambda one: all(state == 'cancel' for state in one._get_send_back_moves().mapped('state')))
        for vals in super()._prepare_send_back_move_vals():
            left = vals['product_uom_qty']
            for inspection in rejected.filtered(lambda one: one.move_id.id == vals['origin_returned_move_id']):  # noqa: B023
                part = min(left, self._convert_product_qty(inspection.quantity))
                if self.product_uom_id.compare(part, 0) <= 0:
                    break
                left -= part
                moved = inspection.stock_move_ids.filtered(lambda move: move.state == 'done')
                vals_list.append({
                    **vals,
                    'product_uom_qty': part,
                    'returns_inspection_id': inspection.id,
                    'location_id': inspection.location_id.id,
                    'move_orig_ids': [Command.link((moved[-1:] or inspection.move_id).id)],
                })
            if self.product_uom_id.compare(left, 0) > 0:
                vals_list.append({**vals, 'product_uom_qty': left})
        return vals_list

    def _create_send_backs(self):
        """Override: the lots that were refused are the lots that go back."""
        pickings = super()._create_send_backs()
        moves_sudo = pickings.sudo().move_ids.filtered(lambda move: (
            move.returns_inspection_id.lot_id
            and move.returns_inspection_id.lot_id != move.move_line_ids.lot_id))
        moves_sudo.move_line_ids.unlink()
        self.env['stock.move.line'].sudo().create([
            {
                **move._prepare_move_line_vals(quantity=move.product_qty),
                'lot_id': move.returns_inspection_id.lot_id.id,
            }
            for move in moves_sudo
        ])
        return pickings
