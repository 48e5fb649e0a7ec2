from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .locking import serialize


class ReturnsOrderLine(models.Model):
    """What does the customer get instead? The same product by a delivery of its order, another by an order of its own.

    The cost of the same product sent again moves with no credit note: `_book_cost` books it for the moves that have a
    `returns_delivery_line_id`.
    """

    _inherit = 'returns.order.line'

    exchange_product_id = fields.Many2one(
        'product.product', string="Exchange For", check_company=True, ondelete='restrict', index='btree_not_null',
        domain="[('type', '=', 'consu'), ('sale_ok', '=', True), ('company_id', 'in', (company_id, False))]",
        help="Another size or product. Empty: the same product again.")
    delivery_move_ids = fields.One2many(
        'stock.move', 'returns_delivery_line_id', string="Deliveries", copy=False, readonly=True,
        help="What we send to the customer for this line.")
    exchange_sale_line_ids = fields.One2many(
        'sale.order.line', 'returns_exchange_line_id', string="Exchange Orders", copy=False, readonly=True)
    qty_replaced = fields.Float(
        "Exchanged", digits='Product Unit', compute='_compute_sent', store=True,
        help="The customer got other goods for it.")
    qty_sent_back = fields.Float(
        "Sent Back", digits='Product Unit', compute='_compute_sent', store=True,
        help="The customer got the same goods again.")
    qty_to_deliver = fields.Float(
        "On the Way to the Customer", digits='Product Unit', compute='_compute_sent', store=True,
        help="In deliveries and orders that are still open.")
    qty_to_replace = fields.Float("To Exchange", digits='Product Unit', compute='_compute_sent', store=True)
    qty_to_send_back = fields.Float("To Send Back", digits='Product Unit', compute='_compute_sent', store=True)

    @api.constrains('exchange_product_id', 'product_id')
    def _check_exchange_product(self):
        for line in self:
            if line.exchange_product_id and not line.exchange_product_id.active:
                raise ValidationError(self.env._(
                    "%s is archived and not sold any more: choose something else to exchange for.",
                    line.exchange_product_id.display_name))
            if line.exchange_product_id and line.exchange_product_id.type != 'consu':
                raise ValidationError(self.env._(
                    "%s cannot be sent: choose goods to exchange for.", line.exchange_product_id.display_name))

    def _is_other_product(self):
        self.ensure_one()
        return bool(self.exchange_product_id) and self.exchange_product_id._origin != self.product_id._origin

    @api.depends(
        'qty_received', 'qty_accepted', 'qty_refused', 'qty_to_receive', 'resolution_id', 'policy_id',
        'exchange_product_id', 'product_uom_id',
        'delivery_move_ids.state', 'delivery_move_ids.quantity', 'delivery_move_ids.product_uom_qty',
        'delivery_move_ids.move_dest_ids', 'delivery_move_ids.location_dest_id',
        'exchange_sale_line_ids.state', 'exchange_sale_line_ids.qty_delivered',
        'exchange_sale_line_ids.product_uom_qty',
    )
    def _compute_sent(self):
        for line in self:
            line.qty_replaced = line._get_qty_replaced()
            line.qty_sent_back = line._sum_moves(line._get_sent_moves().filtered('origin_returned_move_id'))
            replacing, going_back = line._get_qty_being_replaced(), line._get_qty_being_sent_back()
            line.qty_to_deliver = replacing + going_back
            line.qty_to_replace = max(0.0, line._get_qty_to_exchange() - line.qty_replaced - replacing)
            line.qty_to_send_back = max(0.0, line._get_qty_to_give_back() - line.qty_sent_back - going_back)

    def _get_qty_to_exchange(self):
        """How much the customer gets other goods for in all, as things stand, in the unit of the line."""
        self.ensure_one()
        if self._get_action() != 'exchange':
            return 0.0
        return self.qty_accepted + (self.qty_to_receive if self.policy_id.exchange_trigger == 'on_approval' else 0.0)

    def _get_sent_moves(self):
        """The moves of this line that brought something to the customer."""
        return self.delivery_move_ids.filtered(
            lambda move: move.state == 'done' and move.location_dest_id._is_returns_customer())

    def _get_sending_moves(self):
        """The open moves of this line; of a chain that is delivered in steps only the last one."""
        return self.delivery_move_ids.filtered(
            lambda move: move.state not in ('done', 'cancel') and not move.move_dest_ids)

    def _sum_moves(self, moves):
        """The quantity of `moves`, done or announced, in the unit of this line."""
        return sum(
            move.product_uom._compute_quantity(
                move.quantity if move.state == 'done' else move.product_uom_qty, self.product_uom_id,
                rounding_method='HALF-UP')
            for move in moves)

    def _get_qty_replaced(self):
        """What the customer got other goods for, also when those came back later."""
        return self._sum_moves(
            self._get_sent_moves().filtered(lambda move: not move.origin_returned_move_id)
        ) + sum(
            sale_line._get_returns_exchanged_qty(sale_line.qty_delivered + sale_line._get_returns_qty_received())
            for sale_line in self.exchange_sale_line_ids if sale_line.state != 'cancel')

    def _get_qty_being_replaced(self):
        return self._sum_moves(
            self._get_sending_moves().filtered(lambda move: not move.origin_returned_move_id)
        ) + sum(
            sale_line._get_returns_exchanged_qty(max(
                0.0, sale_line.product_uom_qty - sale_line.qty_delivered - sale_line._get_returns_qty_received()))
            for sale_line in self.exchange_sale_line_ids if sale_line.state != 'cancel')

    def _get_qty_being_sent_back(self):
        return self._sum_moves(self._get_sending_moves().filtered('origin_returned_move_id'))

    def _get_qty_replaced_in_advance(self):
        """What the customer got again though the first is still on its way to us, in the unit of the line."""
        self.ensure_one()
        if self._is_other_product():
            return 0.0
        return min(max(0.0, self.qty_replaced - self.qty_received), self.qty_to_receive)

    def _is_delivery_awaited(self):
        """Whether the customer gets goods for what is still to come from him."""
        self.ensure_one()
        return bool(self.qty_to_receive) and self._get_action() in ('exchange', 'send_back')

    # === The same product ===

    def _create_replacements(self):
        """Have what is owed of the same product delivered again, in the ordinary way of the warehouse.

        By the order line that sold it: no line is added to the order, nothing is invoiced again.
        """
        # A returns clerk needs neither stock nor sales rights to send a replacement.
        lines_sudo = self.sudo().filtered(lambda line: line.qty_to_replace and not line._is_other_product())
        serialize(lines_sudo.origin_move_id)
        groups = lines_sudo.grouped(lambda line: (line.order_id, line.sale_order_id))
        # A reference of its own keeps it apart from what is still to be delivered of the order.
        references_sudo = self.env['stock.reference'].sudo().create([{'name': order.name} for order, _sale in groups])
        procurements = [
            line._prepare_replacement_procurement(reference)
            for lines, reference in zip(groups.values(), references_sudo, strict=True) for line in lines
        ]
        if procurements:
            self.env['stock.rule'].sudo().run(procurements)

    def _prepare_replacement_procurement(self, reference):
        """What the warehouse is asked for: what is owed of this line, a `stock.rule.Procurement`.

        :param reference: `stock.reference` of the deliveries that are made for it
        """
        self.ensure_one()
        sale_line = self.sale_line_id.with_company(self.company_id)
        quantity, unit = self.product_uom_id._adjust_uom_quantities(self.qty_to_replace, self.product_id.uom_id)
        now = fields.Datetime.now()
        address = self.order_id._get_delivery_address(sale_line.order_id)
        values = {
            **sale_line._prepare_procurement_values(),
            'origin': self.order_id.name,
            'reference_ids': reference,
            'date_planned': now,
            'date_deadline': now,
            'partner_id': address.id,
            'returns_delivery_line_id': self.id,
        }
        return self.env['stock.rule'].Procurement(
            self.product_id, quantity, unit, sale_line._get_location_final(), self.product_id.display_name,
            self.order_id.name, self.company_id, values)

    # === Another product ===

    def _create_exchange_orders(self):
        """Sell what is owed of other products: one order for each return and order it exchanges, confirmed at once."""
        lines_sudo = self.sudo().filtered(lambda line: line.qty_to_replace and line._is_other_product())
        serialize(lines_sudo.origin_move_id)
        groups = lines_sudo.grouped(lambda line: (line.order_id, line.sale_order_id))
        for company, company_groups in self._group_by_company(groups).items():
            orders_sudo = self.env['sale.order'].sudo().with_company(company).create([
                order._prepare_exchange_order_vals(sale_order, lines)
                for (order, sale_order), lines in company_groups.items()
            ])
            orders_sudo.action_confirm()

    @api.model
    def _group_by_company(self, groups):
        by_company = {}
        for key, lines in groups.items():
            by_company.setdefault(key[0].company_id, {})[key] = lines
        return by_company

    def _prepare_exchange_line_vals(self):
        """Values of the order line that sells what this line is exchanged for.

        A size or colour of the same product costs what was paid for the first; anything else its own price.

        :return: dict for `sale.order.line.create`
        """
        self.ensure_one()
        product, sold = self.exchange_product_id, self.sale_line_id
        unit = self.product_uom_id if self.product_uom_id._has_common_reference(product.uom_id) else product.uom_id
        vals = {
            'returns_exchange_line_id': self.id,
            'product_id': product.id,
            'product_uom_id': unit.id,
            'product_uom_qty': self.qty_to_replace,
        }
        if product.product_tmpl_id == sold.product_id.product_tmpl_id:
            vals.update(
                price_unit=sold.product_uom_id._compute_price(sold.price_unit, unit), discount=sold.discount)
        return vals

    def _invoice_exchange_orders(self):
        """Invoice the exchanges that can be invoiced, like the credit note: posted when the policy posts that."""
        orders_sudo = self.sudo().exchange_sale_line_ids.order_id.filtered(
            lambda order: order.invoice_status == 'to invoice')
        if not orders_sudo:
            return
        invoices_sudo = orders_sudo._create_invoices(grouped=True)
        invoices_sudo.filtered(lambda invoice: all(
            line.policy_id.credit_note_posting == 'posted'
            for line in invoice.invoice_line_ids.sale_line_ids.returns_exchange_line_id)).action_post()

    def _get_exchange_items_to_match(self):
        """The open journal items of the credit notes of these lines and of the invoices of what they are exchanged for.

        :return: list of `account.move.line` recordsets, each of one account and currency
        """
        exchanged = self.filtered('exchange_sale_line_ids')
        moves = (
            exchanged.credit_line_ids | exchanged.exchange_sale_line_ids.invoice_lines
        ).move_id.filtered(lambda move: move.state == 'posted')
        open_lines = moves.line_ids.filtered(lambda line: (
            not line.reconciled and line.account_id.account_type == 'asset_receivable'))
        groups = open_lines.grouped(lambda line: (line.account_id, line.currency_id)).values()
        return [lines for lines in groups if any(lines.mapped('debit')) and any(lines.mapped('credit'))]
