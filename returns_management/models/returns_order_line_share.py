from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, float_round, formatLang

from .allocation import allocate
from .returns_order_lifecycle import TRANSITION_KEY

#: Below this a share of a quantity is nothing but rounding.
SHARE_ROUNDING = 1e-6


class ReturnsOrderLine(models.Model):
    """How much of the price is given back? All of it, unless the goods lost value; a later raise is paid in addition."""

    _inherit = 'returns.order.line'

    credit_share = fields.Float(
        "Share of the Price", digits=(6, 4), default=1.0, readonly=True, copy=False,
        help="Which part of the price is credited, 0 to 1; the average over all that is accepted.")
    credit_share_note = fields.Char("Not the Whole Price Because", readonly=True, copy=False)
    share_to_credit = fields.Float(
        "Share to Credit", digits=0, compute='_compute_share_to_credit', store=True,
        help="How many units at full price are still owed for what is credited already.")
    share_in_draft_credit = fields.Float(digits=0, compute='_compute_share_to_credit', store=True)

    _credit_share_in_range = models.Constraint(
        'CHECK (credit_share >= 0 AND credit_share <= 1)',
        "The share of the price to credit must lie between 0 and 100 percent.")

    @api.depends(
        'credit_share', 'qty_credited', 'qty_in_draft_credit', 'resolution_id', 'credit_line_ids.returns_share',
        'credit_line_ids.returns_part', 'credit_line_ids.parent_state',
    )
    def _compute_share_to_credit(self):
        for line in self:
            line.share_in_draft_credit = sum(
                credit._get_returns_units(line.product_uom_id) for credit in line.credit_line_ids
                if credit.parent_state == 'draft' and credit.returns_part == 'share')
            line.share_to_credit = line._get_units_owed(line.qty_credited + line.qty_in_draft_credit)

    def _get_units_owed(self, quantity):
        """How many units at full price are owed when `quantity` is credited in all, beyond what is credited.

        :param float quantity: in the unit of the line, as the result
        """
        self.ensure_one()
        if self._get_action() == 'reduce':
            return 0.0
        owed = quantity * self.credit_share - self._get_units_credited()
        return max(0.0, float_round(owed, precision_rounding=SHARE_ROUNDING))

    def _get_units_credited(self):
        """How many units at full price the credit notes stand for, drafts too, in the unit of the line."""
        return sum(
            credit._get_returns_units(self.product_uom_id) for credit in self.credit_line_ids
            if credit._is_returns_in_force() and credit.returns_part in (False, 'goods', 'share'))

    @api.depends('credit_share')
    def _compute_amount_expected(self):
        super()._compute_amount_expected()

    @api.depends('share_to_credit')
    def _compute_amount_to_credit(self):
        """Override: what is owed on top for what is credited already."""
        super()._compute_amount_to_credit()
        for line in self.filtered('share_to_credit'):
            line.amount_to_credit += line._round_amount(line.share_to_credit * line._get_unit_price())

    def _get_unit_credit(self):
        """Override: of goods that lost value only a share."""
        credit = super()._get_unit_credit()
        return credit if self._get_action() == 'reduce' else credit * self.credit_share

    # === Changing it ===

    def _set_credit_share(self, share, note):
        """Credit `share` of the price of these lines; what is credited already gets the difference at once.

        The one way to change the share. Raised after the credit, an amount is credited on top: it touches neither
        order quantity nor cost. The share of a line is the average over its accepted quantity.

        :param float share: 0 to 1
        :param str note: why; the customer can read it
        :return: the credit notes of what was raised (`account.move`)
        :raise UserError: when no reason is given, or more is credited already
        """
        self.check_access('write')
        lines = self.filtered(lambda line: float_compare(line.credit_share, share, precision_digits=4))
        lines._check_credit_share(share, note)
        lines.with_context(returns_transition=TRANSITION_KEY).write({
            'credit_share': share, 'credit_share_note': note})
        lines._log_credit_share()
        return lines.filtered('share_to_credit')._create_credit_notes()

    def _check_credit_share(self, share, note):
        if self and not (note or '').strip():
            raise UserError(self.env._("Say why this part of the price is credited: the customer reads it."))
        if not 0 <= share <= 1:
            raise UserError(self.env._("The share of the price to credit must lie between 0 and 100 percent."))
        for line in self:
            quantity = line.qty_credited + line.qty_in_draft_credit + line.qty_to_credit + line.qty_to_receive
            credited = line._get_units_credited()
            if float_compare(credited, quantity * share, precision_rounding=SHARE_ROUNDING) > 0:
                raise UserError(self.env._(
                    "More than that is credited for %(product)s of %(number)s already. Delete the draft credit note "
                    "first; what is posted cannot be taken back.",
                    product=line.product_id.display_name, number=line.order_id.name))
            if share < line.credit_share and line.order_id.legal_basis == 'withdrawal' and not line.has_photo:
                raise UserError(self.env._(
                    "%(number)s is a withdrawal: less than the price of %(product)s may be paid back only for a loss "
                    "of value that can be proved. Attach a photo of it to the return.",
                    product=line.product_id.display_name, number=line.order_id.name))

    def _log_credit_share(self):
        """Tell on the returns who gets which part of the price, and why."""
        self.order_id._message_log_batch({
            order.id: "\n".join(
                self.env._(
                    "%(product)s: %(share)s %% of the price are credited. %(note)s",
                    product=line.product_id.display_name, share=formatLang(self.env, 100 * line.credit_share),
                    note=line.credit_share_note)
                for line in lines)
            for order, lines in self.grouped('order_id').items()
        })

    def _is_credit_changeable(self):
        """Whether this line is credited for its goods, of which a share may be credited."""
        self.ensure_one()
        return bool(self._get_qty_wanted()) and (self._get_action() == 'keep' or self._is_credited_for_goods())

    # === Crediting it ===

    def _is_credit_owed(self):
        return super()._is_credit_owed() or bool(self.share_to_credit)

    def _get_next_share(self):
        """Override: what is missing until all that is credited then is worth its share on average."""
        if not self.qty_to_credit:
            return 0.0
        owed = self._get_units_owed(self.qty_credited + self.qty_in_draft_credit + self.qty_to_credit)
        return min(1.0, owed / self.qty_to_credit)

    def _prepare_credits(self, rooms, ledgers):
        """Override: what was credited at a lower share gets the difference, from the invoices it was credited from."""
        owed = self._get_units_owed(self.qty_credited + self.qty_in_draft_credit + self.qty_to_credit)
        credits = super()._prepare_credits(rooms, ledgers)
        unit = self.product_id.uom_id
        rest = self._convert_qty_exactly(owed - self.qty_to_credit * self._get_next_share(), unit)
        if float_compare(rest, 0.0, precision_rounding=SHARE_ROUNDING) <= 0:
            return credits
        quantities, shortfalls = self._get_shortfalls(ledgers)
        return credits + [
            (invoice_line, self._prepare_credit(
                invoice_line, ledgers[invoice_line], quantities[invoice_line], units, 'share'))
            for invoice_line, units in allocate(rest, shortfalls)
        ]

    def _convert_qty_exactly(self, quantity, unit):
        return self.product_uom_id._compute_quantity(quantity, unit, round=False)

    def _get_shortfalls(self, ledgers):
        """What was credited of each invoice line: the quantity, and how many units of it at less than full price."""
        quantities, shortfalls = {}, {}
        for credit in self.credit_line_ids.filtered(lambda credit: credit._is_returns_in_force()):
            invoice_line = credit.returns_invoice_line_id
            if invoice_line not in ledgers or credit.returns_part not in ('goods', 'share'):
                continue
            quantity = credit.product_uom_id._compute_quantity(
                credit.quantity, self.product_id.uom_id, round=False) if credit.returns_part == 'goods' else 0.0
            units = credit._get_returns_units(self.product_id.uom_id)
            quantities[invoice_line] = quantities.get(invoice_line, 0.0) + quantity
            shortfalls[invoice_line] = shortfalls.get(invoice_line, 0.0) + quantity - units
        return quantities, shortfalls
