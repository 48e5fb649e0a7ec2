from odoo import api, fields, models
from odoo.tools import formatLang


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    # Set once, when a return is submitted: a plain column comes with the rest of the line, so that all the methods
    # below can leave lines without returns to core without asking the database.
    returns_exist = fields.Boolean("Has Returns", readonly=True, copy=False)
    returns_line_ids = fields.One2many('returns.order.line', 'sale_line_id', string="Return Lines", copy=False)

    # === What was delivered ===

    def _get_returns_delivered_moves(self):
        """The done moves that brought the goods of these lines to the customer, oldest first.

        Redeliveries count as deliveries. Moves that only passed through our own locations do not.
        """
        return self.move_ids.filtered(
            lambda move: move.state == 'done' and move.location_dest_id._is_returns_customer()
        ).sorted(lambda move: (move.date, move.id))

    def _get_returns_moves(self, states):
        """The moves of these lines that returns announce or have received.

        :param states: of the moves
        """
        # A salesperson who changes the order needs no returns rights.
        return self.sudo().move_ids.filtered(lambda move: move.returns_line_id and move.state in states and (
            move.product_id == move.returns_line_id.product_id and move.location_id._is_returns_customer()))

    def _get_returns_qty_received(self):
        """What came back on returns, in the unit of this line."""
        self.ensure_one()
        return self._sum_returns_moves(self._get_returns_moves({'done'}))

    def _get_returns_qty_resent(self):
        """What came back on returns and was sent to the customer again, in the unit of this line."""
        self.ensure_one()
        return self._sum_returns_moves(self.move_ids.filtered(
            lambda move: move.state == 'done' and move.origin_returned_move_id.returns_line_id
            and move.location_dest_id._is_returns_customer()))

    def _sum_returns_moves(self, moves):
        return sum(
            move.product_uom._compute_quantity(
                move.quantity if move.state == 'done' else move.product_uom_qty,
                self.product_uom_id, rounding_method='HALF-UP')
            for move in moves)

    # === What was invoiced ===

    def _get_returns_invoice_lines(self):
        """The posted invoice lines of these lines, oldest first."""
        return self.invoice_lines.filtered(
            lambda line: line.parent_state == 'posted' and line._is_returns_sale()
        ).sorted(lambda line: (line.move_id.invoice_date, line.move_id.id, line.id))

    def _get_returns_refunds(self):
        """The invoice lines that credit a quantity of these lines, ours and anybody's, drafts too."""
        return self.invoice_lines.filtered(
            lambda line: line.parent_state != 'cancel' and line._is_returns_credit())

    def _get_returns_invoice_rooms(self):
        """What each posted invoice line still has to give, over all credit notes, ours and anybody's, drafts too.

        :return: dict of quantity, in the unit of the product, by invoice line; oldest first
        """
        return self._place_returns_refunds()[0]

    def _place_returns_refunds(self):
        """Find out which invoice line each credit note line credits: a quantity without any is more than is invoiced.

        Ours know it. Others count against the invoice that they reverse, else against the oldest one with room.

        :return: dict of the quantity that is left, by invoice line, oldest first; and a list of (invoice line, credit
            note line, quantity). Quantities in the unit of the product
        """
        self.ensure_one()
        rooms = {line: self._get_returns_invoiced_qty(line) for line in self._get_returns_invoice_lines()}
        placed = []
        for refund in self._get_returns_refunds():
            quantity = self._get_returns_invoiced_qty(refund)
            own = refund.returns_invoice_line_id, refund.move_id.reversed_entry_id
            for line in sorted(rooms, key=lambda line: (line != own[0], line.move_id != own[1])):  # noqa: B023
                part = min(quantity, rooms[line])
                rooms[line] -= part
                quantity -= part
                placed += [(line, refund, part)] if part > 0 else []
        return rooms, placed

    def _get_returns_credits(self):
        """The credit note lines of every posted invoice line, also those that credit an amount only.

        :return: dict by invoice line of lists of (credit note line, quantity in the unit of the product)
        """
        credits = {
            line: [
                (credit, credit._get_returns_sign() * self._get_returns_invoiced_qty(credit))
                for credit in line.returns_credit_line_ids
                if credit.quantity and credit._is_returns_in_force() and not credit.sale_line_ids]
            for line in self._get_returns_invoice_lines()
        }
        for sale_line in self:
            for line, refund, part in sale_line._place_returns_refunds()[1]:
                credits[line].append((refund, part))
        return credits

    def _get_returns_creditable_qty(self):
        """What is invoiced and not credited, and the customer does not have, in the unit of the product.

        Goods that came back before they were invoiced are simply not invoiced: they need no credit note.
        """
        self.ensure_one()
        room = sum(self._get_returns_invoice_rooms().values())
        credited = sum(map(self._get_returns_invoiced_qty, self._get_returns_refunds()))
        return max(0.0, self.product_id.uom_id.round(min(room, self._get_returns_owed_qty() - credited)))

    def _get_returns_qty_in_advance(self):
        """What the customer still has and is credited for already, by policy, in the unit of the product."""
        self.ensure_one()
        return sum(
            line._convert_qty(line._get_qty_in_advance(), self.product_id.uom_id) for line in self.returns_line_ids)

    def _get_returns_qty_drafted_by_hand(self):
        """What draft credit notes without a return credit, in the unit of the product."""
        self.ensure_one()
        return sum(map(self._get_returns_invoiced_qty, self._get_returns_refunds().filtered(
            lambda line: line.parent_state == 'draft' and not line.returns_line_id)))

    def _get_returns_delivered_qty(self):
        """What the customer has, in the unit of the product.

        Not `qty_delivered`: in dozens that is rounded, and 7 pieces back would be 6.96 to credit.
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        return max(0.0, sum(
            move._get_returns_direction() * move.product_uom._compute_quantity(move.quantity, unit, round=False)
            for move in self.move_ids if move.state == 'done' and move.product_id == self.product_id))

    def _get_returns_invoiced_qty(self, invoice_line):
        """The quantity of an invoice line, in the unit of the product; more than zero on credit notes, too."""
        return abs(invoice_line.product_uom_id._compute_quantity(
            invoice_line.quantity, self.product_id.uom_id, round=False))

    def _get_returns_credit_problem(self, credit_notes):
        """What is wrong when `credit_notes` are posted beside the others of this line; None when nothing.

        Nobody credits more than is invoiced. Those of returns credit what is invoiced beyond what the customer has,
        less what somebody has credited by hand: that stands for the return.
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        invoiced = sum(map(self._get_returns_invoiced_qty, self._get_returns_invoice_lines()))
        credited = sum(map(self._get_returns_invoiced_qty, self._get_returns_refunds().filtered(
            lambda line: line.parent_state == 'posted' or line.move_id in credit_notes)))
        of_returns = self.invoice_lines.filtered(lambda line: line.move_id in credit_notes).returns_line_id
        owed = self._get_returns_owed_qty() if of_returns else invoiced
        if unit.compare(credited, owed) <= 0:
            return None
        return self.env._(
            "%(product)s (%(order)s): %(credited)s %(unit)s credited, %(owed)s owed.",
            product=self.product_id.display_name, order=self.order_id.name, unit=unit.name,
            credited=formatLang(self.env, credited, dp='Product Unit'),
            owed=formatLang(self.env, owed, dp='Product Unit'))

    # === What is left to invoice and to deliver: the order tells the truth ===

    def _get_returns_qty_to_invoice(self, basis, invoiced, policy, states):
        """What is left to invoice, after what came back on returns.

        :param float basis: the quantity that the invoicing policy bills, ordered or delivered
        :param float invoiced: what is invoiced of it, less credit notes
        :param str policy: `order` or `delivery`
        :param states: of the credit notes that `invoiced` is less by
        :return: quantity in the unit of this line
        """
        self.ensure_one()
        quantity = self._get_returns_qty_left(basis, invoiced, policy, states)
        return 0.0 if self._is_returns_rounding(quantity) else quantity

    def _is_returns_rounding(self, quantity):
        """Whether `quantity` is nothing but what rounding made of parts in another unit: a piece of a dozen is 0.08."""
        if self.product_uom_id == self.product_id.uom_id:
            return False
        parts = len(self.move_ids) + len(self.invoice_lines)
        return abs(quantity) <= parts * self.product_uom_id.rounding / 2

    def _get_returns_qty_left(self, basis, invoiced, policy, states):
        """What is left to invoice as it is computed, rounding and all. See `_get_returns_qty_to_invoice`."""
        back = self._get_returns_qty_received() - self._get_returns_qty_resent()
        refunds = self.invoice_lines.filtered(
            lambda line: line.parent_state in states and (line._is_returns_credit() or line.returns_line_id))
        credited = self._sum_returns_credit(refunds)
        without_goods = self._get_returns_qty_credited_without_goods(refunds)
        waiting = max(0.0, self._get_returns_qty_billed_here(policy) - (credited - without_goods))
        gap = basis - invoiced + waiting
        if gap <= 0:
            # Came back, not credited by anybody yet: not for the wizard to credit a second time.
            return min(0.0, gap + max(0.0, back - credited - waiting))
        settled = without_goods
        if policy == 'delivery':
            settled += self._get_returns_qty_replaced_in_advance(self.product_uom_id)
        elif back > 0:
            settled += self._get_returns_qty_in_order(basis, self._get_returns_kept_qty(), back)
        return max(0.0, gap - settled)

    def _sum_returns_credit(self, credit_lines):
        return sum(
            line._get_returns_sign() * line.product_uom_id._compute_quantity(
                line.quantity, self.product_uom_id, rounding_method='HALF-UP')
            for line in credit_lines)

    def _get_returns_kept_qty(self):
        """What the customer keeps and what is still to be delivered, in the unit of this line.

        As core counts it: goods that are announced to come back are not kept.
        """
        self.ensure_one()
        outgoing, incoming = self._get_outgoing_incoming_moves(strict=False)
        return self._sum_returns_moves(outgoing) - self._sum_returns_moves(incoming)

    def _get_returns_qty_in_order(self, ordered, kept, back):
        """How much of the quantity that came `back` an ordered quantity still contains.

        All of it, as long as nobody lowers the order to what is `kept`.
        """
        return min(back, max(0.0, ordered - kept))

    def _get_returns_billed_qty(self):
        """The quantity that the invoicing policy of this line bills."""
        self.ensure_one()
        return self.qty_delivered if self.product_id.invoice_policy == 'delivery' else self.product_uom_qty

    def _get_with_returns(self):
        return self.filtered(lambda line: line.returns_exist and line.state == 'sale' and not line.display_type)

    @api.depends('returns_exist')
    def _compute_qty_to_invoice(self):
        """Override of `sale` not to bill what came back."""
        super()._compute_qty_to_invoice()
        for line in self._get_with_returns():
            line.qty_to_invoice = line._get_returns_qty_to_invoice(
                line._get_returns_billed_qty(), line.qty_invoiced, line.product_id.invoice_policy,
                states=('draft', 'posted'))

    def _compute_invoice_status(self):
        """Override of `sale`: what is kept is invoiced, so the line is, though less is invoiced than ordered."""
        super()._compute_invoice_status()
        for line in self._get_with_returns():
            settled = line.qty_invoiced + max(line._get_returns_qty_received(), line._get_returns_qty_credited())
            if line._is_returns_status_open() and line._get_returns_invoice_lines() and (
                line.product_uom_id.compare(settled, line.product_uom_qty) >= 0
            ):
                line.invoice_status = 'invoiced'

    def _get_returns_qty_credited(self):
        """What credit notes of returns have taken off the invoiced quantity, drafts too, in the unit of this line."""
        return self._sum_returns_credit(self.invoice_lines.filtered(
            lambda line: line.returns_line_id and line._is_returns_in_force()))

    def _is_returns_status_open(self):
        """Whether core may not know that the line is invoiced: it came back, or was exchanged in advance."""
        self.ensure_one()
        if self.invoice_status == 'upselling':
            in_advance = self._get_returns_qty_replaced_in_advance(self.product_uom_id)
            return self.product_uom_id.compare(self.qty_delivered - in_advance, self.product_uom_qty) <= 0
        return self.invoice_status == 'no'

    @api.depends('returns_exist')
    def _compute_untaxed_amount_to_invoice(self):
        """Override of `sale` to take what came back out of the amount."""
        super()._compute_untaxed_amount_to_invoice()
        for line in self._get_with_returns():
            line.untaxed_amount_to_invoice += (
                line._get_returns_qty_correction() * line.price_reduce_taxexcl
                + line._get_returns_amount_below_price())

    @api.depends('returns_exist')
    def _compute_amount_to_invoice(self):
        """Override of `sale` to take what came back out of the amount."""
        super()._compute_amount_to_invoice()
        for line in self._get_with_returns():
            line.amount_to_invoice += line._get_returns_qty_correction() * line.price_reduce_taxinc

    def _get_returns_amount_below_price(self):
        """By how much the posted credit notes of returns credit less than the price, without taxes.

        Core takes that for invoiced too much, and the cents of rounding, too.
        """
        credits = self.invoice_lines.filtered(lambda line: line.parent_state == 'posted' and line.returns_line_id)
        return sum(
            self._sum_returns_credit(line) * self.price_reduce_taxexcl
            - line._get_returns_sign() * line.currency_id._convert(
                line.price_subtotal, self.currency_id, self.company_id, line.move_id.invoice_date)
            for line in credits)

    def _get_returns_qty_correction(self):
        """By how much core is wrong about the quantity to invoice of posted documents, on which amounts are based."""
        self.ensure_one()
        basis = self._get_returns_billed_qty()
        return self._get_returns_qty_to_invoice(
            basis, self.qty_invoiced_posted, self.product_id.invoice_policy, states=('posted',),
        ) - (basis - self.qty_invoiced_posted)

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Override of `sale_stock`: what comes back was delivered once.

        Raising the order delivers the raise only; lowering it down to what is kept takes nothing back.
        """
        kept = super()._get_qty_procurement(previous_product_uom_qty=previous_product_uom_qty)
        if not self.returns_exist:
            return kept
        announced = self._sum_returns_moves(self._get_returns_moves(
            {'done', 'draft', 'waiting', 'confirmed', 'partially_available', 'assigned'}))
        back = announced - self._get_returns_qty_resent()
        ordered_before = (previous_product_uom_qty or {}).get(self.id, self.product_uom_qty)
        procured = kept + self._get_returns_qty_in_order(ordered_before, kept, back)
        return min(procured, max(self.product_uom_qty, kept))
