from collections import defaultdict

from odoo import Command, fields, models


class StockMove(models.Model):
    """What arrives and is to be inspected waits in the returns location."""

    _inherit = 'stock.move'

    returns_inspection_id = fields.Many2one(
        'returns.inspection', string="Return Inspection", copy=False, index='btree_not_null', ondelete='set null',
        check_company=True)
    returns_inspection_ids = fields.One2many('returns.inspection', 'move_id', string="Inspections", readonly=True)

    def _action_done(self, cancel_backorder=False):
        """Override of `stock`: goods to inspect go to the returns location, their inspections are made."""
        if not self.filtered('picking_id.returns_order_id'):
            return super()._action_done(cancel_backorder=cancel_backorder)
        self._adopt_into_returns()
        inspected_sudo = self.sudo()._get_returns_arriving()._send_to_inspection()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        inspected_sudo.exists()._update_returns_inspections()
        return moves

    def _get_returns_arriving(self):
        """Those that bring back, in this moment, what is approved and counts for the customer."""
        return self.filtered(lambda move: (
            move.returns_line_id and move.returns_line_id.order_id.date_approval
            and move.state not in ('done', 'cancel') and move.returns_line_id._is_reception(move)))

    def _send_to_inspection(self):
        """Turn what is to be inspected to the returns location, and make the inspections.

        :return: the moves of which something is inspected
        """
        checklists = self.env['returns.checklist']._get_by_line(self.returns_line_id)
        candidates = self.filtered(lambda move: checklists[move.returns_line_id])
        if not candidates:
            return candidates
        pieces = {
            (move, lot): lines
            for move in candidates for lot, lines in move.move_line_ids.filtered('picked').grouped('lot_id').items()}
        chosen = self._sample_pieces(pieces, checklists)
        inspected = self.union(*(move for move, _lot in chosen))
        places = {move: move._get_inspection_place() for move in inspected}
        for place, moves in inspected.grouped(places.get).items():
            lines = self.env['stock.move.line'].union(*(
                pieces[move, lot] for move, lot in chosen if places[move] == place))
            lines.location_dest_id = place
            moves.filtered(lambda move: not move.move_line_ids - lines).location_dest_id = place  # noqa: B023
        self.env['returns.inspection'].create([
            move._prepare_inspection_vals(
                lot, sum(pieces[move, lot].mapped('quantity_product_uom')), places[move], picked_lists)
            for (move, lot), picked_lists in chosen.items()
        ])
        return inspected

    def _get_inspection_place(self):
        """The location where these goods wait for their inspection; where they arrive when there is none."""
        self.ensure_one()
        warehouse = self.picking_id.picking_type_id.warehouse_id or self.returns_line_id.order_id.warehouse_id
        return warehouse.returns_location_id or self.location_dest_id

    def _sample_pieces(self, pieces, checklists):
        """Which pieces are inspected, and by what.

        :param pieces: (move, lot) of each piece
        :param checklists: dict of the checklists that fit, by return line
        :return: dict of `returns.checklist`, the most specific first, by those pieces that are inspected
        """
        pieces_by_list = defaultdict(list)
        for move, lot in pieces:
            for checklist in checklists[move.returns_line_id]:
                pieces_by_list[checklist].append((move, lot))
        sampled = {
            (checklist, piece)
            for checklist, its_pieces in pieces_by_list.items()
            for piece, is_in in zip(
                its_pieces, checklist._sample([f'{move.id}/{lot.id}' for move, lot in its_pieces]), strict=True)
            if is_in
        }
        chosen = {
            (move, lot): checklists[move.returns_line_id].filtered(
                lambda checklist: (checklist, (move, lot)) in sampled)  # noqa: B023
            for move, lot in pieces
        }
        return {piece: picked_lists for piece, picked_lists in chosen.items() if picked_lists}

    def _prepare_inspection_vals(self, lot, quantity, location, checklists):
        """:return: dict for `returns.inspection.create`"""
        self.ensure_one()
        return {
            'line_id': self.returns_line_id.id,
            'move_id': self.id,
            'lot_id': lot.id,
            'quantity': quantity,
            'location_id': location.id,
            'user_id': checklists.user_id[:1].id,
            'checklist_ids': [Command.set(checklists.ids)],
            'answer_ids': checklists._prepare_answers(),
        }

    # === What if it was another quantity? ===

    def _update_returns_inspections(self):
        """The inspections of these receipts stand for what was received, also after it was corrected.

        :raise UserError: when less was received than is inspected already
        """
        for move in self.filtered('returns_inspection_ids'):
            for lot, lines in move.move_line_ids.grouped('lot_id').items():
                inspections = move.returns_inspection_ids.filtered(
                    lambda one: one.lot_id == lot and not one.previous_id)  # noqa: B023
                if inspections:
                    inspections._fit_into(sum(lines.mapped('quantity_product_uom')))
            lot_ids = {line.lot_id.id for line in move.move_line_ids}
            move.returns_inspection_ids.filtered(
                lambda one: one.lot_id.id not in lot_ids and not one.previous_id)._fit_into(0.0)  # noqa: B023

    def _check_returns_correction(self):
        """Override: the inspections follow the corrected receipt."""
        super()._check_returns_correction()
        self.sudo()._update_returns_inspections()
