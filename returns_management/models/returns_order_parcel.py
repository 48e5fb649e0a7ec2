from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .locking import serialize
from .returns_order_lifecycle import TRANSITION_KEY


class ReturnsOrder(models.Model):
    """A parcel has arrived at the dock: what it brings goes through the receipt of its return.

    What was approved goes where the receipt says. What nobody has decided about yet, and what is not on the return at
    all, waits in the returns location; the latter belongs to the customer still and has no value for us.
    """

    _inherit = 'returns.order'

    tracking_ref = fields.Char(
        "Tracking Reference", copy=False, index='btree_not_null', help="Of the parcel that the customer sends.")
    parcel_note = fields.Text(
        "Parcel Problem", readonly=True, copy=False,
        help="What was wrong with the parcel, until somebody has settled it with the customer.")
    parcel_ids = fields.One2many('returns.parcel', 'returns_order_id', string="Parcels", copy=False)

    # === What follows from it ===

    @api.depends('parcel_note')
    def _compute_next_step(self):
        super()._compute_next_step()

    def _get_next_step(self):
        """A problem with the parcel is looked at before anything else."""
        if self.parcel_note and self.state in ('approved', 'done'):
            return 'review'
        return super()._get_next_step()

    def _is_approved_automatically(self):
        """What the dock made of a parcel without a number was asked for by nobody: somebody has to look."""
        return self.source != 'warehouse' and super()._is_approved_automatically()

    def action_settle_parcel(self):
        """The problem with the parcel is settled with the customer: go on."""
        self.check_access('write')
        for order in self.filtered('parcel_note'):
            order.message_post(body=self.env._("Settled: %s", order.parcel_note))
        self.sudo().parcel_note = False
        return True

    def action_approve(self):
        """Override: of what arrived before the approval, only what is approved counts for the customer."""
        arrived = self.filtered(lambda order: order.state == 'requested' and any(order.line_ids.mapped('qty_received')))
        for line in arrived.line_ids:
            line.with_context(returns_transition=TRANSITION_KEY).qty_refused = max(
                0.0, line.qty_received - line.qty_approved)
        result = super().action_approve()
        if arrived:
            arrived.sudo().parcel_note = False
            arrived._create_releases()
            arrived._on_received()
        return result

    def action_reset_to_draft(self):
        """Override: a return whose goods have arrived cannot be forgotten, it is looked at again instead."""
        arrived = self.filtered(
            lambda order: order.state in ('cancel', 'refused') and any(order.line_ids.mapped('qty_received')))
        super(ReturnsOrder, self - arrived).action_reset_to_draft()
        arrived._reopen_for_review()
        return True

    def _create_releases(self):
        """Plan the way of what is approved from the returns location to where returned goods go."""
        pickings_sudo = self.env['stock.picking'].sudo().create([
            vals for order in self.sudo() if (vals := order._prepare_release_vals())['move_ids']
        ])
        if pickings_sudo:
            pickings_sudo.action_confirm()
            pickings_sudo.action_assign()

    def _prepare_release_vals(self):
        """Values of the transfer that takes the accepted goods out of the returns location.

        :return: dict for `stock.picking.create`; its `move_ids` are empty when nothing waits there
        """
        self.ensure_one()
        waiting = self.warehouse_id.returns_location_id
        route = {
            'location_id': waiting.id,
            'location_dest_id': self.warehouse_id.returns_type_id.default_location_dest_id.id,
        }
        return {
            **route,
            'returns_order_id': self.id,
            'picking_type_id': self.warehouse_id.int_type_id.id,
            'partner_id': self.partner_id.id,
            'origin': self.name,
            'company_id': self.company_id.id,
            'move_ids': [
                Command.create({
                    **route,
                    'returns_line_id': line.id,
                    'move_orig_ids': [Command.set(line._get_moves_into(waiting).ids)],  # the very same numbers
                    'product_id': line.product_id.id,
                    'product_uom': line.product_uom_id.id,
                    'product_uom_qty': quantity,
                    'company_id': self.company_id.id,
                })
                for line in self.line_ids
                if (quantity := line._get_qty_to_release(waiting)) > 0
            ],
        }

    # === The parcel ===

    def _receive_parcel(self, warehouse, quantities, lots=None, held=None):
        """Receive what one parcel brought, as the transfer of its return.

        What is above the announced quantity, but was delivered, is taken; what never was, is held.

        :param quantities: dict of quantity, in the unit of the line, by return line
        :param lots: dict by return line of dicts of quantity, in the unit of the product, by lot
        :param held: list of `(product, quantity, lot)` that are not on the return, in the unit of the product
        :return: the validated `stock.picking`, and what is held of the parcel, a list like `held`
        :raise UserError: when the parcel brought nothing, or tracked goods without their numbers
        """
        self.ensure_one()
        self._open_for_parcel()
        serialize(self.line_ids.origin_move_id)
        lines = self.line_ids.filtered(lambda line: quantities.get(line))
        taken, too_much = lines._split_parcel(quantities, lots or {})
        held = [*(held or []), *too_much]
        if not taken and not held:
            raise UserError(self.env._(
                "Nothing was counted. Set the quantities that are in the parcel, or choose “Empty box”."))
        picking = self._get_parcel_picking(warehouse)
        for line, parts in taken.items():
            line._put_into_receipt(picking, parts)
        self._hold_in_receipt(picking, held)
        picking._validate_parcel()
        return picking, held

    def _open_for_parcel(self):
        """A parcel is here, whatever the status: what was not asked for yet is asked for now."""
        if self.state == 'cancel' and not self.date_request:
            self.action_reset_to_draft()  # it was never submitted
        if self.state == 'draft':
            self.action_submit()
        elif self.state in ('cancel', 'refused'):
            self._reopen_for_review()

    def _get_parcel_picking(self, warehouse):
        """The open receipt of `warehouse`, nothing of it counted yet; where there is none, a new one without goods."""
        announced = self._get_open_pickings()
        if self.warehouse_id != warehouse:
            self.warehouse_id = warehouse
            announced.action_cancel()
            announced = self._create_receipts() if self.date_approval else self.env['stock.picking']
        picking = announced.sorted('id')[:1]
        if picking:
            picking.move_ids.picked = False
            return picking
        vals = self._prepare_return_picking_vals()
        if not self.date_approval:
            vals['location_dest_id'] = warehouse.returns_location_id.id
        return self.env['stock.picking'].create({**vals, 'move_ids': []})

    def _hold_in_receipt(self, picking, held):
        """Add what is not on the return: it waits in the returns location and is the customer's own.

        :param held: list of `(product, quantity, lot)`
        """
        location = picking.picking_type_id.warehouse_id.returns_location_id
        moves = self.env['stock.move'].create([
            {
                'picking_id': picking.id,
                'product_id': product.id,
                'product_uom': product.uom_id.id,
                'product_uom_qty': quantity,
                'location_id': picking.location_id.id,
                'location_dest_id': location.id,
                'restrict_partner_id': self.partner_id.id,
                'company_id': self.company_id.id,
            }
            for product, quantity, _lot in held
        ])
        moves._action_confirm(merge=False)
        for move, (_product, quantity, lot) in zip(moves, held, strict=True):
            move._set_parcel_parts([(lot, quantity)])

    def _close_empty_parcel(self):
        """The box was empty: nothing is expected any more, and somebody has to talk to the customer."""
        self.ensure_one()
        self._open_for_parcel()
        self._get_open_pickings().action_cancel()
        self._add_parcel_note(self.env._("The parcel arrived empty."))

    def _add_parcel_note(self, note):
        self.parcel_note = "\n".join(filter(None, [self.parcel_note, note]))

    @api.model
    def _create_from_parcel(self, warehouse, quantities):
        """The return of a parcel that came without a number: submitted, so that somebody looks at it.

        :param quantities: dict of quantity, in the unit of the delivery, by delivered `stock.move`
        :return: the new return
        """
        moves = self.env['stock.move'].union(*(move for move, quantity in quantities.items() if quantity))
        if not moves:
            raise UserError(self.env._("Nothing was counted. Set the quantities that are in the parcel."))
        sale_order = moves.sale_line_id.order_id[:1]
        order = self.create({
            'source': 'warehouse',
            'company_id': warehouse.company_id.id,
            'warehouse_id': warehouse.id,
            'user_id': False,
            'partner_id': sale_order.partner_id.id,
            'partner_shipping_id': sale_order.partner_shipping_id.id,
            'line_ids': [
                Command.create({
                    'sale_line_id': move.sale_line_id.id,
                    'origin_move_id': move.id,
                    'product_uom_id': move.product_uom.id,
                    'product_uom_qty': quantities[move],
                })
                for move in moves
            ],
        })
        order.action_submit()
        return order
