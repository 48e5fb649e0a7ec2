from odoo import api, fields, models

from .locking import serialize


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    returns_is_delivery = fields.Boolean(
        "Delivery Charge", help="What customers pay for the delivery. It is paid back where the reason of a return or "
        "the law says so. The products of delivery methods need no mark.")


class ResCompany(models.Model):
    _inherit = 'res.company'

    returns_standard_delivery = fields.Monetary(
        "Standard Delivery", help="What the cheapest standard delivery costs, taxes included. A consumer who withdraws "
        "from a whole order gets no more than this back for the delivery. 0: what was paid.")


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    returns_standard_delivery = fields.Monetary(
        related='company_id.returns_standard_delivery', readonly=False)


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    def _is_returns_delivery(self):
        """Whether this line bills the delivery to the customer. Addons that know better override it."""
        self.ensure_one()
        # Set by Odoo's own delivery methods, which need not be installed.
        by_method = 'is_delivery' in self._fields and self.is_delivery
        return not self.display_type and self.price_subtotal > 0 and bool(
            by_method or self.product_id.returns_is_delivery)

    def _is_returns_delivery_refunded(self):
        """Whether anything of this delivery charge was credited, by whomever, drafts too."""
        self.ensure_one()
        return any(self._get_returns_credits().values())


class ReturnsOrder(models.Model):
    """What the customer paid for the delivery goes back, too, when the reason or the law says so: once for an order."""

    _inherit = 'returns.order'

    delivery_amount = fields.Monetary(
        "Delivery", compute='_compute_delivery_amount', store=True,
        help="What is paid back of the delivery to the customer, taxes included.")

    @api.depends(
        'state', 'legal_basis', 'line_ids.reason_id', 'line_ids.sale_line_id', 'line_ids.product_uom_qty',
        'line_ids.product_uom_id')
    def _compute_delivery_amount(self):
        for order in self:
            if order.state not in (False, 'draft', 'requested'):
                order.delivery_amount = order.delivery_amount
                continue
            order.delivery_amount = sum(
                sale_line.price_total * order._get_delivery_share(sale_line.price_total, sale_line.order_id)
                for sale_line in order.line_ids.sale_line_id.order_id.order_line
                if sale_line._is_returns_delivery() and not sale_line._is_returns_delivery_refunded())

    @api.depends('delivery_amount')
    def _compute_amount_expected(self):
        """Override: and what is paid back of the delivery."""
        super()._compute_amount_expected()
        for order in self.filtered('delivery_amount'):
            order.amount_expected += order.delivery_amount

    def _get_delivery_share(self, total, sale_order):
        """Which part of a delivery charge is paid back, 0 to 1.

        All of it when a reason says so. By law a consumer who withdraws from the whole order gets it, but not what a
        more expensive delivery than the standard one cost (Directive 2011/83/EU, Article 13).

        :param float total: what was charged, taxes included, in the currency of the return
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.sale_line_id.order_id == sale_order)
        if any(lines.reason_id.mapped('refund_shipping')):
            return 1.0
        if not self._is_consumer_withdrawal() or not self._is_all_withdrawn(sale_order):
            return 0.0
        company = self.company_id
        standard = company.currency_id._convert(
            company.returns_standard_delivery, self.currency_id, company, fields.Date.context_today(self))
        return min(1.0, standard / total) if standard and total else 1.0

    def _is_all_withdrawn(self, sale_order):
        """Whether the customer keeps nothing of the order: all that was delivered came back, or is to."""
        return all(
            sale_line.product_id.uom_id.compare(
                sale_line._get_returns_delivered_qty(), self._get_qty_to_come(sale_line)) <= 0
            for sale_line in sale_order.order_line if sale_line.product_id.type == 'consu')

    def _get_qty_to_come(self, sale_line):
        """What of `sale_line` is still to come back, on this return and on other withdrawals; in the product's unit."""
        quantity = 0.0
        for line in sale_line.returns_line_ids | self.line_ids.filtered(lambda line: line.sale_line_id == sale_line):
            if line.order_id.legal_basis != 'withdrawal' or not line.product_uom_id:
                continue
            asked = line.order_id == self and line.state in (False, 'draft') or line.state == 'requested'
            quantity += line._convert_qty(
                line.product_uom_qty if asked else line.qty_to_receive, sale_line.product_id.uom_id)
        return quantity


class ReturnsOrderLine(models.Model):
    _inherit = 'returns.order.line'

    def _get_credit_shares(self):
        """Override: and the delivery, where it is paid back, beside the goods of its order."""
        shares = super()._get_credit_shares()
        lines_sudo = self.sudo()
        for (order, sale_order), lines in lines_sudo.grouped(lambda line: (line.order_id, line.sale_order_id)).items():
            sale_lines = sale_order.order_line.filtered(lambda line: line._is_returns_delivery())
            if not sale_lines or not any(order == key[0] for key in shares):
                continue
            invoice_lines = sale_lines._get_returns_invoice_lines()
            serialize(invoice_lines)
            for invoice_line, vals in lines[:1]._prepare_delivery_credits(invoice_lines):
                shares[order, invoice_line.move_id].append(vals)
        return shares

    def _prepare_delivery_credits(self, invoice_lines):
        """Credit note lines for the delivery: an amount, the order keeps its quantities.

        :param invoice_lines: that billed the delivery of the order
        :return: list of (invoice line, dict for `account.move.line.create`)
        """
        self.ensure_one()
        credits = []
        for invoice_line, ledger in invoice_lines._get_returns_ledgers().items():
            share = self.order_id._get_delivery_share(invoice_line.price_total, self.sale_order_id)
            if not share or ledger.units or invoice_line.sale_line_ids.filtered(
                lambda line: line._is_returns_delivery_refunded()
            ):
                continue
            amounts = self._get_delivery_amounts(ledger, share, invoice_line.price_total)
            credits.append((invoice_line, self._prepare_share_vals(invoice_line, share, 'delivery', amounts)))
        return credits

    def _get_delivery_amounts(self, ledger, share, total):
        """The amounts of `share` of a delivery charge, which make exactly that share of its `total`."""
        if share == 1.0:
            return ledger.take(ledger.quantity)
        amounts = {
            key: self._round_amount(amount * share) for key, amount in ledger.totals.items()
            if key.endswith('_currency')}
        taxes = sum(amount for key, amount in amounts.items() if key.endswith('.tax_amount_currency'))
        amounts['total_excluded_currency'] = self._round_amount(self._round_amount(total * share) - taxes)
        return amounts
