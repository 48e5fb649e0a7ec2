import base64
import binascii
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare
from odoo.tools.mimetypes import guess_mimetype

#: Larger pictures are refused: the page makes them smaller before it sends them.
MAX_PHOTO_BYTES = 10 * 1024 * 1024


class ReturnsDock(models.AbstractModel):
    """What the page *Receive parcels* can do. All its methods take and give plain values.

    Whoever works at the dock needs no rights in returns or sales: each method first checks that a stock user or a
    returns user asks, for a warehouse of a company of theirs, and then acts on records of that company alone.
    """

    _name = 'returns.dock'
    _description = "Receive Parcels"

    # === Who asks, and where ===

    @api.model
    def _get_warehouse_sudo(self, warehouse_id):
        """The warehouse in which the user stands; with it all that follows is done for the user.

        :raise AccessError: when the user works neither in the warehouse nor with returns, or in another company
        """
        if not self._is_dock_user():
            raise AccessError(self.env._(
                "Only warehouse and returns users receive parcels. Ask for one of these roles."))
        companies = self.env.companies
        warehouse_sudo = self.env['stock.warehouse'].sudo().browse(int(warehouse_id)).exists()
        if warehouse_sudo.company_id not in companies:
            raise AccessError(self.env._("Choose a warehouse of your company, at the top of the page."))
        return warehouse_sudo.with_company(warehouse_sudo.company_id)

    @api.model
    def _is_dock_user(self):
        """Whether the user may receive parcels."""
        user = self.env.user
        return user.has_group('stock.group_stock_user') or user.has_group('returns_management.group_returns_user')

    @api.model
    def _get_record_sudo(self, warehouse_sudo, model, record_id):
        """The record of the company of the warehouse.

        :raise UserError: when there is none
        """
        record_sudo = warehouse_sudo.env[model].browse(int(record_id)).exists()
        if not record_sudo or record_sudo.company_id != warehouse_sudo.company_id:
            raise UserError(self.env._("This is gone, or belongs to another company. Scan the parcel again."))
        return record_sudo

    @api.model
    def get_session(self, warehouse_id=None):
        """What the page needs to start.

        :return: dict of the warehouses to choose from, the chosen one, and the count of today
        """
        companies = self.env.companies
        warehouses = self.env['stock.warehouse'].sudo().search([('company_id', 'in', companies.ids)])
        if not warehouses:
            raise UserError(self.env._("Your company has no warehouse. Create one under Inventory → Configuration."))
        chosen = warehouses.filtered(lambda warehouse: warehouse.id == warehouse_id) or (
            warehouses.filtered(lambda warehouse: warehouse.company_id == self.env.company) or warehouses)[0]
        return {
            'warehouses': [{'id': warehouse.id, 'name': warehouse.name} for warehouse in warehouses],
            'warehouse_id': chosen.id,
            'done_today': self._count_done_today(self._get_warehouse_sudo(chosen.id)),
        }

    @api.model
    def _count_done_today(self, warehouse_sudo):
        """How many parcels came through this warehouse today, as the user's clock has it."""
        timezone = pytz.timezone(self.env.user.tz or 'UTC')
        today = fields.Datetime.context_timestamp(self.with_context(tz=timezone.zone), fields.Datetime.now()).date()
        midnight = timezone.localize(datetime.combine(today, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
        received = warehouse_sudo.env['stock.picking'].search_count([
            ('picking_type_id', '=', warehouse_sudo.returns_type_id.id), ('returns_order_id', '!=', False),
            ('date_done', '>=', midnight), ('date_done', '<', midnight + timedelta(days=1)),
            ('state', '=', 'done'),
        ])
        return received + warehouse_sudo.env['returns.parcel'].search_count([
            ('warehouse_id', '=', warehouse_sudo.id), ('date_arrival', '>=', midnight),
        ])

    # === What was done ===

    @api.model
    def receive(
        self, warehouse_id, order_id, quantities=None, lots=None, held=None, note=None, photos=None, seen=None,
    ):
        """Receive a parcel of a return.

        :param dict quantities: by id of the return line, in its unit; all that is expected when left out
        :param dict lots: by id of the return line, dicts of quantity by id of the lot, in the unit of the product
        :param list held: dicts (product_id, quantity, lot_id, lot_name, text) of what is not on the return
        :param note: what is noticed about the parcel
        :param list photos: dicts (name, data) of pictures, encoded in base 64
        :param dict seen: by id of the return line, what the page showed as received before. So that nothing is
            received twice, when two people count the same parcel or the network loses an answer
        :return: dict to show: what happened, and the count of today
        """
        warehouse_sudo = self._get_warehouse_sudo(warehouse_id)
        order_sudo = self._get_record_sudo(warehouse_sudo, 'returns.order', order_id)
        self._check_seen({line: line.qty_received for line in order_sudo.line_ids}, seen)
        if quantities is None:
            by_line = {line: line._get_qty_awaited() for line in order_sudo.line_ids}
        else:
            by_line = self._pick(order_sudo.line_ids, quantities, self._read_quantity)
        lots_by_line = self._pick(order_sudo.line_ids, lots or {}, lambda value: self._read_lots(order_sudo, value))
        return self._receive(warehouse_sudo, order_sudo, by_line, lots_by_line, held, note, photos)

    @api.model
    def receive_delivered(
        self, warehouse_id, sale_order_id, quantities, lots=None, held=None, note=None, photos=None, seen=None,
    ):
        """Receive a parcel that no return announces: one is made of what was delivered, for somebody to review.

        :param dict quantities: by id of the delivered move, in its unit
        :param dict lots: by id of the delivered move, dicts of quantity by id of the lot
        :param dict seen: by id of the delivered move, what the page showed as returnable
        :return: see `receive`
        """
        warehouse_sudo = self._get_warehouse_sudo(warehouse_id)
        sale_order_sudo = self._get_record_sudo(warehouse_sudo, 'sale.order', sale_order_id)
        moves_sudo = sale_order_sudo.order_line._get_returns_delivered_moves()
        returnable = self._get_returnable(moves_sudo)
        self._check_seen(returnable, seen)
        by_move = self._pick(moves_sudo, quantities, self._read_quantity)
        order_sudo = warehouse_sudo.env['returns.order']._create_from_parcel(warehouse_sudo, by_move)
        lots_by_move = self._pick(moves_sudo, lots or {}, lambda value: self._read_lots(order_sudo, value))
        return self._receive(
            warehouse_sudo, order_sudo,
            {line: line.product_uom_qty for line in order_sudo.line_ids},
            {line: lots_by_move.get(line.origin_move_id) for line in order_sudo.line_ids},
            held, note, photos)

    @api.model
    def receive_undeliverable(self, warehouse_id, picking_id, note=None, photos=None):
        """The carrier brings back a delivery that the customer never took: all of it comes back.

        :return: see `receive`
        """
        warehouse_sudo = self._get_warehouse_sudo(warehouse_id)
        picking_sudo = self._get_record_sudo(warehouse_sudo, 'stock.picking', picking_id)
        moves_sudo = self._get_delivered_moves(picking_sudo)
        if not moves_sudo or not self._is_untouched(moves_sudo):
            raise UserError(self.env._(
                "Not all of %s can come back: a part is on a return already. Scan that return instead.",
                picking_sudo.name))
        order_sudo = warehouse_sudo.env['returns.order']._create_from_parcel(
            warehouse_sudo, self._get_returnable(moves_sudo))
        order_sudo._add_parcel_note(self.env._("Undeliverable: the customer never got %s.", picking_sudo.name))
        return self._receive(
            warehouse_sudo, order_sudo, {line: line.product_uom_qty for line in order_sudo.line_ids}, {}, None, note,
            photos)

    @api.model
    def _receive(self, warehouse_sudo, order_sudo, quantities, lots, held, note, photos):
        goods, texts = self._read_held(warehouse_sudo, held or [])
        if texts and not goods and not any(quantities.values()):
            order_sudo._open_for_parcel()
            picking_sudo, held_goods = warehouse_sudo.env['stock.picking'], []
        else:
            picking_sudo, held_goods = order_sudo._receive_parcel(warehouse_sudo, quantities, lots, goods)
        problems = [
            self.env._("Not on this return, held for the customer: %s", self._describe(product, quantity, lot))
            for product, quantity, lot in held_goods
        ] + [self.env._("Not on this return: %s", text) for text in texts]
        if problems:
            order_sudo._add_parcel_note("\n".join(problems))
        self._post(order_sudo, [*problems, note], photos)
        taken = sum(picking_sudo.move_ids.filtered('returns_line_id').mapped('quantity'))
        return self._report(warehouse_sudo, order_sudo, taken, problems)

    @api.model
    def _report(self, warehouse_sudo, order_sudo, taken, problems):
        message = self.env._("%(number)s: %(quantity)s received", number=order_sudo.name, quantity=f"{taken:g}")
        if order_sudo.next_step == 'review':
            message = self.env._("%s, waits for review", message)
        return {
            'message': message,
            'problems': problems,
            'order_id': order_sudo.id,
            'done_today': self._count_done_today(warehouse_sudo),
        }

    @api.model
    def receive_empty(self, warehouse_id, order_id, note=None, photos=None):
        """The box of a return arrived empty: close its reception, keep the picture, let somebody look at it.

        :return: see `receive`
        """
        warehouse_sudo = self._get_warehouse_sudo(warehouse_id)
        order_sudo = self._get_record_sudo(warehouse_sudo, 'returns.order', order_id)
        order_sudo._close_empty_parcel()
        photo = self._read_photos(photos)[:1]
        warehouse_sudo.env['returns.parcel'].create({
            'kind': 'empty',
            'state': 'resolved',
            'warehouse_id': warehouse_sudo.id,
            'returns_order_id': order_sudo.id,
            'tracking_ref': order_sudo.tracking_ref,
            'note': note,
            'photo': base64.b64encode(photo[0][1]) if photo else False,
        })
        self._post(order_sudo, [order_sudo.parcel_note, note], photos)
        return {
            'message': self.env._("%s: arrived empty, waits for review", order_sudo.name),
            'problems': [],
            'order_id': order_sudo.id,
            'done_today': self._count_done_today(warehouse_sudo),
        }

    @api.model
    def record_unknown(self, warehouse_id, tracking_ref=None, sender=None, note=None, photos=None):
        """Keep a parcel of which nobody knows whose it is.

        :return: dict with the number to write on it
        """
        warehouse_sudo = self._get_warehouse_sudo(warehouse_id)
        pictures = self._read_photos(photos)
        parcel_sudo = warehouse_sudo.env['returns.parcel'].create({
            'warehouse_id': warehouse_sudo.id,
            'tracking_ref': tracking_ref,
            'sender': sender,
            'note': note,
            'photo': base64.b64encode(pictures[0][1]) if pictures else False,
        })
        if pictures[1:]:
            parcel_sudo.message_post(attachments=pictures[1:])
        return {
            'message': self.env._("Write %s on the parcel, and put it aside", parcel_sudo.name),
            'problems': [],
            'parcel_id': parcel_sudo.id,
            'done_today': self._count_done_today(warehouse_sudo),
        }

    @api.model
    def resolve_parcel(self, warehouse_id, parcel_id, order_id):
        """A parcel that was put aside is received at last, as the return `order_id`."""
        warehouse_sudo = self._get_warehouse_sudo(warehouse_id)
        parcel_sudo = self._get_record_sudo(warehouse_sudo, 'returns.parcel', parcel_id)
        parcel_sudo.returns_order_id = self._get_record_sudo(warehouse_sudo, 'returns.order', order_id)
        parcel_sudo.action_resolve()
        return True

    @api.model
    def _get_delivered_moves(self, picking_sudo):
        """What a delivery brought to the customer, as far as it was sold."""
        moves_sudo = picking_sudo.move_ids.sale_line_id._get_returns_delivered_moves()
        return moves_sudo.filtered(lambda move: move.picking_id == picking_sudo)

    @api.model
    def _is_untouched(self, moves_sudo):
        """Whether nothing of these deliveries is on a return."""
        return not any(moves_sudo._get_returns_claimed_qty().values())

    @api.model
    def _get_returnable(self, moves_sudo):
        """What of these deliveries can still come back: dict of quantity, in the unit of the move, by move."""
        claimed = moves_sudo._get_returns_claimed_qty()
        return {
            move: move.product_id.uom_id._compute_quantity(
                max(0.0, move._get_returns_done_qty() - claimed[move]), move.product_uom, rounding_method='HALF-UP')
            for move in moves_sudo
        }

    # === What comes from the browser ===

    @api.model
    def _check_seen(self, quantities, seen):
        """:raise UserError: when the page showed other `quantities` than there are"""
        shown = self._pick(list(quantities), seen or {}, float)
        if any(float_compare(quantity, quantities[record], precision_digits=6) for record, quantity in shown.items()):
            raise UserError(self.env._("Somebody has received this meanwhile. Scan the parcel again."))

    @api.model
    def _pick(self, records, values, read):
        """`values` by record: what is not among `records` is refused, not left out.

        :param dict values: by id, as a number or as a text
        """
        by_id = {record.id: record for record in records}
        if unknown := {int(record_id) for record_id in values} - by_id.keys():
            raise UserError(self.env._(
                "%s of the products do not belong to this parcel. Scan the parcel again.", len(unknown)))
        return {by_id[int(record_id)]: read(value) for record_id, value in values.items()}

    @api.model
    def _read_quantity(self, value):
        try:
            quantity = float(value or 0)
        except (TypeError, ValueError):
            quantity = -1.0
        if not 0 <= quantity < 1e9:
            raise UserError(self.env._("A quantity is a number that is not negative. Correct it and try again."))
        return quantity

    @api.model
    def _read_lots(self, order_sudo, value):
        lots_sudo = order_sudo.env['stock.lot'].browse(int(lot_id) for lot_id in value).exists()
        return {
            lot: quantity for lot, quantity in self._pick(lots_sudo, value, self._read_quantity).items() if quantity}

    @api.model
    def _read_held(self, warehouse_sudo, held):
        """What is not on the return: goods that we know, and texts for what we do not.

        :return: list of `(product, quantity, lot)`, and list of texts
        """
        goods, texts = [], []
        for item in held:
            if not item.get('product_id'):
                texts.append(str(item.get('text') or self.env._("something that is not ours")))
                continue
            product_sudo = warehouse_sudo.env['product.product'].browse(int(item['product_id'])).exists()
            if not product_sudo or product_sudo.company_id - warehouse_sudo.company_id:
                raise UserError(self.env._("The wrong item is no product of this company. Describe it instead."))
            if quantity := self._read_quantity(item.get('quantity')):
                goods.append((product_sudo, quantity, self._find_or_create_lot(warehouse_sudo, product_sudo, item)))
        return goods, texts

    @api.model
    def _find_or_create_lot(self, warehouse_sudo, product_sudo, item):
        """The lot of a wrong item; of a serial number that we never had, a new one.

        :raise UserError: when the product has numbers and none was given
        """
        lots_sudo = warehouse_sudo.env['stock.lot']
        if product_sudo.tracking == 'none':
            return lots_sudo
        name = str(item.get('lot_name') or '').strip()
        domain = [('product_id', '=', product_sudo.id), ('company_id', 'in', (False, warehouse_sudo.company_id.id))]
        domain.append(('id', '=', int(item['lot_id'])) if item.get('lot_id') else ('name', '=', name))
        lot_sudo = lots_sudo.search(domain, limit=1)
        if lot_sudo or not name:
            if not lot_sudo:
                raise UserError(self.env._(
                    "Scan the serial or lot number of %s, not its product.", product_sudo.display_name))
            return lot_sudo
        return lots_sudo.create({
            'name': name, 'product_id': product_sudo.id, 'company_id': warehouse_sudo.company_id.id})

    @api.model
    def _describe(self, product, quantity, lot):
        return " ".join(filter(None, [f"{quantity:g} {product.uom_id.name}", product.display_name, lot.name]))

    @api.model
    def _read_photos(self, photos):
        """:return: list of `(name, bytes)`, as `message_post` takes them"""
        pictures = []
        for photo in photos or []:
            try:
                content = base64.b64decode(photo['data'], validate=True)
            except (binascii.Error, ValueError) as error:
                raise UserError(self.env._("A picture is damaged. Take it again.")) from error
            if len(content) > MAX_PHOTO_BYTES or not guess_mimetype(content).startswith('image/'):
                raise UserError(self.env._("Only pictures of up to 10 MB can be kept. Take it again."))
            pictures.append((str(photo.get('name') or self.env._("Photo")), content))
        return pictures

    @api.model
    def _post(self, order_sudo, notes, photos):
        """Keep what was noticed and photographed on the return."""
        body = "\n".join(str(note).strip() for note in notes if note and str(note).strip())
        pictures = self._read_photos(photos)
        if body or pictures:
            order_sudo.message_post(body=body or self.env._("Pictures of the parcel."), attachments=pictures)
