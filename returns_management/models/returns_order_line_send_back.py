from odoo import Command, fields, models
from odoo.exceptions import UserError

from .bad_numbers import check_finite
from .locking import serialize


class ReturnsOrderLine(models.Model):
    """What if we do not take it? What was received and refused, or was never to stay, goes out to the customer again.

    The cost of these goods moves with no credit note: `_book_cost` books it for the moves that have a
    `returns_delivery_line_id`.
    """

    _inherit = 'returns.order.line'

    goods_refusal_note = fields.Char(
        "Goods Refused Because", readonly=True, copy=False, help="The customer can read it.")

    _qty_refused_positive = models.Constraint(
        'CHECK (qty_refused >= 0)', "The refused quantity cannot be negative.")

    def _get_qty_to_give_back(self):
        """How much of what came goes back to the customer in all, in the unit of the line."""
        self.ensure_one()
        return self.qty_refused + (self.qty_accepted if self._get_action() == 'send_back' else 0.0)

    def _get_qty_given(self):
        """What the customer has got for goods that came, or is on the way to him: it cannot be refused any more."""
        self.ensure_one()
        return max(self.qty_credited, self.qty_replaced + self._get_qty_being_replaced())

    def _get_qty_refusable(self):
        """How much of what came can be refused in all, as things stand, in the unit of the line."""
        self.ensure_one()
        if self._get_action() == 'send_back':  # goes back anyway
            return 0.0
        given = 0.0 if self._is_without_goods() else self._get_qty_given()
        return max(0.0, self.qty_received - given)

    def _is_refusable(self):
        """Whether somebody can still decide about what came: not when it is given for, or on its way back."""
        self.ensure_one()
        on_its_way = self.qty_sent_back + self._get_qty_being_sent_back()
        return self.product_uom_id.compare(self._get_qty_refusable(), on_its_way) > 0

    def _refuse_goods(self, quantity, note):
        """Do not accept `quantity` of what was received. Drafts that credit it and that nobody has changed are
        deleted: make them anew.

        :param float quantity: in all, in the unit of the line; what was refused before is part of it
        :param str note: why; the customer can read it
        :return: whether this changes anything
        :raise UserError: when that much was not received, is credited, or was given to the customer in other goods
        """
        self.ensure_one()
        check_finite(self, {'qty_refused': quantity})
        note = (note or '').strip() if quantity else ''
        compare = self.product_uom_id.compare
        if compare(quantity, self.qty_refused) == 0 and note == (self.goods_refusal_note or ''):
            return False
        product = self.product_id.display_name
        if compare(quantity, 0) < 0 or compare(quantity, self.qty_received) > 0:
            raise UserError(self.env._(
                "Only what was received can be refused: between 0 and %(received)s of %(product)s.",
                product=product, received=self._format_quantity(self.qty_received)))
        if quantity and not note:
            raise UserError(self.env._("Say why %s is refused: the customer reads it.", product))
        if compare(quantity, self._get_qty_refusable()) > 0:
            raise UserError(self.env._(
                "%(given)s of %(product)s are credited or exchanged already, or go back anyway. Refuse no more than "
                "%(rest)s, or have accounting reset the credit note, or the warehouse cancel the delivery, first.",
                given=self._format_quantity(self.qty_received - self._get_qty_refusable()), product=product,
                rest=self._format_quantity(self._get_qty_refusable())))
        if compare(quantity, self.qty_sent_back + self._get_qty_being_sent_back()) < 0:
            raise UserError(self.env._("What was refused of %s is on its way to the customer already.", product))
        self.sudo()._drop_draft_credit(self.qty_received - quantity)
        self.sudo().write({'qty_refused': quantity, 'goods_refusal_note': note})
        return True

    def _drop_draft_credit(self, accepted):
        """Delete the draft credit notes of this line, which are made anew; what somebody has written is left alone.

        :param float accepted: how much counts for the customer from now on, in the unit of the line
        :raise UserError: when a draft that is left alone credits more than that
        """
        self.ensure_one()
        drafts = self.credit_line_ids.move_id.filtered(lambda move: move.state == 'draft')
        kept = drafts.filtered(lambda move: move.posted_before or not move._is_returns_untouched())
        credited = self.qty_credited + sum(
            line.product_uom_id._compute_quantity(line.quantity, self.product_uom_id, rounding_method='HALF-UP')
            for line in self.credit_line_ids if line.move_id in kept and line._is_returns_quantity())
        if kept and self.product_uom_id.compare(credited, accepted) > 0:
            raise UserError(self.env._(
                "%(notes)s was posted before or changed by hand, so it is not made anew, and credits more than "
                "%(accepted)s of %(product)s: have accounting lower, cancel or delete it first.",
                notes=", ".join(kept.mapped('display_name')), accepted=self._format_quantity(accepted),
                product=self.product_id.display_name))
        (drafts - kept).unlink()

    def _create_send_backs(self):
        """Give back to the customers what is refused: one delivery for each address, from where the goods are.

        :return: the new `stock.picking` records
        """
        lines_sudo = self.sudo().filtered('qty_to_send_back')
        serialize(lines_sudo.origin_move_id)
        pickings_sudo = self.env['stock.picking'].sudo().create([
            lines.order_id._prepare_send_back_vals(lines)
            for lines in lines_sudo.grouped(lambda line: line._get_send_back_key()).values()
        ])
        if pickings_sudo:
            pickings_sudo.move_ids._action_confirm(merge=False)
            pickings_sudo.action_assign()
        return pickings_sudo.sudo(False)

    def _get_send_back_key(self):
        """Lines with the same key go back in one delivery: those of one return, or of all returns of an address."""
        self.ensure_one()
        order = self.order_id
        return (
            order.company_id, order.warehouse_id, order._get_delivery_address(self.sale_order_id),
            not order.company_id.returns_group_send_backs and order,
        )

    def _prepare_send_back_move_vals(self):
        """Values of the moves that bring the refused goods to the customer: one for each receipt they came in by.

        :return: list of dicts for `stock.move.create`
        """
        self.ensure_one()
        vals_list = []
        left = self.qty_to_send_back
        for receipt in self.move_ids.filtered(lambda move: move.state == 'done' and self._is_reception(move)):
            received = receipt.product_uom._compute_quantity(receipt.quantity, self.product_uom_id)
            sent = self._sum_moves(self.delivery_move_ids.filtered(
                lambda move: move.origin_returned_move_id == receipt and move.state != 'cancel'))  # noqa: B023
            part = min(left, received - sent)
            if self.product_uom_id.compare(part, 0) <= 0:
                continue
            left -= part
            vals_list += [
                self._prepare_send_back_part_vals(receipt, here, quantity)
                for here, quantity in self._get_places(receipt, part)]
        return vals_list

    def _prepare_send_back_part_vals(self, receipt, here, quantity):
        """Values of the move that brings `quantity` of what came by `receipt` to the customer, from where it is.

        :param here: the done move that brought the goods to where they are
        """
        self.ensure_one()
        return {
            'returns_delivery_line_id': self.id,
            'origin_returned_move_id': receipt.id,  # at the cost at which the goods came in
            'move_orig_ids': [Command.link(here.id)],  # the very same serial numbers
            'product_id': self.product_id.id,
            'product_uom': self.product_uom_id.id,
            'product_uom_qty': quantity,
            'sale_line_id': self.sale_line_id.id,
            'rule_id': self.origin_move_id.rule_id.id,  # core counts it as delivered by that
            'to_refund': True,
            'location_id': here.location_dest_id.id,
            'location_dest_id': self.origin_move_id.location_dest_id.id,
            'company_id': self.company_id.id,
        }

    def _get_places(self, receipt, quantity):
        """Where `quantity` of what came by `receipt` is: still in the returns location, or released out of it.

        What is released but has not left is not released any more.

        :return: list of (the done move that brought it there, quantity in the unit of the line)
        """
        self.ensure_one()
        releases = receipt.move_dest_ids.filtered(
            lambda move: move.returns_line_id == self and move.state != 'cancel')
        if not releases:
            return [(receipt._get_returns_last_move(), quantity)]
        open_releases = releases.filtered(lambda move: move.state != 'done')
        gone = self._sum_moves(releases - open_releases) + self._sum_moves(self.delivery_move_ids.filtered(
            lambda move: move.state != 'cancel' and move.location_id == receipt.location_dest_id))
        here = self._sum_moves(receipt) - gone
        waiting = min(quantity, max(0.0, here))
        self._reduce_moves(open_releases, waiting - (here - self._sum_moves(open_releases)))
        places = [(receipt, waiting)] if waiting else []
        if self.product_uom_id.compare(quantity, waiting) > 0:
            arrival = (releases - open_releases)[:1] or receipt
            places.append((arrival._get_returns_last_move(), quantity - waiting))
        return places
