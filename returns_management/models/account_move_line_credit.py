from odoo import fields, models

from .credit_ledger import CreditLedger


class AccountMoveLine(models.Model):
    """Which invoice line a credit note line credits, how much of its price, and what is credited of it to the cent."""

    _inherit = 'account.move.line'

    returns_invoice_line_id = fields.Many2one(
        'account.move.line', string="Credited Invoice Line", copy=False, readonly=True, index='btree_not_null',
        ondelete='set null', check_company=True)
    returns_credit_line_ids = fields.One2many(
        'account.move.line', 'returns_invoice_line_id', string="Credited By", copy=False, readonly=True)
    returns_part = fields.Selection(
        [
            ('goods', "Goods"), ('price', "Lower price"), ('share', "Higher share of the price"),
            ('discount', "Discount of the order"), ('delivery', "Delivery to the customer"),
            ('restocking', "Restocking fee"), ('freight', "Way back"), ('value', "Loss of value"),
        ],
        string="Credited For", copy=False, readonly=True,
        help="Goods: a quantity with its cost. All else is an amount: the order keeps its quantities.")
    returns_share = fields.Float(
        "Share of the Price", digits=0, copy=False, readonly=True, help="Which part of the price is credited, 0 to 1.")

    def _get_cogs_value(self):
        """Override of `stock_account`: no goods come back with an amount."""
        if not self._is_returns_goods():
            return 0.0
        return super()._get_cogs_value()

    def _copy_data_extend_business_fields(self, values):
        """Override of `account`: who reverses a credit note of a return takes the credit back."""
        result = super()._copy_data_extend_business_fields(values)
        if self.returns_line_id and self.move_id.move_type == 'out_refund':
            values.update(
                returns_line_id=self.returns_line_id.id, returns_part=self.returns_part,
                returns_share=self.returns_share)
            if not self.sale_line_ids:  # the amount is taken back from the credit, no quantity is billed again
                values['returns_invoice_line_id'] = self.returns_invoice_line_id.id
        return result

    def _is_returns_in_force(self):
        """Whether it counts that this line credits something, or takes a credit back: drafts do not take back."""
        self.ensure_one()
        return self.parent_state == 'posted' or (self.parent_state == 'draft' and self._get_returns_sign() > 0)

    def _get_returns_sign(self):
        """1 for what is credited, -1 for what an invoice that reverses a credit note of a return takes back."""
        self.ensure_one()
        return -1 if self.move_id.move_type == 'out_invoice' else 1

    def _is_returns_goods(self):
        """Whether this line has to do with goods, as every line that no return has made."""
        self.ensure_one()
        return self.returns_part in (False, 'goods')

    def _is_returns_quantity(self):
        """Whether this line settles a quantity of its return line, for which nothing more is to be credited."""
        self.ensure_one()
        return self.returns_part in (False, 'goods', 'price')

    def _is_returns_sale(self):
        """Whether goods are billed: also by a final invoice that became a credit note, as more was paid in advance."""
        self.ensure_one()
        return self.move_id.move_type == ('out_invoice' if self.quantity >= 0 else 'out_refund')

    def _is_returns_credit(self):
        """Whether goods are credited, in whatever document."""
        self.ensure_one()
        return self.move_id.move_type == ('out_refund' if self.quantity >= 0 else 'out_invoice')

    def _get_returns_units(self, unit):
        """How much of its quantity this line credits at the full price, in `unit`: half the price is half of it."""
        self.ensure_one()
        quantity = abs(self.product_uom_id._compute_quantity(self.quantity, unit, round=False))
        return self._get_returns_sign() * quantity * (self.returns_share if self.returns_part else 1.0)

    # === To the cent ===

    def _get_returns_ledgers(self):
        """What is billed by these invoice lines, and what is credited of it by all credit notes, drafts too.

        Every invoice and credit note is computed once, however many returns ask for it.

        :return: dict of `CreditLedger` by invoice line, in the unit of the product
        """
        credits = self.sale_line_ids._get_returns_credits()
        amounts = (self | self.browse(
            credit.id for parts in credits.values() for credit, _part in parts)).move_id._get_returns_amounts()
        return {line: line._get_returns_ledger(amounts, credits.get(line, [])) for line in self}

    def _get_returns_ledger(self, amounts, parts):
        """The ledger of one invoice line.

        :param dict amounts: the amounts of each invoice and credit note line, by key
        :param parts: list of (credit note line, quantity in the unit of the product) that credit this line
        """
        self.ensure_one()
        totals = amounts[self]
        if any(credit.move_id.invoice_currency_rate != self.move_id.invoice_currency_rate for credit, _part in parts):
            totals = {key: total for key, total in totals.items() if key.endswith('_currency')}
        company_rounding, rounding = self.company_currency_id.rounding, self.currency_id.rounding
        sale_line = self.sale_line_ids[:1]
        ledger = CreditLedger(totals, sale_line._get_returns_invoiced_qty(self), {
            key: rounding if key.endswith('_currency') else company_rounding for key in totals})
        for credit, part in parts:
            scale = part / sale_line._get_returns_invoiced_qty(credit)
            ledger.enter(part, credit.returns_share if credit.returns_part else 1.0, {
                key: amount * scale for key, amount in amounts[credit].items()})
        return ledger

    def _prepare_returns_tax_data(self, amounts, vals):
        """What `extra_tax_data` has to say so that a credit note line amounts to `amounts`, and to nothing else.

        Odoo drops it by itself when somebody changes price, quantity, discount or taxes.

        :param dict amounts: of a ledger of this invoice line
        :param dict vals: values of the credit note line
        """
        taxes = {str(tax.id): {} for tax in self.tax_ids.flatten_taxes_hierarchy()}
        for key, amount in amounts.items():
            if key[0].isdigit():
                tax_id, name = key.split('.')
                taxes.setdefault(tax_id, {})[name] = amount
        return {
            **{f'manual_{key}': amount for key, amount in amounts.items() if key.startswith('total_excluded')},
            'manual_tax_amounts': taxes or {'0': {}},  # empty would be nothing to Odoo: a line without taxes
            'currency_id': self.currency_id.id,
            'price_unit': vals['price_unit'],
            'discount': vals['discount'],
            'quantity': vals['quantity'],
            'rate': self.move_id.invoice_currency_rate,
        }
