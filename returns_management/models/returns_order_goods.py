from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .tracks import TRACK_STATUSES


class ReturnsOrder(models.Model):
    """Did it come back? The receipts of a return, and what their arrival sets off."""

    _inherit = 'returns.order'

    warehouse_id = fields.Many2one(
        'stock.warehouse', check_company=True, compute='_compute_warehouse_id', store=True, readonly=False,
        help="Where the goods are received.")
    date_deadline = fields.Date("Send Back By", copy=False, tracking=True)
    date_sent = fields.Date("Sent On", copy=False)
    picking_ids = fields.One2many('stock.picking', 'returns_order_id', string="Receipts", copy=False, readonly=True)
    picking_count = fields.Integer(compute='_compute_picking_count', compute_sudo=True)
    reception_status = fields.Selection(
        TRACK_STATUSES, string="Goods", compute='_compute_reception_status', store=True)

    @api.depends('company_id', 'line_ids.origin_move_id')
    def _compute_warehouse_id(self):
        """Where the goods left from; where they never were in a warehouse, the first one of the company."""
        first_by_company = {
            company: warehouses[0]
            for company, warehouses in self.env['stock.warehouse'].search([
                ('company_id', 'in', self.company_id.ids),
            ]).grouped('company_id').items()
        }
        for order in self:
            if order.warehouse_id.company_id == order.company_id and order.warehouse_id:
                continue
            left_from = order.line_ids.origin_move_id.location_id.warehouse_id[:1]
            order.warehouse_id = left_from or first_by_company.get(order.company_id)

    @api.depends('line_ids.qty_received', 'line_ids.qty_to_receive')
    def _compute_reception_status(self):
        for order in self:
            received = any(order.line_ids.mapped('qty_received'))
            expected = any(order.line_ids.mapped('qty_to_receive'))
            if expected:
                order.reception_status = 'partial' if received else 'pending'
            else:
                order.reception_status = 'full' if received else 'no'

    @api.depends('picking_ids')
    def _compute_picking_count(self):
        for order in self:
            order.picking_count = len(order.picking_ids)

    def _create_receipts(self):
        """Announce to the warehouse what is approved and not announced yet: one receipt for each return.

        :return: the new `stock.picking` records, ready to be received
        """
        # A returns clerk needs no stock rights to announce a parcel.
        pickings_sudo = self.env['stock.picking'].sudo()
        pickings_sudo = pickings_sudo.create(pickings_sudo._number_returns_transfers([
            vals for order in self.sudo() if (vals := order._prepare_return_picking_vals())['move_ids']
        ]))
        if pickings_sudo:
            # Not as the button does: each line keeps a move of its own, and no orderpoint waits for what comes in.
            pickings_sudo.move_ids._action_confirm(merge=False)
            pickings_sudo.action_assign()
            pickings_sudo.move_ids._set_returns_lots()
        return pickings_sudo.sudo(False)

    def _prepare_return_picking_vals(self):
        """Values of the receipt of this return.

        :return: dict for `stock.picking.create`; its `move_ids` are empty when there is nothing to announce
        """
        self.ensure_one()
        picking_type = self.warehouse_id.returns_type_id
        if not picking_type:
            raise UserError(self.env._(
                "%(company)s has no warehouse to receive %(number)s. Create one under Inventory → Configuration.",
                company=self.company_id.name, number=self.name))
        source = self.line_ids.origin_move_id.location_dest_id[:1]
        destination = picking_type.default_location_dest_id
        return {
            'returns_order_id': self.id,
            'picking_type_id': picking_type.id,
            'partner_id': self.partner_shipping_id.id or self.partner_id.id,
            'origin': self.name,
            'company_id': self.company_id.id,
            'location_id': source.id,
            'location_dest_id': destination.id,
            'move_ids': [
                Command.create({
                    **vals, 'location_id': line.origin_move_id.location_dest_id.id, 'location_dest_id': destination.id,
                })
                for line in self.line_ids
                if (vals := line._prepare_return_move_vals())['product_uom_qty'] > 0
            ],
        }

    def _on_approved(self):
        """These returns are approved: do what their policies say happens by itself."""
        self._credit_by_trigger({'on_approval'})

    def _on_received(self):
        """Goods of these returns have arrived: do what their policies say happens by itself."""
        credited = {order: order._get_qty_credited() for order in self}
        self._credit_by_trigger({'on_approval', 'on_receipt'})  # more may have come than was announced
        # Who reads that the money comes knows that the goods came.
        self.filtered(lambda order: order._get_qty_credited() == credited[order])._tell_later('received')

    def _credit_by_trigger(self, triggers):
        """Credit the returns whose policy says one of `triggers`."""
        triggered = self.line_ids.filtered(lambda line: line.policy_id.credit_trigger in triggers).order_id
        triggered.sudo()._run_automatically('_create_credit_notes')

    def action_view_pickings(self):
        return self._get_documents_action('stock.action_picking_tree_all', self.picking_ids)
