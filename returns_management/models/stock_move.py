from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .locking import serialize


class StockMove(models.Model):
    _inherit = 'stock.move'

    returns_line_id = fields.Many2one(
        'returns.order.line', string="Return Line", copy=False, index='btree_not_null', ondelete='set null',
        check_company=True)

    def _get_returns_direction(self):
        """What this move does to the quantity that the customer has: 1 adds to it, -1 takes from it, 0 neither.

        As core counts the delivered quantity of an order line: what comes back without *Update quantities on SO* has
        not come back, nor what is sent again in its place.
        """
        self.ensure_one()
        if self.location_dest_id._is_returns_customer() and not self._is_dropshipped_returned():
            return 1 if self.to_refund or not self.origin_returned_move_id else 0
        if self.to_refund and self.location_dest_usage != 'inventory' and (
            self._is_incoming() or self.location_id._is_returns_customer()
        ):
            return -1
        return 0

    # === How much of a delivery can come back ===

    def _get_returns_done_qty(self):
        """What this delivery brought, in the unit of the product."""
        self.ensure_one()
        return self.product_uom._compute_quantity(self.quantity, self.product_id.uom_id, rounding_method='HALF-UP')

    def _get_returns_claimed_qty(self):
        """How much of each delivery is used up: by submitted returns, and by returns that people make in core.

        :return: dict of quantity, in the unit of the product, by delivery; 0 for those that nothing claims
        """
        claimed = defaultdict(float)
        deliveries = self._origin
        lines_sudo = self.env['returns.order.line'].sudo().search([
            ('origin_move_id', 'in', deliveries.ids), ('order_id.state', '!=', 'draft'),
        ])
        for line in lines_sudo:
            claimed[line.origin_move_id] += line._get_qty_claimed()
        plain_returns_sudo = self.sudo().search([
            ('origin_returned_move_id', 'in', deliveries.ids), ('returns_line_id', '=', False),
            ('state', '!=', 'cancel'),
        ])
        for move in plain_returns_sudo:
            quantity = move.quantity if move.state == 'done' else move.product_uom_qty
            claimed[move.origin_returned_move_id] += move.product_uom._compute_quantity(
                quantity, move.product_id.uom_id, rounding_method='HALF-UP')
        return claimed

    def _get_returns_first_free(self, claimed):
        """The first of these deliveries of which something can still come back; of none, just the first.

        :param dict claimed: see `_get_returns_claimed_qty`
        """
        free = self.filtered(
            lambda move: move.product_id.uom_id.compare(move._get_returns_done_qty(), claimed[move]) > 0)
        return (free or self)[:1]

    def _check_returns_claims(self):
        """:raise UserError: naming every delivery of which more is claimed than it brought"""
        claimed = self._get_returns_claimed_qty()
        problems = []
        for move in self.sudo():
            unit = move.product_id.uom_id
            done = move._get_returns_done_qty()
            if unit.compare(claimed[move], done) > 0:
                problems.append(self.env._(
                    "%(product)s (%(delivery)s): %(claimed)s %(unit)s on returns, %(done)s delivered.",
                    product=move.product_id.display_name, delivery=move.reference, unit=unit.name,
                    claimed=formatLang(self.env, claimed[move], dp='Product Unit'),
                    done=formatLang(self.env, done, dp='Product Unit')))
        if problems:
            raise UserError(self.env._(
                "More would come back than was delivered. Lower the quantity.\n%s", "\n".join(problems)))

    # === Core's ways ===

    def _action_done(self, cancel_backorder=False):
        """Override of `stock` to tell the returns whose goods arrive."""
        unbilled = self._prepare_returns_arrival()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves.sudo().origin_returned_move_id.returns_line_id._update_qty_to_credit()  # sent to the customer again
        arrived = moves.filtered(lambda move: move.returns_line_id and move.state == 'done')
        if arrived:
            # The stock user who receives a parcel needs no returns rights.
            arrived_sudo = arrived.sudo()
            arrived_sudo.origin_returned_move_id._check_returns_claims()
            arrived_sudo._check_returns_lots()
            arrived_sudo.returns_line_id._enter_unbilled(unbilled, arrived_sudo)
            arrived_sudo.returns_line_id.order_id._on_received()
        return moves

    def _push_apply(self):
        """Override of `stock`: which rule pushes goods on is asked for each parcel only where there is one."""
        arriving = self.filtered(lambda move: move.returns_line_id and not move.move_dest_ids)
        pushed_from = self.env['stock.rule']._get_returns_pushed_locations(arriving.location_dest_id)
        staying = arriving.filtered(lambda move: move.location_dest_id not in pushed_from)
        return super(StockMove, self - staying)._push_apply()

    def _prepare_returns_arrival(self):
        """Before goods of returns arrive: which move counts for a return, with which lots.

        :return: what is delivered and not invoiced yet, see `sale.order.line._get_returns_unbilled`
        """
        self._adopt_into_returns()
        arriving = self.filtered('returns_line_id')
        # A wrong item in a parcel reduces no delivery: else core would add it to the order, with a negative quantity.
        wrong = self.filtered(lambda move: move.picking_id.returns_order_id and (
            move.product_id != move.sudo().returns_line_id.product_id))
        if wrong:
            wrong.to_refund = False
        if not arriving:
            return {}
        (arriving - wrong).to_refund = True
        arriving_sudo = arriving.sudo()
        arriving_sudo._follow_returns_lots()
        serialize(arriving_sudo.origin_returned_move_id)
        return arriving_sudo.returns_line_id.sale_line_id._get_returns_unbilled()

    def _adopt_into_returns(self):
        """More of an announced product, added to the receipt by hand, belongs to the line that announces it."""
        unassigned = self.filtered(lambda move: (
            move.picking_id.returns_order_id and not move.returns_line_id
            and not move.restrict_partner_id))  # what the dock holds for its owner stays apart
        for move in unassigned:
            announced = move.picking_id.move_ids.filtered(
                lambda other: other.returns_line_id and other.product_id == move.product_id)[:1]  # noqa: B023
            if announced:
                move.write({
                    'returns_line_id': announced.returns_line_id.id,
                    'origin_returned_move_id': announced.origin_returned_move_id.id,
                    'sale_line_id': announced.sale_line_id.id,
                })

    def _check_returns_correction(self):
        """The done quantity of these moves was corrected, deliveries or receipts: the claims still have to fit."""
        deliveries = self.origin_returned_move_id + self
        lines_sudo = self.env['returns.order.line'].sudo().search([('origin_move_id', 'in', deliveries.ids)])
        lines_sudo.origin_move_id._check_returns_claims()
        self.sudo()._check_returns_lots()

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        return [*super()._prepare_merge_moves_distinct_fields(), 'returns_line_id']

    def _prepare_move_split_vals(self, qty):
        """Override of `stock`: what is split off for a backorder belongs to the same return."""
        vals = super()._prepare_move_split_vals(qty)
        if self.returns_line_id:
            vals['returns_line_id'] = self.returns_line_id.id
        return vals
