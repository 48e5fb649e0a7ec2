from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from .returns_order_lifecycle import TRANSITION_KEY


class ReturnsOrderLine(models.Model):
    """Which ones come back? The lots and serial numbers, when the customer names them."""

    _inherit = 'returns.order.line'

    lot_ids = fields.Many2many(
        'stock.lot', string="Serial/Lot Numbers", copy=False, check_company=True,
        domain="[('product_id', '=', product_id)]", help="Which ones come back. Empty: any of those delivered.")

    @api.onchange('sale_line_id')
    def _onchange_sale_line_id(self):
        self.lot_ids = False

    def write(self, vals):
        """Override: another product has other numbers."""
        if 'sale_line_id' in vals:
            vals = {'lot_ids': [Command.clear()], **vals}
        return super().write(vals)

    @api.constrains('lot_ids', 'sale_line_id', 'origin_move_id', 'product_uom_id', 'product_uom_qty')
    def _check_lots(self):
        for line in self.filtered('lot_ids'):
            delivered = line.sale_line_id.sudo()._get_returns_delivered_moves()
            foreign = line.lot_ids - delivered.move_line_ids.lot_id
            if foreign:
                raise ValidationError(self.env._(
                    "%(lots)s: not delivered with %(order)s. Choose what was.",
                    lots=", ".join(foreign.mapped('name')), order=line.sale_line_id.order_id.name))
            if line.product_id.tracking == 'serial' and len(line.lot_ids) > line._get_serial_count():
                raise ValidationError(self.env._(
                    "%(count)s serial numbers of %(product)s are chosen, more than come back. Raise the quantity.",
                    count=len(line.lot_ids), product=line.product_id.display_name))
        self._check_serials_free()

    def _get_serial_count(self):
        """What is asked for, in the unit of the product: as many serial numbers come back."""
        self.ensure_one()
        return self._convert_qty(self.product_uom_qty, self.product_id.uom_id)

    def _check_lots_complete(self):
        """What is submitted with numbers says all of them, and one delivery brought them.

        :raise ValidationError: saying what to correct
        """
        for line in self.filtered('product_id'):
            if line.product_id.tracking == 'serial':
                line._check_serials_complete()
            late = line.lot_ids - line.origin_move_id.sudo().move_line_ids.lot_id if line.lot_ids else line.lot_ids
            if late:
                raise ValidationError(self.env._(
                    "%(lots)s of %(order)s cannot be returned: all that came with the same delivery is on returns "
                    "already. Choose other numbers, or cancel one of those returns.",
                    lots=", ".join(late.mapped('name')), order=line.sale_line_id.order_id.name))

    def _check_serials_complete(self):
        count, product = self._get_serial_count(), self.product_id.display_name
        if count != round(count):
            raise ValidationError(self.env._(
                "%s has serial numbers: only whole pieces of it come back. Correct the quantity.", product))
        if self.lot_ids and len(self.lot_ids) != count:
            raise ValidationError(self.env._(
                "%(named)s of %(count)s serial numbers of %(product)s are chosen. Choose as many as come back, or "
                "none.",
                named=len(self.lot_ids), count=int(count), product=product))

    def _check_serials_free(self):
        """:raise ValidationError: naming each serial number that is on another return, or here already"""
        with_serials = self.filtered(lambda line: line.lot_ids and line.product_id.tracking == 'serial')
        if not with_serials:
            return
        rivals_sudo = with_serials.sudo()._get_rivals(with_serials.lot_ids)
        problems = [
            self.env._("%(serial)s is on %(number)s already.", serial=serial.name, number=rival.order_id.name)
            for line in with_serials for rival in rivals_sudo - line.sudo()
            for serial in line.lot_ids & rival._get_lots_claimed()
        ]
        if problems:
            raise ValidationError("\n".join(dict.fromkeys(problems)))

    def _get_rivals(self, lots):
        """The lines that may claim `lots` of the same deliveries: submitted ones, and all of the same returns.

        :param lots: `stock.lot` records
        """
        return self.search([
            ('origin_move_id', 'in', self.origin_move_id.ids),
            '|', ('order_id', 'in', self.order_id.ids),
            ('order_id.state', 'in', ('requested', 'approved', 'done')),
            '|', ('lot_ids', 'in', lots.ids), ('move_ids.move_line_ids.lot_id', 'in', lots.ids),
        ])

    def _get_lots_claimed(self):
        """The lots that nobody else may return: those named, until it is known which ones came, then those."""
        self.ensure_one()
        came = self.move_ids.filtered(lambda move: move.state == 'done' and self._is_reception(move))
        is_waiting = self.state in ('draft', 'requested') or self.qty_to_receive or self.qty_kept
        return came.move_line_ids.lot_id | (self.lot_ids if is_waiting else self.lot_ids.browse())

    # === The customer sends another one ===

    def _get_returns_naming(self, lots):
        """Which other submitted returns name `lots` and still wait for them.

        :return: dict of `returns.order` by lot
        """
        self.ensure_one()
        return {
            lot: rival.order_id
            for rival in self._get_rivals(lots) - self if rival.state != 'draft'
            for lot in lots & rival.lot_ids & rival._get_lots_claimed()
        }

    def _get_lots_free(self):
        """How much of each lot this line may receive: of what its delivery brought, what is not here yet.

        What another return names is not free.

        :return: dict of quantity, in the unit of the product, by lot
        """
        self.ensure_one()
        outstanding = self.origin_move_id._get_returns_lots_outstanding()
        if self.product_id.tracking != 'serial':
            return outstanding
        named = self._get_returns_naming(self.env['stock.lot'].union(*outstanding))
        return {lot: quantity for lot, quantity in outstanding.items() if lot not in named}

    def _follow_lots(self, lots):
        """Another delivery of the order line brought what arrives: then the line is about that one.

        Only as a whole, and as long as nothing else has happened to the line.

        :param lots: the `stock.lot` records that arrive
        """
        self.ensure_one()
        announced = self.move_ids.filtered(lambda move: move.state != 'cancel')
        if self.origin_move_id._has_returns_lots(lots) or announced - self._get_open_receipt_moves() or (
            self.qty_credited or self.qty_in_draft_credit
        ):
            return
        others = (self.sale_line_id._get_returns_delivered_moves() - self.origin_move_id).filtered(
            lambda move: move.product_id == self.product_id and move._has_returns_lots(lots))
        claimed = others._get_returns_claimed_qty()
        wanted = max(self._get_qty_claimed(), self._get_serial_count())
        with_room = others.filtered(
            lambda move: move.product_id.uom_id.compare(wanted, move._get_returns_done_qty() - claimed[move]) <= 0)
        if with_room:
            self._point_to(with_room[0])

    def _point_to(self, delivery):
        """This submitted line is about what `delivery` brought, and so is what it announces."""
        self._get_open_receipt_moves()._set_returns_origin(delivery)
        self.with_context(returns_transition=TRANSITION_KEY).write({
            'origin_move_id': delivery.id,
            'product_uom_id': self.product_uom_id.id,
            'lot_ids': [Command.set((self.lot_ids & delivery.move_line_ids.lot_id).ids)],
        })
