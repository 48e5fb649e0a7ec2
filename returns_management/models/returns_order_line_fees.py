from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .compute_anew import compute_anew
from .returns_order_lifecycle import TRANSITION_KEY

#: What is deducted from a credit, and the field of the line that says how much.
FEE_FIELDS = {'restocking': 'fee_restocking', 'freight': 'fee_freight', 'value': 'fee_value'}


class ReturnsOrderLine(models.Model):
    """What does it cost the customer? Fees and deductions, each on a credit note line of its own.

    All amounts are as the product of the fee is priced: without taxes, unless its taxes are included in prices. A fee
    for the whole return stands on its first line with that policy.
    """

    _inherit = 'returns.order.line'

    fee_restocking = fields.Monetary(
        "Restocking Fee", compute='_compute_fees', store=True, copy=False, help="As the policy says, without taxes.")
    fee_freight = fields.Monetary(
        "Way Back", compute='_compute_fees', store=True, copy=False,
        help="What the customer pays for sending it back with our label, without taxes.")
    fee_value = fields.Monetary(
        "Loss of Value", readonly=True, copy=False, help="What the goods have lost in value, without taxes.")
    fee_value_note = fields.Char(
        "Loss of Value Because", readonly=True, copy=False, help="The customer can read it.")
    fee_amount = fields.Monetary(
        "Fees", compute='_compute_fee_amount', store=True, help="All that is deducted, without taxes.")

    _fee_value_not_negative = models.Constraint(
        'CHECK (fee_value >= 0)', "A loss of value cannot be negative.")

    @api.depends(
        'sale_line_id', 'product_uom_id', 'product_uom_qty', 'policy_id', 'reason_id', 'resolution_id', 'credit_share',
        'order_id.legal_basis', 'order_id.line_ids.policy_id', 'order_id.line_ids.reason_id',
        'order_id.line_ids.resolution_id',
    )
    def _compute_fees(self):
        """Anew while the return is a draft, so that no other reason leaves a fee behind; frozen from then on."""
        for line in self:
            if line._is_frozen() or not line.product_uom_id:
                line.fee_restocking, line.fee_freight = line.fee_restocking, line.fee_freight
            else:
                line.fee_restocking, line.fee_freight = line._get_restocking_fee(), line._get_freight_fee()

    @api.depends(
        'fee_restocking', 'fee_freight', 'fee_value', 'product_uom_qty', 'qty_approved', 'order_id.state', 'policy_id')
    def _compute_fee_amount(self):
        for line in self:
            line.fee_amount = sum(line._get_fees_expected().values())

    def _get_fees_expected(self):
        """What is deducted in all when all that is approved comes back, without taxes: amounts by key of `FEE_FIELDS`.

        A percentage is less when less is approved than was asked for.
        """
        self.ensure_one()
        fees = {part: self[field_name] for part, field_name in FEE_FIELDS.items() if self[field_name]}
        if 'restocking' in fees and self.policy_id.fee_type == 'percent':
            share = self._get_fee_share('restocking', self._get_qty_wanted(), self.policy_id)
            fees['restocking'] = self._round_amount(fees['restocking'] * share)
        return fees

    def _update_verdict(self):
        """Override: what it costs, and which discounts are left out, may have changed in the policy."""
        super()._update_verdict()
        compute_anew(self, ['fee_restocking', 'fee_freight', 'amount_expected'])

    def _is_fee_charged(self):
        """Whether the policy may charge anything: not when the law gives the right, nor for what is not given back."""
        self.ensure_one()
        return self.order_id.legal_basis == 'policy' and self._get_action() == 'refund' and bool(self.product_uom_id)

    def _is_customer_at_fault(self):
        self.ensure_one()
        return self.reason_id.fault in (False, 'customer')

    def _is_restocking_charged(self):
        """Whether a restocking fee is charged: not for what we or the carrier did wrong."""
        return self.policy_id.fee_type in ('percent', 'amount') and self._is_fee_charged() and (
            self._is_customer_at_fault())

    def _is_freight_charged(self):
        """Whether the customer pays for our label."""
        policy = self.policy_id
        return bool(policy.freight_amount) and self._is_fee_charged() and (
            policy.return_freight == 'customer' or policy.return_freight == 'fault' and self._is_customer_at_fault())

    def _get_restocking_fee(self):
        """What the policy charges for taking it back; a fixed amount once for each return."""
        if not self._is_restocking_charged():
            return 0.0
        policy = self.policy_id
        if policy.fee_type == 'percent':
            return self._round_amount(self.product_uom_qty * self._get_untaxed_unit_credit() * policy.fee_percent / 100)
        alike = self.order_id.line_ids.filtered(
            lambda line: line.policy_id == policy and line._is_restocking_charged())
        return self._convert_fee(policy.fee_amount) if self == alike[:1] else 0.0

    def _get_freight_fee(self):
        """What the customer pays for the way back, once for each return."""
        alike = self._is_freight_charged() and self.order_id.line_ids.filtered(lambda line: line._is_freight_charged())
        return self._convert_fee(self.policy_id.freight_amount) if alike and self == alike[0] else 0.0

    def _convert_fee(self, amount):
        """`amount` in the currency of the company, in that of the return."""
        return self.policy_id.currency_id._convert(
            amount, self.currency_id, self.company_id, fields.Date.context_today(self))

    def _get_untaxed_unit_credit(self):
        """What is credited for one unit of this line, without taxes."""
        self.ensure_one()
        price = self.sale_line_id.product_uom_id._compute_price(
            self.sale_line_id.price_reduce_taxexcl, self.product_uom_id)
        if self._is_discount_shared():
            price *= self.sale_line_id._get_returns_paid_share()
        return price * self.credit_share

    # === Loss of value ===

    def _set_value_loss(self, amount, note):
        """Deduct `amount` for what the goods of this line have lost in value.

        :param float amount: without taxes, in the currency of the return; 0 takes the deduction back
        :param str note: why; the customer can read it
        :raise UserError: when no reason is given, it is more than is credited, or nothing is left to deduct it from
        """
        self.ensure_one()
        self.check_access('write')
        self._check_value_loss(amount, note)
        self.with_context(returns_transition=TRANSITION_KEY).write({
            'fee_value': amount, 'fee_value_note': note if amount else False})
        self.order_id._message_log(body=self.env._(
            "%(product)s: %(amount)s deducted for a loss of value. %(note)s", product=self.product_id.display_name,
            amount=formatLang(self.env, amount, currency_obj=self.currency_id), note=note or ''))

    def _check_value_loss(self, amount, note):
        if amount and not (note or '').strip():
            raise UserError(self.env._("Say how the goods lost value: the customer reads it."))
        most = self._round_amount(self._get_qty_wanted() * self._get_untaxed_unit_credit())
        if amount < 0 or self.currency_id.compare_amounts(amount, most) > 0:
            raise UserError(self.env._(
                "Between nothing and %(most)s can be deducted for %(product)s.", product=self.product_id.display_name,
                most=formatLang(self.env, most, currency_obj=self.currency_id)))
        if amount and self.order_id.legal_basis == 'withdrawal' and not self.has_photo:
            raise UserError(self.env._(
                "%(number)s is a withdrawal: a loss of value of %(product)s has to be proved. Attach a photo of it to "
                "the return.", number=self.order_id.name, product=self.product_id.display_name))
        if self.qty_credited + self.qty_in_draft_credit:
            raise UserError(self.env._(
                "%(product)s is credited already. Delete the draft credit note first; what is posted cannot be taken "
                "back.", product=self.product_id.display_name))

    # === On the credit note ===

    def _get_fees_due(self, quantities):
        """What is to be deducted now, beside what was deducted before.

        A percentage grows with what is credited; all else is due with the first credit.

        :param dict quantities: by line, how much of it is credited once the new credit notes are there
        :return: list of (line, part, amount)
        """
        due = []
        credited_policies = self.env['returns.policy'].union(
            *(line.policy_id for line in self if quantities.get(line)))
        for line in self.filtered('fee_amount'):
            for part, field_name in FEE_FIELDS.items():
                share = line._get_fee_share(part, quantities.get(line, 0.0), credited_policies)
                amount = line._round_amount(line[field_name] * share) - line._get_fee_charged(part)
                if line.currency_id.compare_amounts(amount, 0.0) > 0:
                    due.append((line, part, amount))
        return due

    def _get_fee_share(self, part, quantity, credited_policies):
        """Which part of a fee is due when `quantity` of this line is credited in all, 0 to 1."""
        if part == 'restocking' and self.policy_id.fee_type == 'percent':
            return min(1.0, quantity / self.product_uom_qty)
        if part == 'value':
            return 1.0 if quantity else 0.0
        return 1.0 if self.policy_id in credited_policies else 0.0

    def _get_fee_charged(self, part):
        """What credit notes of this line deduct already, drafts too."""
        return sum(
            -credit._get_returns_sign() * (
                credit.price_subtotal if part == 'value' else credit.quantity * credit.price_unit)
            for credit in self.credit_line_ids if credit.returns_part == part and credit._is_returns_in_force())

    def _prepare_fee_vals(self, invoice, part, amount):
        """Values of the credit note line that deducts a fee: its own account and taxes.

        :param invoice: the `account.move` that is credited
        :param str part: a key of `FEE_FIELDS`
        :param float amount: in the currency of the return
        :return: dict for `account.move.line.create`
        """
        self.ensure_one()
        product = self._get_fee_product(part).with_company(invoice.company_id).with_context(
            lang=invoice.partner_id.lang)
        vals = {
            'returns_line_id': self.id,
            'returns_part': part,
            'product_id': product.id,
            'quantity': -1,
            'product_uom_id': product.uom_id.id,
            'price_unit': amount,
            'discount': 0.0,
            'tax_ids': [Command.set(self._get_fee_taxes(part, invoice.fiscal_position_id).ids)],
        }
        if part == 'value':
            return {**vals, **self._prepare_value_loss_vals(invoice, amount)}
        accounts = product.product_tmpl_id.get_product_accounts(fiscal_pos=invoice.fiscal_position_id)
        return {
            **vals, 'name': product.get_product_multiline_description_sale(), 'account_id': accounts['income'].id}

    def _prepare_value_loss_vals(self, invoice, amount):
        """A loss of value lowers the price: account and taxes are those of the goods."""
        invoiced = self.sale_line_id._get_returns_invoice_lines()
        sold = invoiced.filtered(lambda line: line.move_id == invoice)[:1] or invoiced[:1]
        return {
            'name': self.env._(
                "Loss of value: %(product)s. %(note)s", product=self.product_id.display_name, note=self.fee_value_note),
            'price_unit': self._add_included_taxes(amount, self.sale_line_id.tax_ids),
            'account_id': sold.account_id.id,
            'analytic_distribution': sold.analytic_distribution,
        }

    def _get_fee_product(self, part):
        """The product that says account, taxes and text of a fee; none for a loss of value."""
        if part == 'value':
            return self.env['product.product']
        return self.policy_id.fee_product_id if part == 'restocking' else self.policy_id.freight_product_id

    def _get_fee_taxes(self, part, fiscal_position):
        if part == 'value':
            return self.sale_line_id.tax_ids
        taxes = self._get_fee_product(part).taxes_id._filter_taxes_by_company(self.company_id)
        return fiscal_position.map_tax(taxes)

    def _add_included_taxes(self, amount, taxes):
        """The price of something that costs `amount` without taxes, where prices include `taxes`."""
        if not any(taxes.mapped('price_include')):
            return amount
        return taxes.compute_all(amount, self.currency_id, handle_price_include=False)['total_included']

    def _get_fee_total(self):
        """All that is deducted of this line, taxes included."""
        self.ensure_one()
        fiscal_position = self.sale_order_id.fiscal_position_id
        return sum(
            self._get_fee_taxes(part, fiscal_position).compute_all(
                amount, self.currency_id, handle_price_include=part != 'value')['total_included']
            for part, amount in self._get_fees_expected().items())
