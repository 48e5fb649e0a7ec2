from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

#: The customer keeps the goods: nothing is received.
WITHOUT_GOODS = ('keep', 'reduce')


class ReturnsOrderLine(models.Model):
    """What does the customer get? What each way means for goods and money; a lower price and how much of it."""

    _inherit = 'returns.order.line'

    resolution_action = fields.Char(compute='_compute_resolution_action')
    qty_kept = fields.Float(
        "Kept by the Customer", digits='Product Unit', readonly=True, copy=False,
        help="Approved without the goods coming back.")
    reduction_percent = fields.Float(
        "Reduction in Percent", digits=(5, 2), help="By how much the price is lowered. Or enter the amount.")
    reduction_amount = fields.Monetary(
        "Reduction", help="By how much the price of the whole quantity is lowered, taxes included.")

    _reduction_not_negative = models.Constraint(
        'CHECK (reduction_percent >= 0 AND reduction_percent <= 100 AND reduction_amount >= 0)',
        "A price reduction cannot be negative, nor more than 100 percent.")

    @api.depends('resolution_id', 'policy_id')
    def _compute_resolution_action(self):
        for line in self:
            line.resolution_action = line._get_action()

    def _get_action(self):
        """What happens for this line: the action of its resolution, `refund` while nothing is known."""
        self.ensure_one()
        return self._get_resolution().action or 'refund'

    def _is_without_goods(self):
        """Whether nothing of this line comes back."""
        self.ensure_one()
        return self._get_action() in WITHOUT_GOODS

    def _is_credited_for_goods(self):
        """Whether goods that come back on this line are credited: not when the customer gets the same goods again."""
        self.ensure_one()
        action = self._get_action()
        if action == 'exchange':
            return self._is_other_product()
        return action != 'send_back' and action not in WITHOUT_GOODS

    def _get_qty_wanted(self):
        """What the line is about: what is asked for, or what is approved of it."""
        self.ensure_one()
        return self.qty_approved if self._is_frozen() else self.product_uom_qty

    def _keep_approved(self):
        """The customer keeps what is approved of the lines that need no goods back."""
        without_goods = self.filtered(lambda line: line._is_without_goods())
        for quantity, lines in without_goods.grouped('qty_approved').items():
            lines.qty_kept = quantity

    def _get_qty_claimed(self):
        """Override: what is kept for a credit is used up from the approval on, a lower price uses nothing up."""
        claimed = super()._get_qty_claimed()
        if not self:
            return claimed
        action = self._get_action()
        if action == 'reduce':
            return 0.0
        if action == 'keep':
            return max(claimed, self._convert_qty(self.qty_kept, self.product_id.uom_id))
        return claimed

    # === A lower price ===

    def _get_unit_credit(self):
        """What is credited for one unit of this line, taxes included."""
        self.ensure_one()
        action = self._get_action()
        if action == 'reduce':
            return self._get_unit_price() * self._get_reduction_share()
        return self._get_unit_price() if action == 'keep' or self._is_credited_for_goods() else 0.0

    def _get_reduction_share(self):
        """Which part of the price is given back, 0 to 1: by the amount when there is one, else by the percentage."""
        self.ensure_one()
        if not self.reduction_amount:
            return self.reduction_percent / 100
        price = self._get_qty_wanted() * self._get_unit_price()
        return min(1.0, self.reduction_amount / price) if price else 0.0

    def _check_reduction(self):
        """:raise UserError: when it is not said by how much a price is lowered, or when that is more than was paid"""
        for line in self.filtered(lambda line: line._get_action() == 'reduce' and line._get_qty_wanted()):
            if not line._get_reduction_share():
                raise UserError(self.env._(
                    "By how much is the price of %s lowered? Enter a percentage or an amount on its line.",
                    line.product_id.display_name))
            price = line._round_amount(line._get_qty_wanted() * line._get_unit_price())
            if line.currency_id.compare_amounts(line.reduction_amount, price) > 0:
                raise UserError(self.env._(
                    "The price of %(product)s cannot be lowered by more than was paid: %(price)s.",
                    product=line.product_id.display_name,
                    price=formatLang(self.env, price, currency_obj=line.currency_id)))
