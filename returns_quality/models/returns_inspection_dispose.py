from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError


class ReturnsInspection(models.Model):
    """Where do the goods go, and when? Refused ones wait, so that the customer can object."""

    _inherit = 'returns.inspection'

    date_dispute = fields.Date(
        "Objection Until", readonly=True, copy=False, help="Until then refused goods stay where they are.")
    date_disposed = fields.Datetime("Goods Moved On", readonly=True, copy=False)
    dispute_ids = fields.One2many('returns.dispute', 'inspection_id', string="Disputes")
    stock_move_ids = fields.One2many(
        'stock.move', 'returns_inspection_id', string="Stock Moves", readonly=True, copy=False)
    goods_state = fields.Selection(
        [
            ('waiting', "Wait for the inspection"), ('pending', "Wait for the customer"), ('held', "On hold"),
            ('moving', "On the way"), ('moved', "Moved on"),
        ],
        string="Goods", compute='_compute_goods_state', store=True)

    @api.depends('state', 'date_disposed', 'disposition_id', 'stock_move_ids.state')
    def _compute_goods_state(self):
        for inspection in self:
            action = inspection.disposition_id.action
            if inspection.state == 'todo':
                inspection.goods_state = 'waiting'
            elif not inspection.date_disposed:
                inspection.goods_state = 'pending'
            elif action == 'hold':
                inspection.goods_state = 'held'
            elif action == 'send_back':
                is_sent = 'done' in inspection._get_send_back_moves().mapped('state')
                inspection.goods_state = 'moved' if is_sent else 'moving'
            else:
                inspection.goods_state = 'moved'

    def _get_send_back_moves(self):
        """The stock moves that bring these goods to the customer again."""
        return self.stock_move_ids.filtered(lambda move: move.location_dest_id._is_returns_customer())

    def _is_blocked(self):
        """Whether the goods have to stay: the customer objects, or somebody looks again."""
        self.ensure_one()
        return 'open' in self.dispute_ids.mapped('state') or 'todo' in self.again_ids.mapped('state')

    def _get_to_dispose(self):
        """Those whose goods may go where they go: not the refused ones the customer may still object to."""
        today = fields.Date.context_today(self)
        return self.filtered(lambda inspection: (
            inspection.counts and not inspection.date_disposed and not inspection._is_blocked()
            and (not inspection.is_refused or inspection.disposition_id.action == 'hold'
                 or inspection.date_dispute <= today)))

    def _dispose(self):
        """Have the goods moved to where their dispositions say: one batch for each disposition."""
        self.date_disposed = fields.Datetime.now()
        for disposition, inspections in self.grouped('disposition_id').items():
            disposition._dispose(inspections)

    def action_dispose(self, disposition_id=None):
        """Move the goods out of the hold, or although the customer might still object.

        :param disposition_id: id of the `returns.disposition` where they go instead
        :raise UserError: naming those that cannot move
        :raise AccessError: when the customer may still object, and the user is no returns administrator
        """
        self.check_access('write')
        self._check_objection_over()
        inspections = self.sudo()
        if disposition_id:
            inspections._change_disposition(self.env['returns.disposition'].browse(disposition_id))
        stuck = inspections.filtered(lambda one: (
            not one.counts or one._is_blocked() or one.goods_state in ('moving', 'moved')))
        if stuck:
            raise UserError(self.env._(
                "%s cannot be moved: the goods are gone, the inspection is not finished, or the customer objects. "
                "Finish what is open first.", ", ".join(stuck.mapped('display_name'))))
        inspections._dispose()
        inspections.order_id._on_inspected()
        return True

    def _check_objection_over(self):
        today = fields.Date.context_today(self)
        early = self.filtered(lambda one: one.goods_state == 'pending' and one.is_refused and one.date_dispute > today)
        if early and not self.env.user.has_group('returns_management.group_returns_manager'):
            raise AccessError(self.env._(
                "The customer may still object to %s. Only a returns administrator moves the goods before.",
                ", ".join(early.mapped('display_name'))))

    def _change_disposition(self, disposition):
        """Decide anew where held or waiting goods go."""
        settled = self.filtered(lambda inspection: inspection.goods_state not in ('held', 'pending'))
        if settled:
            raise UserError(self.env._(
                "Only goods on hold can go somewhere else: %s.", ", ".join(settled.mapped('display_name'))))
        self.write({'disposition_id': disposition.id, 'date_disposed': False})
        self._check_result()

    @api.model
    def _cron_dispose_refused(self):
        """The time to object is over: send back or scrap what was refused. One that cannot keeps nobody else."""
        today = fields.Date.context_today(self)
        self.sudo().search([
            ('counts', '=', True), ('date_disposed', '=', False), ('date_dispute', '<=', today),
        ]).order_id._run_automatically('_dispose_refused')

    # === Where they are, and how they move ===

    def _get_stock_location(self):
        """Where returned goods go that can be sold again."""
        return self.order_id.warehouse_id.returns_type_id.default_location_dest_id

    def _move_goods(self, destinations):
        """Move the goods at once: one internal transfer for each return and way, all in one batch.

        :param destinations: dict of `stock.location` by inspection
        """
        ways = self.grouped(lambda one: (one.order_id, one.location_id, destinations[one]))
        transfers = self.env['stock.picking']
        pickings = transfers.create(transfers._number_returns_transfers([
            {
                'returns_order_id': order.id,
                'picking_type_id': order.warehouse_id.int_type_id.id,
                'partner_id': order.partner_id.id,
                'origin': order.name,
                'company_id': order.company_id.id,
                'location_id': source.id,
                'location_dest_id': destination.id,
                'move_ids': [
                    Command.create(inspection._prepare_goods_move_vals(destination)) for inspection in inspections],
            }
            for (order, source, destination), inspections in ways.items() if source != destination
        ]))
        pickings.move_ids._action_done()
        pickings.date_done = fields.Datetime.now()
        for destination, inspections in self.grouped(destinations.get).items():
            inspections.location_id = destination

    def _prepare_goods_move_vals(self, destination):
        """Values of the move of these goods to `destination`, counted already: the very same lot."""
        self.ensure_one()
        route = {
            'product_id': self.product_id.id, 'location_id': self.location_id.id, 'location_dest_id': destination.id}
        return {
            **route,
            'returns_inspection_id': self.id,
            'product_uom': self.product_uom_id.id,
            'product_uom_qty': self.quantity,
            'company_id': self.company_id.id,
            'picked': True,
            'move_line_ids': [Command.create({
                **route, 'product_uom_id': self.product_uom_id.id, 'quantity': self.quantity,
                'lot_id': self.lot_id.id, 'picked': True, 'company_id': self.company_id.id})],
        }

    def _prepare_scrap_vals(self):
        """:return: dict for `stock.scrap.create`"""
        self.ensure_one()
        return {
            'returns_inspection_id': self.id,
            'origin': self.order_id.name,
            'company_id': self.company_id.id,
            'product_id': self.product_id.id,
            'product_uom_id': self.product_uom_id.id,
            'scrap_qty': self.quantity,
            'lot_id': self.lot_id.id,
            'location_id': self.location_id.id,
        }
