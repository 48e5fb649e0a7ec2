from odoo import api, fields, models

#: How discounts of the whole order are taken into account; a field of the policy.
DISCOUNT_SHARES = [('prorata', "Shared over all products"), ('none', "Left out")]


class ReturnsPolicy(models.Model):
    _inherit = 'returns.policy'

    discount_share = fields.Selection(
        DISCOUNT_SHARES, string="Discounts of the Order", required=True, default='prorata',
        help="Discounts and rewards that an order has on lines of their own.\n"
             "Shared: what is credited is less by its part of them, so that all that was paid goes back in the end.\n"
             "Left out: products are credited at the price of their own line.")


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    def _is_returns_discount(self):
        """Whether this line lowers the price of the others: discounts on the whole order, rewards, coupons."""
        self.ensure_one()
        return not self.display_type and not self.is_downpayment and self.price_subtotal < 0

    def _get_returns_discounted(self):
        """The lines whose price this discount lowers: those with its taxes, else all that cost something."""
        self.ensure_one()
        sold = self.order_id.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment and line.price_subtotal > 0)
        return sold.filtered(lambda line: line.tax_ids == self.tax_ids) or sold

    def _get_returns_paid_share(self):
        """Which part of the price of this line the customer pays after the discounts of the whole order, 0 to 1."""
        self.ensure_one()
        discounts = self.order_id.order_line.filtered(lambda line: line._is_returns_discount())
        off = sum(
            discount.price_subtotal / sum(discounted.mapped('price_subtotal'))
            for discount in discounts
            for discounted in [discount._get_returns_discounted()] if self in discounted)
        return max(0.0, 1.0 + off)


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    def _get_returns_discounts(self):
        """The lines of the same invoices that lower the price of these: discounts on whole orders, rewards, coupons."""
        orders = self.sale_line_ids.order_id
        return self.move_id.invoice_line_ids.filtered(
            lambda line: line.display_type == 'product' and line.price_subtotal < 0 < line.quantity
            and line.sale_line_ids.order_id & orders and not any(line.sale_line_ids.mapped('is_downpayment')))

    def _get_returns_discounted(self):
        """The lines of the same invoice whose price this discount lowers: those with its taxes, else all."""
        self.ensure_one()
        sold = self.move_id.invoice_line_ids.filtered(
            lambda line: line.display_type == 'product' and line.price_subtotal > 0
            and line.sale_line_ids.order_id & self.sale_line_ids.order_id)
        return sold.filtered(lambda line: line.tax_ids == self.tax_ids) or sold


class ReturnsOrderLine(models.Model):
    """Discounts of the whole order: what is credited is less by its part of them, on a line of its own."""

    _inherit = 'returns.order.line'

    def _is_discount_shared(self):
        self.ensure_one()
        return self.policy_id.discount_share != 'none'

    def _get_unit_price(self):
        """Override: less the part of the discounts of the whole order."""
        price = super()._get_unit_price()
        return price * self.sale_line_id._get_returns_paid_share() if self._is_discount_shared() else price

    @api.depends('policy_id')
    def _compute_amount_expected(self):
        super()._compute_amount_expected()

    def _get_invoice_lines_to_credit(self):
        """Override: and the discounts beside them."""
        invoice_lines = super()._get_invoice_lines_to_credit()
        return invoice_lines | invoice_lines._get_returns_discounts()

    def _prepare_credits(self, rooms, ledgers):
        """Override: each amount is credited less its part of the discounts of the whole order."""
        credits = super()._prepare_credits(rooms, ledgers)
        if not self._is_discount_shared():
            return credits
        return credits + [
            (discount, self._prepare_share_vals(
                discount, part, 'discount', ledgers[discount].take(ledgers[discount].quantity * part)))
            for discount, part in self._get_discount_parts(credits, ledgers).items()
        ]

    def _get_discount_parts(self, credits, ledgers):
        """Which part of each discount belongs to `credits`, 0 to 1.

        :param credits: list of (invoice line, values of a credit note line)
        :return: dict of the part by invoice line of the discount
        """
        parts = {}
        for invoice_line, vals in credits:
            quantity = self._convert_qty_exactly(vals['quantity'], self.product_id.uom_id)
            units = quantity * vals['returns_share'] / ledgers[invoice_line].quantity
            for discount in invoice_line._get_returns_discounts():
                discounted = discount._get_returns_discounted()
                if invoice_line in discounted:
                    weight = invoice_line.price_subtotal / sum(discounted.mapped('price_subtotal'))
                    parts[discount] = parts.get(discount, 0.0) + units * weight
        return parts
