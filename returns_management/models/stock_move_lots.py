from collections import defaultdict

from odoo import Command, models
from odoo.exceptions import UserError


class StockMove(models.Model):
    """Which lots and serial numbers come back: only those that the customer got."""

    _inherit = 'stock.move'

    def _set_returns_lots(self):
        """Announce the lots that the return names, where core has proposed others of the delivery."""
        for move in self.filtered('returns_line_id.lot_ids'):
            named = move.returns_line_id.lot_ids
            spare_lines = move.move_line_ids.filtered(lambda line: line.lot_id not in named)  # noqa: B023
            for line, lot in zip(spare_lines, named - move.move_line_ids.lot_id, strict=False):
                line.lot_id = lot

    def _set_returns_origin(self, delivery):
        """These announced moves bring back what `delivery` brought."""
        for move in self:
            move.write({
                'move_orig_ids': [Command.unlink(move.origin_returned_move_id.id), Command.link(delivery.id)],
                'origin_returned_move_id': delivery.id,
                'location_id': delivery.location_dest_id.id,
            })

    def _get_returns_lots_outstanding(self):
        """The lots that this delivery brought and that have not come back.

        :return: dict of quantity, in the unit of the product, by lot
        """
        return {lot: quantity for lot, quantity in self._get_returns_lots_balance().items() if quantity > 0}

    def _get_returns_lots_balance(self):
        """What this delivery brought of each lot less what has come back: below zero where that was another lot.

        :return: dict of quantity, in the unit of the product, by lot
        """
        self.ensure_one()
        quantities = defaultdict(float)
        for move_line in self.move_line_ids.filtered('lot_id'):
            quantities[move_line.lot_id] += move_line.quantity_product_uom
        came_back = self.returned_move_ids.filtered(lambda move: move.state == 'done')
        for move_line in came_back.move_line_ids.filtered('lot_id'):
            quantities[move_line.lot_id] -= move_line.quantity_product_uom
        return {lot: lot.product_id.uom_id.round(quantity) for lot, quantity in quantities.items()}

    def _has_returns_lots(self, lots):
        """Whether this delivery brought all these lots, and they are still with the customer."""
        outstanding = self._get_returns_lots_outstanding()
        return all(lot in outstanding for lot in lots)

    def _get_returns_tracked(self):
        """Of these moves those that bring tracked goods of a return from outside."""
        return self.filtered(lambda move: (
            move.returns_line_id and move.product_id.tracking != 'none'
            and move.returns_line_id._is_reception(move)))

    def _follow_returns_lots(self):
        """The customer sends what another delivery of the order line brought: the return is about that one, then."""
        for move in self._get_returns_tracked():
            counted = move.move_line_ids.filtered('picked') or move.move_line_ids
            line = move.returns_line_id
            if counted.lot_id and line._get_open_receipt_moves() == move:
                line._follow_lots(counted.lot_id)

    def _check_returns_lots(self):
        """What these done moves brought was delivered: the very lots, and no more of each.

        :raise UserError: naming each lot that was not, and each serial number that another return names
        """
        problems = []
        for move in self._get_returns_tracked():
            balance = move.origin_returned_move_id._get_returns_lots_balance()
            lots = move.move_line_ids.lot_id
            if wrong := lots.filtered(lambda lot: balance[lot] < 0):  # noqa: B023
                problems.append(self.env._(
                    "%(lots)s of %(product)s: not delivered with %(delivery)s, or here already.",
                    lots=", ".join(wrong.mapped('name')), product=move.product_id.display_name,
                    delivery=move.origin_returned_move_id.reference))
            if move.product_id.tracking == 'serial':
                problems += [
                    self.env._("%(serial)s is on %(number)s: receive it there.", serial=lot.name, number=order.name)
                    for lot, order in move.returns_line_id._get_returns_naming(lots).items()]
        if problems:
            raise UserError(self.env._(
                "%s\nCorrect the number, or receive the parcel under Returns → Receive Parcels: there what does not "
                "belong to the return is held for the customer.", "\n".join(problems)))

    def _check_returns_serials_here(self):
        """What these moves take out of our own locations is there. What a vendor sends himself never was here.

        :raise UserError: naming the serial numbers that are somewhere else
        """
        lines = self.filtered(lambda move: (
            move.product_id.tracking == 'serial' and not move.location_id.should_bypass_reservation()
        )).move_line_ids.filtered('lot_id')
        if not lines:
            return
        here = set(self.env['stock.quant'].sudo()._read_group(
            [('lot_id', 'in', lines.lot_id.ids), ('quantity', '>', 0)], ['lot_id', 'location_id']))
        elsewhere = lines.filtered(lambda line: (line.lot_id.sudo(), line.location_id.sudo()) not in here)
        if elsewhere:
            raise UserError(self.env._(
                "%(serials)s cannot be sent: not in %(place)s. Choose a serial number that is there.",
                serials=", ".join(elsewhere.lot_id.mapped('name')),
                place=", ".join(elsewhere.location_id.mapped('display_name'))))
