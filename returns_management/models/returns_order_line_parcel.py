from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError


class ReturnsOrderLine(models.Model):
    """How much of a parcel belongs to a line, and which serial numbers and lots."""

    _inherit = 'returns.order.line'

    qty_refused = fields.Float(
        "Not Accepted", digits='Product Unit', readonly=True, copy=False,
        help="Arrived, but not approved or not taken: it does not count, the customer gets it back.")

    @api.depends('qty_refused', 'order_id.date_approval')
    def _compute_qty_accepted(self):
        super()._compute_qty_accepted()

    def _get_qty_accepted(self):
        """What arrived before anybody has approved it does not count yet."""
        if not self.order_id.date_approval:
            return 0.0
        return max(0.0, super()._get_qty_accepted() - self.qty_refused)

    def _get_qty_to_release(self, location):
        """What is accepted and still waits in the returns `location`, in the unit of the line.

        Nothing of what goes back to the customer: that is sent from there.
        """
        self.ensure_one()
        if self._get_action() == 'send_back':
            return 0.0
        arrived = self._sum_moves(self._get_moves_into(location))
        released = self._sum_moves(self.move_ids.filtered(
            lambda move: move.state != 'cancel' and move.location_id == location))
        return max(0.0, min(arrived, self.qty_accepted) - released)

    def _get_moves_into(self, location):
        """The moves that brought goods of this line to `location`."""
        self.ensure_one()
        return self.move_ids.filtered(lambda move: move.state == 'done' and move.location_dest_id == location)

    def _get_open_receipt_moves(self):
        """The moves that announce what has not arrived."""
        self.ensure_one()
        return self.move_ids.filtered(
            lambda move: move.state not in ('done', 'cancel') and self._is_reception(move)).sorted('id')

    def _get_qty_awaited(self):
        """How much the dock expects, in the unit of the line: what is announced, else what was asked for."""
        self.ensure_one()
        if self.order_id.state in ('approved', 'done'):
            return self.qty_to_receive
        return max(0.0, self.product_uom_qty - self.qty_received)

    def _get_rooms(self):
        """How much each line may still receive: what was delivered and nobody else claims.

        :return: dict of quantity, in the unit of the product, by line
        """
        claimed = self.origin_move_id._get_returns_claimed_qty()
        return {
            line: line.origin_move_id._get_returns_done_qty() - claimed[line.origin_move_id] + max(
                0.0, line._get_qty_claimed() - line._convert_qty(line.qty_received, line.product_id.uom_id))
            for line in self
        }

    def _split_parcel(self, quantities, lots):
        """What of a parcel is taken, and what was never delivered, or not that often.

        :param quantities: dict of quantity, in the unit of the line, by line
        :param lots: dict by line of dicts of quantity, in the unit of the product, by lot
        :return: dict by line of lists of `(lot, quantity)` that are taken, and the list of `(product, quantity, lot)`
            that are not; quantities in the unit of the product
        """
        for line in self.filtered(lambda line: lots.get(line)):
            line._follow_lots(self.env['stock.lot'].union(*lots[line]))
        rooms = self._get_rooms()
        used = defaultdict(float)  # by delivery, what other lines of the parcel take of it beyond what they claim
        taken, too_much = {}, []
        for line in self:
            unit, origin = line.product_id.uom_id, line.origin_move_id
            room = rooms[line] - used[origin]
            free = line._get_lots_free() if line.product_id.tracking != 'none' else {}
            for lot, quantity in line._get_parcel_parts(quantities[line], lots.get(line)):
                limit = min(room, free.get(lot, 0.0)) if lot else room
                part = unit.round(max(0.0, min(quantity, limit)))
                room -= part
                if part:
                    taken.setdefault(line, []).append((lot, part))
                if unit.compare(quantity, part) > 0:
                    too_much.append((line.product_id, unit.round(quantity - part), lot))
            expected = line._convert_qty(line._get_qty_awaited(), unit)
            used[origin] += max(0.0, sum(part for _lot, part in taken.get(line, [])) - expected)
        return taken, too_much

    def _get_parcel_parts(self, quantity, lots):
        """What arrived of this line, by lot.

        Without numbers the announced ones are meant, as long as all of them arrived.

        :param quantity: in the unit of the line
        :param lots: dict of quantity by lot, or nothing
        :return: list of `(lot, quantity)`, in the unit of the product
        """
        self.ensure_one()
        product = self.product_id
        total = self._convert_qty(quantity, product.uom_id)
        if product.tracking == 'none':
            return [(self.env['stock.lot'], total)]
        if lots:
            return list(lots.items())
        awaited = self._get_lots_awaited()
        if len(awaited) == 1 and product.tracking == 'lot':
            return [(next(iter(awaited)), total)]
        if product.uom_id.compare(sum(awaited.values()), total) == 0:
            return list(awaited.items())
        raise UserError(self.env._(
            "Which ones of %(product)s are in the parcel? Scan their serial or lot numbers, or tap them.",
            product=product.display_name))

    def _get_lots_awaited(self):
        """The announced lots with their quantities; of what is not announced, those that the customer has."""
        self.ensure_one()
        lots = defaultdict(float)
        for move_line in self._get_open_receipt_moves().move_line_ids.filtered('lot_id'):
            lots[move_line.lot_id] += move_line.quantity_product_uom
        return lots or self.origin_move_id._get_returns_lots_outstanding()

    def _put_into_receipt(self, picking, parts):
        """Count `parts` on the announced moves of `picking`, or on a new one; the last one takes what is too much.

        :param parts: list of `(lot, quantity)`, in the unit of the product
        """
        self.ensure_one()
        moves = self._get_open_receipt_moves().filtered(lambda move: move.picking_id == picking)
        moves = moves or self._create_parcel_move(picking, sum(quantity for _lot, quantity in parts))
        rest = [list(part) for part in parts]
        for move in moves:
            room = float('inf') if move == moves[-1] else move.product_qty
            counted = []
            while rest and room > 0:
                lot, quantity = rest[0]
                part = min(quantity, room)
                counted.append((lot, part))
                room -= part
                rest[0][1] -= part
                if not rest[0][1]:
                    rest.pop(0)
            move._set_parcel_parts(counted)

    def _create_parcel_move(self, picking, quantity):
        """The move for what nobody has announced.

        :param quantity: in the unit of the product
        """
        move = self.env['stock.move'].create({
            **self._prepare_return_move_vals(),
            'picking_id': picking.id,
            'product_uom_qty': self._convert_product_qty(quantity),
            'location_id': self.origin_move_id.location_dest_id.id,
            'location_dest_id': picking.location_dest_id.id,
        })
        move._action_confirm(merge=False)
        return move
