from odoo import Command, api, fields, models

from .allocation import allocate
from .locking import serialize


class ReturnsOrderLine(models.Model):
    """What was ordered once may have been delivered several times; people say how many come back, not of which.

    A line that asks for more than its delivery brought is shared out over the deliveries of its order line when it is
    submitted, the oldest first. From then on each line is about one delivery: that has the cost and the claims.
    """

    _inherit = 'returns.order.line'

    qty_available = fields.Float(
        digits='Product Unit', compute='_compute_qty_available', compute_sudo=True,
        help="What can still come back of all deliveries of the order line.")

    @api.depends('sale_line_id', 'qty_returnable')
    def _compute_qty_available(self):
        claimed = self._get_deliveries()._get_returns_claimed_qty()
        for line in self:
            others = line._get_deliveries() - line.origin_move_id._origin
            line.qty_available = line.qty_returnable + (line._convert_product_qty(sum(
                max(0.0, move._get_returns_done_qty() - claimed[move]) for move in others)) if others else 0.0)

    def write(self, vals):
        """Override: another order line was delivered by other moves."""
        if 'sale_line_id' in vals and 'origin_move_id' not in vals:
            sale_line_sudo = self.env['sale.order.line'].sudo().browse(vals['sale_line_id'])
            delivered = sale_line_sudo._get_returns_delivered_moves()
            origin = delivered._get_returns_first_free(delivered._get_returns_claimed_qty())
            vals = {**vals, 'origin_move_id': origin.id}
        return super().write(vals)

    def _get_deliveries(self):
        """Where the goods of these lines may have come from, oldest first: all that their order lines delivered."""
        deliveries = self.sale_line_id._origin.sudo()._get_returns_delivered_moves()
        return deliveries.filtered(lambda move: move.product_id in self.product_id._origin)

    def _share_out(self):
        """Share these draft lines out over the deliveries; what does not fit is left as it is, for the policy to see.

        Of all these deliveries nobody else can claim anything before the transaction ends.

        :return: the lines and those that were split off them
        """
        spread = self.filtered(lambda line: not line.move_ids and len(line._get_deliveries()) > 1)
        deliveries = spread._get_deliveries()
        serialize(self.origin_move_id | deliveries)
        claimed = deliveries._get_returns_claimed_qty() if deliveries else {}
        rooms = {move: max(0.0, move._get_returns_done_qty() - claimed[move]) for move in deliveries}
        vals_by_line = {}
        for line in spread.sorted(lambda line: not line.lot_ids):  # who names lots has less to choose from
            unit = line.product_id.uom_id
            wanted = line._convert_qty(line.product_uom_qty, unit)
            parts = allocate(wanted, line._get_rooms_of_deliveries(rooms))
            if unit.compare(sum(part for _move, part in parts), wanted) >= 0:
                for move, part in parts:
                    rooms[move] -= part
                if [move for move, _part in parts] != [line.origin_move_id]:
                    vals_by_line[line] = line._prepare_split_vals(parts)
        return self | self._split(vals_by_line)

    def _get_rooms_of_deliveries(self, rooms):
        """What this line may take of each delivery: its own comes first, then the oldest.

        :param dict rooms: what can still come back, in the unit of the product, by delivery
        :return: dict like `rooms`; of tracked goods that are named no more than was delivered of those
        """
        self.ensure_one()
        own = {}
        for move in self.origin_move_id | self._get_deliveries():
            own[move] = rooms[move]
            if self.lot_ids:
                outstanding = move._get_returns_lots_outstanding()
                own[move] = min(own[move], sum(outstanding.get(lot, 0.0) for lot in self.lot_ids))
        return own

    @api.model
    def _split(self, vals_by_line):
        """Make several lines of each line.

        :param dict vals_by_line: lists of values by line, of which the first are for the line itself; see
            `_prepare_split_vals`
        :return: the new lines
        """
        new_by_line = {
            line: self.create([
                {**data, **vals}
                for vals in vals_list[1:] for data in line.copy_data({'order_id': line.order_id.id})])
            for line, vals_list in vals_by_line.items()
        }
        for line, vals_list in vals_by_line.items():
            line.write(vals_list[0])
        self._copy_attachments(new_by_line)
        return self.browse().union(*new_by_line.values())

    def _prepare_split_vals(self, parts):
        """Values of the lines that this line becomes. An amount off the price is shared out to the cent.

        :param list parts: of (delivery, quantity in the unit of the product), at least one
        :return: list of dicts for `returns.order.line.write` and `create`, one for each of `parts`
        """
        unit = self.product_uom_id if len(parts) == 1 else self.product_id.uom_id  # a piece is no round part of a dozen
        total, left = sum(part for _move, part in parts), self.reduction_amount
        vals_list = []
        for number, (move, part) in enumerate(parts, start=1):
            reduction = left if number == len(parts) else self._round_amount(self.reduction_amount * part / total)
            left -= reduction
            vals_list.append({
                'origin_move_id': move.id,
                'product_uom_id': unit.id,
                'product_uom_qty': self.product_uom_qty if len(parts) == 1 else part,
                'lot_ids': [Command.set((self.lot_ids & move.sudo().move_line_ids.lot_id).ids)],
                'reduction_amount': reduction,
            })
        return vals_list

    @api.model
    def _copy_attachments(self, new_by_line):
        """The pictures of a line show what came with its other deliveries, too."""
        attachments = self.env['ir.attachment'].search([
            ('res_model', '=', self._name), ('res_id', 'in', [line.id for line in new_by_line])])
        for attachment in attachments:
            for new_line in new_by_line[self.browse(attachment.res_id)]:
                attachment.copy({'res_id': new_line.id})
