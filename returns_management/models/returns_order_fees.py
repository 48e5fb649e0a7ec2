from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_round


class ReturnsPolicy(models.Model):
    _inherit = 'returns.policy'

    freight_amount = fields.Monetary(
        "Costs of the Way Back",
        help="What the customer pays for our label, once for each return. In the currency of the company. 0: nothing, "
        "customers pay the carrier themselves.")
    freight_product_id = fields.Many2one(
        'product.product', string="Way Back Product", check_company=True, ondelete='restrict',
        domain="[('type', '=', 'service'), ('company_id', 'in', (company_id, False))]",
        help="Says account, taxes and text of it on the credit note.")

    _freight_not_negative = models.Constraint(
        'CHECK (freight_amount >= 0)', "What the way back costs cannot be negative.")

    @api.constrains('freight_amount', 'freight_product_id')
    def _check_freight(self):
        for policy in self.filtered('freight_amount'):
            if not policy.freight_product_id:
                raise ValidationError(self.env._(
                    "Choose the product of what the way back costs under “%s”: it says account and taxes.", policy.name))


class ReturnsOrder(models.Model):
    """What is deducted from the credit of a return: once, and never more than the credit."""

    _inherit = 'returns.order'

    fee_amount = fields.Monetary(
        "Fees", compute='_compute_fee_amount', store=True, help="All that is deducted, taxes included.")

    @api.depends('line_ids.fee_amount')
    def _compute_fee_amount(self):
        for order in self:
            order.fee_amount = sum(line._get_fee_total() for line in order.line_ids.filtered('fee_amount'))

    @api.depends('fee_amount')
    def _compute_amount_expected(self):
        """Override: less what is deducted."""
        super()._compute_amount_expected()
        for order in self.filtered('fee_amount'):
            order.amount_expected = max(0.0, order.amount_expected - order.fee_amount)

    def _deduct_fees(self, notes):
        """Put what is due on the credit notes that are about to be made, the first with room first.

        :param dict notes: values of credit note lines by invoice; those of fees are added
        """
        self.ensure_one()
        quantities = {line: line.qty_credited + line.qty_in_draft_credit for line in self.line_ids}
        for vals in (vals for vals_list in notes.values() for vals in vals_list if vals['returns_part'] == 'goods'):
            quantities[self.line_ids.browse(vals['returns_line_id'])] += vals['quantity']
        rooms = {invoice: sum(map(self._get_total, vals_list)) for invoice, vals_list in notes.items()}
        for line, part, amount in self.line_ids._get_fees_due(quantities):
            for invoice, vals_list in notes.items():
                vals = line._prepare_fee_vals(invoice, part, amount)
                self._limit_fee(vals, rooms[invoice])
                if vals['price_unit'] > 0:
                    vals_list.append(vals)
                    amount -= vals['price_unit']
                    rooms[invoice] -= self._get_fee_vals_total(vals)

    def _limit_fee(self, vals, room):
        """Lower the fee of `vals` to what is left of the credit, taxes included."""
        total = self._get_fee_vals_total(vals)
        if self.currency_id.compare_amounts(total, room) > 0:
            vals['price_unit'] = float_round(
                vals['price_unit'] * max(0.0, room) / total, precision_rounding=self.currency_id.rounding,
                rounding_method='DOWN')

    def _get_fee_vals_total(self, vals):
        taxes = self.env['account.tax'].browse(vals['tax_ids'][0][2])
        return taxes.compute_all(vals['price_unit'], self.currency_id)['total_included']

    def _get_total(self, vals):
        """What the values of a credit note line amount to, taxes included."""
        data = vals.get('extra_tax_data')
        if not data:  # another addon has set a price of its own
            return self.currency_id.round(vals['quantity'] * vals['price_unit'] * (1 - vals['discount'] / 100))
        return data['manual_total_excluded_currency'] + sum(
            amounts.get('tax_amount_currency', 0.0) for amounts in data['manual_tax_amounts'].values())


class ReturnsOrderLine(models.Model):
    _inherit = 'returns.order.line'

    def _get_credit_shares(self):
        """Override: fees are deducted from what is credited."""
        shares = super()._get_credit_shares()
        notes_by_order = {}
        for (order, invoice), vals_list in shares.items():
            notes_by_order.setdefault(order, {})[invoice] = vals_list
        for order, notes in notes_by_order.items():
            if order.fee_amount:
                order._deduct_fees(notes)
        return shares
