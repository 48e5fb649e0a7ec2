from odoo import api, models
from odoo.fields import Domain

#: How many returns or orders are offered to choose from.
MAX_CANDIDATES = 20
#: Returns whose parcel is expected, or may be.
OPEN_STATES = ('draft', 'requested', 'approved')


class ReturnsDock(models.AbstractModel):
    """What was scanned? Returns and delivered orders by anything that can stand on a parcel."""

    _inherit = 'returns.dock'

    @api.model
    def scan(self, warehouse_id, code, order_id=None, sale_order_id=None):
        """Find what `code` is.

        :param order_id: the return on the screen, when there is one: its products and serial numbers are counted
        :param sale_order_id: the delivered order on the screen, when there is one
        :return: dict with `kind`: *item* (to count), *return* or *order* (the card to show), *choose* (a list of
            candidates), *parcel* (one that was put aside), or *unknown*
        """
        warehouse_sudo = self._get_warehouse_sudo(warehouse_id)
        code = (code or '').strip()
        if not code:
            return {'kind': 'unknown', 'code': code}
        if order_id or sale_order_id:
            shown_sudo = self._get_shown_products(warehouse_sudo, order_id, sale_order_id)
            if item := self._find_item(warehouse_sudo, code, shown_sudo):
                return {'kind': 'item', **item}
        for find in self._get_finders():
            returns_sudo, sales_sudo, pickings_sudo = find(warehouse_sudo, code)
            if returns_sudo or sales_sudo or pickings_sudo:
                return self._show(warehouse_sudo, returns_sudo, sales_sudo, pickings_sudo)
        parcel_sudo = warehouse_sudo.env['returns.parcel'].search([
            ('company_id', '=', warehouse_sudo.company_id.id), '|', ('name', '=ilike', code),
            ('tracking_ref', '=ilike', code)], limit=1)
        if parcel_sudo:
            return self._show_parcel(parcel_sudo)
        return self.find(warehouse_id, code)

    @api.model
    def open(self, warehouse_id, model, record_id):
        """The card of a candidate that was chosen.

        :param model: returns.order, sale.order, or stock.picking for a single delivery
        """
        warehouse_sudo = self._get_warehouse_sudo(warehouse_id)
        cards = {
            'returns.order': self._get_return_card,
            'sale.order': self._get_order_card,
            'stock.picking': self._get_delivery_card,
        }
        if model not in cards:
            return {'kind': 'unknown', 'code': ''}
        return cards[model](warehouse_sudo, self._get_record_sudo(warehouse_sudo, model, record_id))

    @api.model
    def find(self, warehouse_id, text):
        """Search by the customer: name, e-mail, phone, or by part of a number.

        :return: see `scan`
        """
        warehouse_sudo = self._get_warehouse_sudo(warehouse_id)
        company_domain = Domain('company_id', '=', warehouse_sudo.company_id.id)
        partner_domain = Domain.OR(
            Domain(f'partner_id.{name}', 'ilike', text) for name in ('complete_name', 'email', 'phone', 'zip'))
        if len(text) < 3:
            return {'kind': 'unknown', 'code': text}
        returns_sudo = warehouse_sudo.env['returns.order'].search(
            company_domain & Domain('state', 'in', OPEN_STATES) & Domain('reception_status', '!=', 'full') & (
                partner_domain | Domain('name', 'ilike', text)),
            limit=MAX_CANDIDATES)
        sales_sudo = warehouse_sudo.env['sale.order'].search(
            company_domain & Domain('state', '=', 'sale') & Domain('picking_ids.state', '=', 'done') & (
                partner_domain | Domain('name', 'ilike', text)),
            limit=MAX_CANDIDATES)
        sales_sudo = self._filter_returnable(sales_sudo)
        return self._show(warehouse_sudo, returns_sudo, sales_sudo, always_choose=True) if (
            returns_sudo or sales_sudo) else {'kind': 'unknown', 'code': text}

    @api.model
    def _filter_returnable(self, sales_sudo):
        """The orders of which something can still come back."""
        returnable = self._get_returnable(sales_sudo.order_line._get_returns_delivered_moves())
        found = {move.sale_line_id.order_id for move, quantity in returnable.items() if quantity > 0}
        return sales_sudo.filtered(lambda order: order in found)

    @api.model
    def find_item(self, warehouse_id, text):
        """Products by name or reference, for a wrong item without barcode.

        :return: list of dicts like the *item* of `scan`
        """
        warehouse_sudo = self._get_warehouse_sudo(warehouse_id)
        products_sudo = warehouse_sudo.env['product.product'].search([
            ('company_id', 'in', (False, warehouse_sudo.company_id.id)), ('type', '=', 'consu'),
            '|', ('name', 'ilike', text), ('default_code', 'ilike', text)], limit=10)
        return [self._get_item(product) for product in products_sudo]

    # === What stands on a parcel ===

    @api.model
    def _get_finders(self):
        """The methods that look for a code, in this order, until one finds something.

        Each takes the warehouse and the code and gives returns, sales orders and single deliveries, all with the
        rights of the system and of the company of the warehouse.
        """
        return [
            self._find_by_return, self._find_by_delivery, self._find_by_sale, self._find_by_invoice, self._find_by_lot,
            self._find_by_product,
        ]

    @api.model
    def _found(self, warehouse_sudo, returns=(), sales=(), pickings=()):
        env = warehouse_sudo.env
        return returns or env['returns.order'], sales or env['sale.order'], pickings or env['stock.picking']

    @api.model
    def _find_by_return(self, warehouse_sudo, code):
        returns_sudo = warehouse_sudo.env['returns.order'].search([
            ('company_id', '=', warehouse_sudo.company_id.id), '|', '|', ('name', '=ilike', code),
            ('barcode', '=', code.upper()), ('tracking_ref', '=ilike', code)], limit=MAX_CANDIDATES)
        return self._found(warehouse_sudo, self._add_alternatives(returns_sudo))

    @api.model
    def _add_alternatives(self, returns_sudo):
        """With what was called off or refused, the open returns of the same deliveries: one of them may be meant."""
        closed_sudo = returns_sudo.filtered(lambda order: order.state in ('cancel', 'refused'))
        if not closed_sudo:
            return returns_sudo
        others_sudo = returns_sudo.search([
            ('line_ids.origin_move_id', 'in', closed_sudo.line_ids.origin_move_id.ids), ('state', 'in', OPEN_STATES)])
        return (others_sudo | returns_sudo)[:MAX_CANDIDATES]

    @api.model
    def _find_by_delivery(self, warehouse_sudo, code):
        domain = Domain('name', '=ilike', code)
        if 'carrier_tracking_ref' in warehouse_sudo.env['stock.picking']._fields:
            domain |= Domain('carrier_tracking_ref', '=ilike', code)
        pickings_sudo = warehouse_sudo.env['stock.picking'].search(
            domain & Domain('company_id', '=', warehouse_sudo.company_id.id), limit=MAX_CANDIDATES)
        delivered_sudo = pickings_sudo.filtered(
            lambda picking: picking.state == 'done' and picking.location_dest_id._is_outgoing() and picking.sale_id)
        returns_sudo = pickings_sudo.returns_order_id
        returns_sudo |= self._get_open_returns(warehouse_sudo, delivered_sudo.move_ids.sale_line_id)
        return self._found(warehouse_sudo, returns_sudo, pickings=delivered_sudo)

    @api.model
    def _find_by_sale(self, warehouse_sudo, code):
        sales_sudo = warehouse_sudo.env['sale.order'].search([
            ('company_id', '=', warehouse_sudo.company_id.id), ('state', '=', 'sale'),
            '|', ('name', '=ilike', code), ('client_order_ref', '=ilike', code)], limit=MAX_CANDIDATES)
        return self._found(warehouse_sudo, self._get_open_returns(warehouse_sudo, sales_sudo.order_line), sales_sudo)

    @api.model
    def _find_by_invoice(self, warehouse_sudo, code):
        invoices_sudo = warehouse_sudo.env['account.move'].search([
            ('company_id', '=', warehouse_sudo.company_id.id), ('move_type', '=', 'out_invoice'),
            '|', ('name', '=ilike', code), ('payment_reference', '=ilike', code)], limit=MAX_CANDIDATES)
        sale_lines_sudo = invoices_sudo.line_ids.sale_line_ids
        return self._found(
            warehouse_sudo, self._get_open_returns(warehouse_sudo, sale_lines_sudo), sale_lines_sudo.order_id)

    @api.model
    def _find_by_lot(self, warehouse_sudo, code):
        """The last delivery of a serial number, or the deliveries of a lot."""
        move_lines_sudo = warehouse_sudo.env['stock.move.line'].search([
            ('lot_id.name', '=ilike', code), ('company_id', '=', warehouse_sudo.company_id.id), ('state', '=', 'done'),
            ('location_dest_id.usage', '=', 'customer'), ('move_id.sale_line_id', '!=', False),
        ], order='date desc, id desc', limit=MAX_CANDIDATES)
        if set(move_lines_sudo.product_id.mapped('tracking')) == {'serial'}:
            move_lines_sudo = move_lines_sudo[:1]
        sale_lines_sudo = move_lines_sudo.move_id.sale_line_id
        return self._found(
            warehouse_sudo, self._get_open_returns(warehouse_sudo, sale_lines_sudo), sale_lines_sudo.order_id)

    @api.model
    def _find_by_product(self, warehouse_sudo, code):
        """The returns that expect a product: the parcel has no number, but the thing in it has."""
        product_sudo = self._find_product(warehouse_sudo, code)
        return self._found(warehouse_sudo, product_sudo and warehouse_sudo.env['returns.order'].search([
            ('company_id', '=', warehouse_sudo.company_id.id), ('state', '=', 'approved'),
            ('line_ids', 'any', [('product_id', '=', product_sudo.id), ('qty_to_receive', '>', 0)]),
        ], order='date_deadline, id', limit=MAX_CANDIDATES))

    @api.model
    def _get_open_returns(self, warehouse_sudo, sale_lines_sudo):
        return warehouse_sudo.env['returns.order'].search([
            ('line_ids.sale_line_id', 'in', sale_lines_sudo.ids), ('state', 'in', OPEN_STATES),
            ('reception_status', '!=', 'full')], limit=MAX_CANDIDATES) if sale_lines_sudo else (
                warehouse_sudo.env['returns.order'])

    # === What is in a parcel ===

    @api.model
    def _get_shown_products(self, warehouse_sudo, order_id, sale_order_id):
        if order_id:
            return self._get_record_sudo(warehouse_sudo, 'returns.order', order_id).line_ids.product_id
        order_sudo = self._get_record_sudo(warehouse_sudo, 'sale.order', sale_order_id)
        return order_sudo.order_line._get_returns_delivered_moves().product_id

    @api.model
    def _find_item(self, warehouse_sudo, code, shown_sudo):
        """The product or serial number `code`, or nothing.

        :param shown_sudo: the products on the screen: of equal serial numbers, theirs is meant
        :return: dict (product_id, name, tracking, image, lot_id, lot_name)
        """
        product_sudo = self._find_product(warehouse_sudo, code)
        if product_sudo:
            return self._get_item(product_sudo)
        lots_sudo = warehouse_sudo.env['stock.lot'].search([
            ('name', '=ilike', code), ('company_id', 'in', (False, warehouse_sudo.company_id.id))])
        lot_sudo = (lots_sudo.filtered(lambda lot: lot.product_id in shown_sudo) or lots_sudo)[:1]
        return lot_sudo and self._get_item(lot_sudo.product_id, lot_sudo)

    @api.model
    def _find_product(self, warehouse_sudo, code):
        domain = [('company_id', 'in', (False, warehouse_sudo.company_id.id))]
        packaging_sudo = warehouse_sudo.env['product.uom'].search([*domain, ('barcode', '=', code)], limit=1)
        return packaging_sudo.product_id or warehouse_sudo.env['product.product'].search(
            [*domain, '|', ('barcode', '=', code), ('default_code', '=', code)], limit=1)

    @api.model
    def _get_item(self, product_sudo, lot_sudo=None):
        return {
            'product_id': product_sudo.id,
            'name': product_sudo.display_name,
            'tracking': product_sudo.tracking,
            'image': f'/web/image/product.product/{product_sudo.id}/image_128',
            'lot_id': lot_sudo.id if lot_sudo else False,
            'lot_name': lot_sudo.name if lot_sudo else '',
        }

    # === What the page shows ===

    @api.model
    def _show(self, warehouse_sudo, returns_sudo, sales_sudo, pickings_sudo=(), always_choose=False):
        """The card, when there is one thing only that can be meant; else all of them to choose from."""
        if len(returns_sudo) == 1 and not always_choose:
            return self._get_return_card(warehouse_sudo, returns_sudo)
        if not returns_sudo and len(sales_sudo) + len(pickings_sudo) == 1 and not always_choose:
            if pickings_sudo:
                return self._get_delivery_card(warehouse_sudo, pickings_sudo)
            return self._get_order_card(warehouse_sudo, sales_sudo)
        return {'kind': 'choose', 'candidates': [
            *(self._get_return_candidate(order) for order in returns_sudo),
            *(self._get_sale_candidate(order) for order in sales_sudo),
            *(self._get_delivery_candidate(picking) for picking in pickings_sudo),
        ]}

    @api.model
    def _get_return_candidate(self, order_sudo):
        return {
            'model': 'returns.order',
            'id': order_sudo.id,
            'title': order_sudo.name,
            'customer': order_sudo.partner_id.display_name,
            'contents': self._summarize((line.product_id, line.product_uom_qty) for line in order_sudo.line_ids),
            'status': self._get_label(order_sudo, 'state'),
        }

    @api.model
    def _get_sale_candidate(self, order_sudo):
        return {
            'model': 'sale.order',
            'id': order_sudo.id,
            'title': " ".join(filter(None, [order_sudo.name, order_sudo.client_order_ref])),
            'customer': order_sudo.partner_id.display_name,
            'contents': self._summarize(
                (move.product_id, quantity)
                for move, quantity in self._get_returnable(
                    order_sudo.order_line._get_returns_delivered_moves()).items()
                if quantity),
            'status': self.env._("Order"),
        }

    @api.model
    def _get_delivery_candidate(self, picking_sudo):
        return {
            'model': 'stock.picking',
            'id': picking_sudo.id,
            'title': picking_sudo.name,
            'customer': picking_sudo.partner_id.display_name,
            'contents': self._summarize(
                (move.product_id, move._get_returns_done_qty()) for move in picking_sudo.move_ids if move.quantity),
            'status': self.env._("Delivery"),
        }

    @api.model
    def _summarize(self, quantities):
        return ", ".join(f"{quantity:g} × {product.display_name}" for product, quantity in quantities)

    @api.model
    def _get_label(self, record_sudo, name):
        return dict(record_sudo._fields[name]._description_selection(self.env)).get(record_sudo[name], '')

    @api.model
    def _get_return_card(self, warehouse_sudo, order_sudo):
        return {
            'kind': 'return',
            'id': order_sudo.id,
            'title': order_sudo.name,
            'customer': order_sudo.partner_id.display_name,
            'sales': ", ".join(order_sudo.sale_order_ids.mapped('name')),
            'status': self._get_label(order_sudo, 'state'),
            'to_review': not order_sudo.date_approval or order_sudo.state in ('cancel', 'refused'),
            'notice': self._get_notice(warehouse_sudo, order_sudo),
            'lines': [self._get_return_line(line) for line in order_sudo.line_ids],
        }

    @api.model
    def _get_notice(self, warehouse_sudo, order_sudo):
        """What somebody at the dock has to know before they receive it."""
        if order_sudo.state == 'cancel':
            return self.env._("This return was cancelled. Receive it: somebody looks at it again.")
        if order_sudo.state == 'refused':
            return self.env._("This return was refused. Receive it: somebody looks at it again.")
        if order_sudo.reception_status == 'full':
            return self.env._("All of this return was received already. Is there more in the parcel?")
        if order_sudo.state in ('draft', 'requested'):
            return self.env._("Not approved yet. Receive it into the returns location: somebody looks at it.")
        if order_sudo.warehouse_id != warehouse_sudo:
            return self.env._("Expected at %s. Receive it here all the same.", order_sudo.warehouse_id.name)
        return ""

    @api.model
    def _get_return_line(self, line_sudo):
        return {
            **self._get_item(line_sudo.product_id),
            'id': line_sudo.id,
            'unit': line_sudo.product_uom_id.name,
            'expected': line_sudo._get_qty_awaited(),
            'received': line_sudo.qty_received,
            'seen': line_sudo.qty_received,
            'lots': self._get_lots(
                line_sudo._get_lots_awaited(), line_sudo.origin_move_id,
                line_sudo._convert_qty(line_sudo._get_qty_awaited(), line_sudo.product_id.uom_id)),
        }

    @api.model
    def _get_lots(self, awaited, origin_sudo, quantity):
        """The lots that the customer has, and how many of each are expected: none when that is not clear.

        :param quantity: how much is expected in all, in the unit of the product
        """
        if origin_sudo.product_id.uom_id.compare(sum(awaited.values()), quantity):
            awaited = {}
        return [
            {'id': lot.id, 'name': lot.name, 'quantity': quantity, 'expected': awaited.get(lot, 0.0)}
            for lot, quantity in origin_sudo._get_returns_lots_outstanding().items()
        ]

    @api.model
    def _get_order_card(self, warehouse_sudo, order_sudo):
        deliveries_sudo = order_sudo.picking_ids.filtered(
            lambda picking: picking.state == 'done' and picking.location_dest_id._is_outgoing())
        moves_sudo = order_sudo.order_line._get_returns_delivered_moves()
        return {
            **self._get_unannounced_card(order_sudo, moves_sudo),
            'delivery_id': len(deliveries_sudo) == 1 and self._is_untouched(moves_sudo) and deliveries_sudo.id,
        }

    @api.model
    def _get_delivery_card(self, warehouse_sudo, picking_sudo):
        moves_sudo = self._get_delivered_moves(picking_sudo)
        return {
            **self._get_unannounced_card(picking_sudo.sale_id, moves_sudo),
            'status': picking_sudo.name,
            'delivery_id': self._is_untouched(moves_sudo) and picking_sudo.id,
        }

    @api.model
    def _get_unannounced_card(self, order_sudo, moves_sudo):
        lines = [
            self._get_delivered_line(move, quantity)
            for move, quantity in self._get_returnable(moves_sudo).items() if quantity
        ]
        return {
            'kind': 'order',
            'id': order_sudo.id,
            'title': order_sudo.name,
            'customer': order_sudo.partner_id.display_name,
            'sales': order_sudo.client_order_ref or "",
            'status': self.env._("Not announced"),
            'to_review': True,
            'notice': (
                self.env._("Nobody announced this parcel. Receive it: a return is made, and somebody looks at it.")
                if lines else self.env._("All that was delivered of this order is on a return already.")),
            'lines': lines,
        }

    @api.model
    def _get_delivered_line(self, move_sudo, quantity):
        """:param quantity: what can still come back, in the unit of the move"""
        outstanding = move_sudo._get_returns_lots_outstanding()
        return {
            **self._get_item(move_sudo.product_id),
            'id': move_sudo.id,
            'unit': move_sudo.product_uom.name,
            'expected': quantity,
            'received': 0.0,
            'seen': quantity,
            'lots': self._get_lots(outstanding, move_sudo, move_sudo.product_uom._compute_quantity(
                quantity, move_sudo.product_id.uom_id)),
        }

    @api.model
    def _show_parcel(self, parcel_sudo):
        return {
            'kind': 'parcel',
            'id': parcel_sudo.id,
            'title': parcel_sudo.name,
            'status': self._get_label(parcel_sudo, 'state'),
            'notice': "\n".join(filter(None, [parcel_sudo.sender, parcel_sudo.note])),
            'order_id': parcel_sudo.returns_order_id.id,
        }
