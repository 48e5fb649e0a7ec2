from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .returns_order_lifecycle import TRANSITION_KEY
from .tracks import TRACK_STATUSES


class ReturnsOrder(models.Model):
    """What goes out to the customer? Replacements, exchange orders and goods that are sent back."""

    _inherit = 'returns.order'

    replacement_status = fields.Selection(
        TRACK_STATUSES, string="Replacement", compute='_compute_replacement_status', store=True,
        help="Other goods, or the same goods again.")
    delivery_ids = fields.Many2many(
        'stock.picking', string="Deliveries", compute='_compute_delivery_ids', compute_sudo=True)
    delivery_count = fields.Integer(compute='_compute_delivery_ids', compute_sudo=True)
    exchange_order_ids = fields.One2many(
        'sale.order', 'returns_exchange_for_id', string="Exchange Orders", readonly=True, copy=False)
    exchange_order_count = fields.Integer(compute='_compute_exchange_order_count', compute_sudo=True)
    has_exchanges = fields.Boolean(compute='_compute_has_exchanges')
    has_reductions = fields.Boolean(compute='_compute_has_exchanges')
    can_refuse_goods = fields.Boolean(compute='_compute_can_refuse_goods')
    has_refused_goods = fields.Boolean(compute='_compute_has_refused_goods')

    @api.depends('line_ids.resolution_id', 'line_ids.policy_id')
    def _compute_has_exchanges(self):
        """What has to be said about the lines: nobody else needs the columns for it."""
        for order in self:
            actions = {line._get_action() for line in order.line_ids}
            order.has_exchanges = 'exchange' in actions
            order.has_reductions = 'reduce' in actions

    @api.depends(
        'line_ids.qty_to_replace', 'line_ids.qty_to_send_back', 'line_ids.qty_to_deliver', 'line_ids.qty_replaced',
        'line_ids.qty_sent_back', 'line_ids.qty_to_receive', 'line_ids.resolution_id',
    )
    def _compute_replacement_status(self):
        for order in self:
            sent = any(line.qty_replaced or line.qty_sent_back for line in order.line_ids)
            if order._has_open_delivery() or any(line._is_delivery_awaited() for line in order.line_ids):
                order.replacement_status = 'partial' if sent else 'pending'
            else:
                order.replacement_status = 'full' if sent else 'no'

    def _has_open_delivery(self):
        """Whether something is to be sent to the customer, announced to the warehouse or not."""
        self.ensure_one()
        return self._has_owed_delivery() or any(self.line_ids.mapped('qty_to_deliver'))

    def _has_owed_delivery(self):
        """Whether something is owed to the customer that nobody has told the warehouse to send."""
        self.ensure_one()
        return any(line.qty_to_replace or line.qty_to_send_back for line in self.line_ids)

    @api.depends('line_ids.delivery_move_ids.picking_id', 'exchange_order_ids.picking_ids')
    def _compute_delivery_ids(self):
        for order in self:
            order.delivery_ids = order.line_ids.delivery_move_ids.picking_id | order.exchange_order_ids.picking_ids
            order.delivery_count = len(order.delivery_ids)

    @api.depends('exchange_order_ids')
    def _compute_exchange_order_count(self):
        for order in self:
            order.exchange_order_count = len(order.exchange_order_ids)

    def _get_worth(self):
        """What the goods of this return are worth, taxes included, whatever the customer gets for them."""
        self.ensure_one()
        return sum(
            line.amount_expected if line._get_action() == 'reduce'
            else line._round_amount(line._get_qty_wanted() * line._get_unit_price())
            for line in self.line_ids if line.product_uom_id)

    # === What happens by itself ===

    def _check_complete(self):
        super()._check_complete()
        self.line_ids._check_reduction()

    def _check_approvable(self):
        super()._check_approvable()
        self.line_ids._check_reduction()

    def _on_approved(self):
        """Override: what the customer keeps is credited now, nobody waits for goods; exchanges in advance are sent."""
        kept = self.line_ids.filtered(lambda line: line._is_without_goods())
        to_credit = kept.filtered(lambda line: line.policy_id.credit_trigger == 'on_receipt').order_id
        to_credit.sudo()._run_automatically('_create_credit_notes')
        super()._on_approved()
        self._replace_by_trigger({'on_approval'})

    def _on_received(self):
        """Override: goods have arrived, what the customer gets instead is sent."""
        super()._on_received()
        self._replace_by_trigger({'on_approval', 'on_receipt'})

    def _replace_by_trigger(self, triggers):
        """Send what is owed to the customers whose policy says one of `triggers`."""
        triggered = self.line_ids.filtered(lambda line: (
            line.qty_to_replace or line.qty_to_send_back) and line.policy_id.exchange_trigger in triggers).order_id
        triggered.sudo()._run_automatically('_create_replacements')

    def action_create_replacements(self):
        """Send what is owed to the customers; a second call finds nothing to do.

        :return: the action that shows the deliveries of the returns
        """
        self.check_access('write')  # goods are sent for the clerk, whoever may only look on sends none
        self._create_replacements()
        self._forget_failure('_create_replacements')
        return self.action_view_deliveries()

    def _create_replacements(self):
        """Send other goods as the resolution of each line says, and refused goods to where they came from."""
        to_replace = self.line_ids.filtered('qty_to_replace')
        for resolution, lines in to_replace.grouped(lambda line: line._get_resolution()).items():
            resolution._resolve(lines)
        self.line_ids._create_send_backs()

    # === Documents ===

    def _get_delivery_address(self, sale_order):
        """Where the goods are sent: to the address that the parcel came from, else as the first time."""
        self.ensure_one()
        if self.partner_shipping_id and self.partner_shipping_id != self.partner_id:
            return self.partner_shipping_id
        return sale_order.partner_shipping_id

    def _prepare_send_back_vals(self, lines):
        """Values of the delivery that brings refused goods to the customer; of several returns when these go together.

        :param lines: lines of these returns of which something is to be sent back, all to one address
        :return: dict for `stock.picking.create`
        """
        move_vals_list = [vals for line in lines for vals in line._prepare_send_back_move_vals()]
        return {
            'picking_type_id': self.warehouse_id.out_type_id.id,
            'partner_id': self[:1]._get_delivery_address(lines.sale_order_id[:1]).id,
            'origin': ", ".join(self.mapped('name')),
            'company_id': self.company_id.id,
            'location_id': move_vals_list[0]['location_id'],
            'location_dest_id': move_vals_list[0]['location_dest_id'],
            'move_ids': [Command.create(vals) for vals in move_vals_list],
        }

    def _prepare_exchange_order_vals(self, sale_order, lines):
        """Values of the order that sells what `lines` of `sale_order` are exchanged for.

        :return: dict for `sale.order.create`
        """
        self.ensure_one()
        return {
            'returns_exchange_for_id': self.id,
            'origin': self.env._("%(number)s: exchange of %(order)s", number=self.name, order=sale_order.name),
            'company_id': sale_order.company_id.id,
            'partner_id': sale_order.partner_id.id,
            'partner_invoice_id': sale_order.partner_invoice_id.id,
            'partner_shipping_id': self._get_delivery_address(sale_order).id,
            'pricelist_id': sale_order.pricelist_id.id,
            'fiscal_position_id': sale_order.fiscal_position_id.id,
            'payment_term_id': sale_order.payment_term_id.id,
            'warehouse_id': sale_order.warehouse_id.id,
            'user_id': sale_order.user_id.id,
            'team_id': sale_order.team_id.id,
            'client_order_ref': sale_order.client_order_ref,
            'order_line': [Command.create(line._prepare_exchange_line_vals()) for line in lines],
        }

    def action_view_deliveries(self):
        return self._get_documents_action('stock.action_picking_tree_all', self.delivery_ids)

    def action_view_exchange_orders(self):
        return self._get_documents_action('sale.action_orders', self.exchange_order_ids)

    # === Calling it off ===

    def _is_started(self):
        """Override: what was sent to the customer cannot be called off either."""
        return super()._is_started() or any(line.qty_replaced or line.qty_sent_back for line in self.line_ids)

    def _transition(self, verb, **values):
        """Override: what is called off is not sent; what the customer keeps counts from the approval on."""
        if verb == 'cancel':
            self._cancel_deliveries()
        super()._transition(verb, **values)
        lines = self.line_ids.with_context(returns_transition=TRANSITION_KEY)
        if verb == 'approve':
            lines._keep_approved()
        elif verb == 'cancel':
            lines.filtered('qty_kept').qty_kept = 0.0

    def _cancel_deliveries(self):
        orders_sudo = self.sudo()  # the clerk who calls a return off needs no stock or sales rights
        moves = orders_sudo.line_ids.delivery_move_ids.filtered(lambda move: move.state not in ('done', 'cancel'))
        moves._action_cancel()
        exchanges = orders_sudo.exchange_order_ids.filtered(lambda order: order.state != 'cancel')
        exchanges.filtered('locked').action_unlock()
        exchanges._action_cancel()

    # === Refusing goods ===

    @api.depends('state', 'line_ids.qty_received', 'line_ids.qty_credited', 'line_ids.qty_replaced',
                 'line_ids.qty_sent_back', 'line_ids.qty_to_deliver', 'line_ids.resolution_id')
    def _compute_can_refuse_goods(self):
        for order in self:
            order.can_refuse_goods = order.state in ('approved', 'done') and any(
                line._is_refusable() for line in order.line_ids)

    @api.depends('line_ids.qty_refused')
    def _compute_has_refused_goods(self):
        for order in self:
            order.has_refused_goods = any(order.line_ids.mapped('qty_refused'))

    def _has_draft_credit(self):
        """Whether a credit note of this return is a draft."""
        self.ensure_one()
        return any(self.line_ids.mapped('qty_in_draft_credit'))

    def action_refuse_goods(self):
        """Open the dialog in which a part of what was received is refused."""
        self.ensure_one()
        if not self.can_refuse_goods:
            raise UserError(self.env._(
                "Nothing of %s can be refused: nothing has arrived, or it is credited, exchanged or sent back already.",
                self.name))
        action = self.env['ir.actions.act_window']._for_xml_id('returns_management.returns_refuse_goods_action')
        action['context'] = {'default_order_id': self.id}
        return action
