from typing import NamedTuple

from odoo import Command, api, models
from odoo.fields import Domain
from odoo.tools import email_normalize, escape_psql

#: How a text is compared, the closest first: when one finds something, the looser ones are not asked.
PATTERNS = {'whole': '{}', 'start': '{}%', 'part': '%{}%'}
#: Shorter texts are only compared as a whole: half of the database contains "S0".
MIN_LENGTH_OF_PART = 3
#: A phone number has at least this many digits.
MIN_PHONE_DIGITS = 5
#: So many at its end tell one from another.
PHONE_DIGITS_AT_END = 8
#: Not more records of each kind, and orders, are looked at: the latest ones.
MAX_FOUND = 100
#: Nobody reads more names while the customer waits.
MAX_CUSTOMERS = 10


class SearchText(NamedTuple):
    """What somebody looks for, and how closely it has to be met.

    >>> SearchText('S0_12', 'start').pattern
    'S0\\\\_12%'
    """

    term: str
    closeness: str  # a key of PATTERNS

    @property
    def pattern(self):
        """For the operator `=ilike`."""
        return PATTERNS[self.closeness].format(escape_psql(self.term))


class ReturnsOrder(models.Model):
    """What was delivered, found by whatever the customer has at hand.

    Everything is searched as the user who asks: nobody finds what they may not read.
    """

    _inherit = 'returns.order'

    @api.model
    def search_delivered(self, term, limit=80, customer=None):
        """Find delivered lines by one text, which may be any number, name or address that `_get_order_searches` knows.

        :param str term: what the customer says; empty finds all orders of `customer`
        :param int limit: of lines
        :param dict customer: only orders with this `partner_id`, `company_id` and `currency_id`, each optional
        :return: dict of

            - `searched`: names of what was searched
            - `customers`: who the orders belong to, when the text does not tell one customer and currency. Then there
              are no lines: call again with the `customer` of the one that is meant.
            - `customer`: who the lines belong to
            - `lines`: what was delivered, see `_prepare_delivered_lines`
            - `has_more`: whether there are more lines than `limit`, or more customers than anybody reads
            - `undelivered`: the orders found, when nothing of any was delivered
        """
        self.check_access('create')
        term = ' '.join((term or '').split())
        found = self._find_orders(term, self._get_customer_domain(customer or {}))
        delivered = found.search([
            ('id', 'in', found.ids), ('order_line.move_ids', 'any', self._get_delivered_domain())])
        groups = delivered.grouped(lambda order: (
            order.partner_id.commercial_partner_id, order.company_id, order.currency_id))
        result = {
            'searched': [label for label, _search in self._get_order_searches()],
            'customers': [], 'customer': False, 'lines': [], 'has_more': False, 'undelivered': [],
        }
        if len(groups) == 1:
            moves = self.env['stock.move'].search(
                self._get_delivered_domain() & Domain('sale_line_id.order_id', 'in', delivered.ids),
                order='date desc, id', limit=limit + 1)
            result['customer'] = self._prepare_found_customer(delivered)
            result['lines'] = self._prepare_delivered_lines(moves[:limit], term)
            result['has_more'] = len(moves) > limit
        elif groups:
            result['customers'] = [
                self._prepare_found_customer(orders) for orders in list(groups.values())[:MAX_CUSTOMERS]]
            result['has_more'] = len(groups) > MAX_CUSTOMERS
        else:
            states = dict(found._fields['state']._description_selection(self.env))
            result['undelivered'] = [
                {'id': order.id, 'name': order.name, 'state': states[order.state]} for order in found[:5]]
        return result

    # === Which orders ===

    @api.model
    def _get_order_searches(self):
        """What a text is compared with: list of `(what people call it, method)`.

        Each method takes a `SearchText` and gives a domain of `sale.order`, or `None` when the text cannot be meant.
        Extend it to search by something else.
        """
        searches = [
            (self.env._("order number"), self._get_number_domain),
            (self.env._("customer's reference"), self._get_reference_domain),
            (self.env._("customer's name or number"), self._get_customer_name_domain),
            (self.env._("e-mail"), self._get_email_domain),
            (self.env._("phone"), self._get_phone_domain),
            (self.env._("invoice or credit note"), self._get_invoice_domain),
            (self.env._("delivery"), self._get_picking_domain),
            (self.env._("serial or lot number"), self._get_lot_domain),
            (self.env._("return"), self._get_return_domain),
        ]
        if 'carrier_tracking_ref' in self.env['stock.picking']._fields:  # with deliveries by carriers only
            searches.append((self.env._("tracking number"), self._get_tracking_domain))
        return searches

    @api.model
    def _find_orders(self, term, customer_domain):
        """The latest orders that the closest comparison of `term` finds.

        :param customer_domain: which customer's; true of all when nobody knows yet
        :return: `sale.order` records
        """
        Order = self.env['sale.order']
        if not term:
            is_anybody = customer_domain.is_true()
            return Order if is_anybody else self._find_latest(Order, customer_domain)
        for closeness in PATTERNS if len(term) >= MIN_LENGTH_OF_PART else ('whole',):
            text = SearchText(term, closeness)
            domains = [domain for _label, search in self._get_order_searches() if (domain := search(text)) is not None]
            # A query for each: the database would use no index for all of them in one.
            orders = Order.union(*(self._find_latest(Order, domain & customer_domain) for domain in domains))
            if orders:
                return orders.sorted('id', reverse=True)[:MAX_FOUND]
        return Order

    @api.model
    def _get_customer_domain(self, customer):
        fields_by_key = {
            'partner_id': 'partner_id.commercial_partner_id', 'company_id': 'company_id', 'currency_id': 'currency_id'}
        return Domain.AND(
            Domain(field, '=', int(customer[key])) for key, field in fields_by_key.items() if customer.get(key))

    @api.model
    def _get_delivered_domain(self):
        """Of the `stock.move` records that brought something to a customer, as `_get_returns_delivered_moves`."""
        outside = Domain('location_dest_id.usage', '=', 'customer')
        if transit := self.env.ref('stock.stock_location_inter_company', raise_if_not_found=False):
            outside |= Domain('location_dest_id', 'child_of', transit.id)
        return Domain('state', '=', 'done') & Domain('sale_line_id', '!=', False) & outside

    @api.model
    def _find_latest(self, model, domain):
        return model.search(domain, order='id desc', limit=MAX_FOUND)

    @api.model
    def _get_ids_domain(self, field, records):
        return Domain(field, 'in', records.ids) if records else None

    @api.model
    def _get_number_domain(self, text):
        return Domain('name', '=ilike', text.pattern)

    @api.model
    def _get_reference_domain(self, text):
        return Domain('client_order_ref', '=ilike', text.pattern)

    @api.model
    def _get_customer_name_domain(self, text):
        return self._get_partners_domain(Domain('name', '=ilike', text.pattern) | Domain('ref', '=', text.term))

    @api.model
    def _get_email_domain(self, text):
        email = email_normalize(text.term)
        return self._get_partners_domain(Domain('email_normalized', '=', email)) if email else None

    @api.model
    def _get_phone_domain(self, text):
        digits = ''.join(filter(str.isdigit, text.term)).lstrip('0')
        if len(digits) < MIN_PHONE_DIGITS or set(text.term) - set('0123456789+-/(). ') or text.closeness == 'start':
            return None
        if text.closeness == 'part':  # the end of it: the start is +32, 0032 or 0 for one and the same number
            return self._get_partners_domain(Domain('phone_mobile_search', 'ilike', digits[-PHONE_DIGITS_AT_END:]))
        domain = Domain('phone_mobile_search', '=', text.term)
        if number := self.env.company._phone_format(number=text.term):
            domain |= Domain('phone_sanitized', '=', number)
        return self._get_partners_domain(domain)

    @api.model
    def _get_partners_domain(self, domain):
        partners = self._find_latest(self.env['res.partner'], domain)
        return self._get_ids_domain('partner_id.commercial_partner_id', partners.commercial_partner_id)

    @api.model
    def _get_invoice_domain(self, text):
        invoices = self._find_latest(
            self.env['account.move'],
            Domain('name', '=ilike', text.pattern) & Domain('move_type', 'in', ('out_invoice', 'out_refund')))
        return self._get_ids_domain('order_line.invoice_lines.move_id', invoices)

    @api.model
    def _get_picking_domain(self, text):
        pickings = self._find_latest(self.env['stock.picking'], Domain('name', '=ilike', text.pattern))
        return self._get_ids_domain('id', pickings.sale_id)

    @api.model
    def _get_tracking_domain(self, text):
        pickings = self._find_latest(
            self.env['stock.picking'], Domain('carrier_tracking_ref', '=', text.term))
        return self._get_ids_domain('id', pickings.sale_id)

    @api.model
    def _get_lot_domain(self, text):
        lots = self._find_latest(self.env['stock.lot'], Domain('name', '=ilike', text.pattern))
        if not lots:
            return None
        # Who handles returns reads deliveries, but not the lots on them.
        delivered_sudo = self._find_latest(
            self.env['stock.move.line'].sudo(), Domain('lot_id', 'in', lots.ids) & Domain('state', '=', 'done'))
        return self._get_ids_domain('id', delivered_sudo.move_id.sale_line_id.order_id)

    @api.model
    def _get_return_domain(self, text):
        returns = self._find_latest(
            self, Domain('name', '=ilike', text.pattern) | Domain('barcode', '=', text.term.upper()))
        return self._get_ids_domain('id', returns.sale_order_ids)

    # === How they are shown ===

    @api.model
    def _prepare_found_customer(self, orders):
        """Who these orders, of one customer, company and currency, belong to.

        :return: dict; `key` is what `search_delivered` takes as `customer`
        """
        customer, company, currency = orders.partner_id.commercial_partner_id, orders.company_id, orders.currency_id
        return {
            'key': {'partner_id': customer.id, 'company_id': company.id, 'currency_id': currency.id},
            'name': customer.display_name,
            'details': [detail for detail in (
                customer.city, customer.email, customer.phone,
                len(self.env.companies) > 1 and company.name, currency != company.currency_id and currency.name,
            ) if detail],
            'orders': orders.mapped('name')[:3],
            'order_count': len(orders),
        }

    @api.model
    def _prepare_delivered_lines(self, moves, term=''):
        """What people see of the deliveries `moves`, those with the lot `term` first.

        Quantities are in the unit of the delivery, days are those of the company.

        :return: list of dicts
        """
        draft = self._new_from_moves(moves)
        lines_by_move = self.env['returns.order.line'].search([
            ('origin_move_id', 'in', moves.ids), ('order_id.state', '!=', 'cancel'),
        ]).grouped('origin_move_id')
        nothing = draft.line_ids.browse()
        lines = [
            self._prepare_delivered_line(line, lines_by_move.get(line.origin_move_id._origin, nothing), term)
            for line in draft.line_ids
        ]
        return sorted(lines, key=lambda line: not any(lot['name'].lower() == term.lower() for lot in line['lots']))

    @api.model
    def _new_from_moves(self, moves):
        """A return of all that `moves` delivered, in memory: its lines know the policy, and what is returnable."""
        orders = moves.sale_line_id.order_id
        return self.new({
            **self._prepare_customer_vals(orders),
            'line_ids': [
                Command.create({
                    'sale_line_id': move.sale_line_id.id, 'origin_move_id': move.id,
                    'product_uom_id': move.product_uom.id, 'product_uom_qty': 0.0,
                })
                for move in moves
            ],
        })

    @api.model
    def _prepare_delivered_line(self, line, return_lines, term):
        """What people see of one delivery.

        :param line: of a return in memory
        :param return_lines: what was made of the delivery before
        """
        move, product, order = line.origin_move_id, line.product_id, line.sale_line_id.order_id
        lots = self._prepare_delivered_lots(move, return_lines)
        named_lot_ids = [lot['id'] for lot in lots if not lot['is_returned'] and lot['name'].lower() == term.lower()]
        states = dict(self._fields['state']._description_selection(self.env))
        return {
            'move_id': move._origin.id,
            'order': {'id': order.id, 'name': order.name, 'reference': order.client_order_ref or ''},
            'product': {
                'id': product.id, 'name': product.name, 'code': product.default_code or '',
                'attributes': product.product_template_attribute_value_ids._get_combination_name(),
            },
            'unit': line.product_uom_id.name,
            'qty_delivered': move.quantity,
            'qty_returnable': line.qty_returnable,
            'delivered_on': line._to_local_date(move.date),
            'is_serial': product.tracking == 'serial',
            'lots': lots,
            'lot_ids': named_lot_ids if line.qty_returnable else [],
            'quantity': len(named_lot_ids) if line.qty_returnable else 0,
            'returns': [
                {'id': made.id, 'name': made.name, 'state': states[made.state]} for made in return_lines.order_id],
            **self._prepare_verdict(line),
        }

    @api.model
    def _prepare_delivered_lots(self, move, return_lines):
        # Who handles returns reads lots, but not the details of a transfer that tell which ones were delivered.
        lots = move.sudo().move_line_ids.lot_id.sudo(False)
        is_serial = move.product_id.tracking == 'serial'
        claiming_sudo = return_lines.sudo().filtered(
            lambda line: is_serial and line.state in ('requested', 'approved', 'done'))
        returned = lots.browse().union(*(line._get_lots_claimed() for line in claiming_sudo))
        return [{'id': lot.id, 'name': lot.name, 'is_returned': is_serial and lot in returned} for lot in lots]
