from odoo import api, fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = 'stock.picking'

    returns_order_id = fields.Many2one(
        'returns.order', string="Return", copy=False, index='btree_not_null', ondelete='set null',
        check_company=True, readonly=True)

    returns_origin_count = fields.Integer(
        "Return Count", compute='_compute_returns_origin_count', compute_sudo=True,
        help="Returns of what this delivery brought.")

    @api.depends('move_ids.sale_line_id.returns_exist')
    def _compute_returns_origin_count(self):
        for picking in self:
            picking.returns_origin_count = len(picking._get_returns_of_delivery())

    def _get_returns_of_delivery(self):
        """The returns of what these deliveries brought; no query where the order has none."""
        lines = self.move_ids.sale_line_id.filtered('returns_exist').returns_line_ids
        return lines.filtered(lambda line: line.origin_move_id in self.move_ids).order_id

    def action_create_return(self):
        """Open a new return of what was delivered and can still come back. Nothing is saved yet."""
        self.ensure_one()
        self.check_access('read')
        moves_sudo = self.sudo().move_ids
        if not moves_sudo.sale_line_id:
            raise UserError(self.env._(
                "%s was delivered for no sales order: take it back with the return of the delivery.", self.name))
        delivered_sudo = moves_sudo.sale_line_id._get_returns_delivered_moves() & moves_sudo
        return self.env['returns.order']._get_new_action(delivered_sudo, self.name)

    def action_view_returns(self):
        """The returns of what this delivery brought."""
        self.ensure_one()
        self.check_access('read')
        returns = self.env['returns.order'].browse(self.sudo()._get_returns_of_delivery().ids)
        return returns._get_documents_action('returns_management.returns_order_action', returns)

    def _pre_action_done_hook(self):
        """Override of `stock`: of receipts where nobody picked anything, all is marked as picked at once."""
        parcels = self.filtered('returns_order_id')
        if len(parcels) > 1:
            untouched = parcels.filtered(lambda parcel: any(parcel.move_ids.mapped('quantity')) and not any(
                move.picked for move in parcel.move_ids if move.location_dest_usage != 'inventory'))
            untouched.move_ids.picked = True
        return super()._pre_action_done_hook()

    def _action_done(self):
        """Override of `stock`: what was announced in a period that is locked by now arrives today.

        Odoo would ask to change the date first, of a parcel that lies on the table.
        """
        announced = self.filtered(lambda picking: picking.returns_order_id and picking.state not in ('done', 'cancel'))
        announced.filtered(lambda picking: picking._is_date_in_lock_period()).scheduled_date = fields.Datetime.now()
        return super()._action_done()

    def _create_backorder_picking(self):
        """Override of `stock`: what comes later belongs to the same return."""
        backorder = super()._create_backorder_picking()
        if self.returns_order_id:
            backorder.returns_order_id = self.returns_order_id
        return backorder

    def _validate_parcel(self):
        """Validate what the dock has counted, through the ordinary button.

        :raise UserError: when Odoo has a question about it that somebody has to answer in the transfer
        """
        self.ensure_one()
        if self.state == 'draft':
            self.action_confirm()
        self.button_validate()
        if self.state != 'done':
            raise UserError(self.env._(
                "Odoo has a question about %s. Open it under Inventory → Receipts and validate it there.", self.name))
