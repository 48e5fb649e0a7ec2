from odoo import api, fields, models

from .compute_anew import compute_anew


class ReturnsOrderLine(models.Model):
    """Was the customer made whole? What is credited of this line, and what is still to be."""

    _inherit = 'returns.order.line'

    credit_line_ids = fields.One2many(
        'account.move.line', 'returns_line_id', string="Credit Note Lines", copy=False, readonly=True)
    qty_credited = fields.Float(
        "Credited", digits='Product Unit', compute='_compute_credited', store=True, help="By posted credit notes.")
    qty_in_draft_credit = fields.Float(
        "In Draft Credit Notes", digits='Product Unit', compute='_compute_credited', store=True)
    qty_to_credit = fields.Float("To Credit", digits='Product Unit', compute='_compute_qty_to_credit', store=True)
    qty_drafted_by_hand = fields.Float(
        "Drafted by Hand", digits='Product Unit', compute='_compute_qty_to_credit', store=True,
        help="Somebody's own draft credit note stands for it.")
    amount_expected = fields.Monetary(
        "Expected Credit", compute='_compute_amount_expected', store=True, help="Taxes included.")
    amount_credited = fields.Monetary(
        "Credited Amount", compute='_compute_credited', store=True, help="By posted credit notes, taxes included.")
    amount_to_credit = fields.Monetary(
        compute='_compute_amount_to_credit', help="Taxes included.")

    @api.depends(
        'product_uom_id', 'credit_line_ids.quantity', 'credit_line_ids.product_uom_id',
        'credit_line_ids.price_total', 'credit_line_ids.parent_state', 'credit_line_ids.returns_part',
    )
    def _compute_credited(self):
        for line in self:
            credits = line.credit_line_ids.filtered(lambda credit: credit._is_returns_in_force())
            posted = credits.filtered(lambda credit: credit.parent_state == 'posted')
            line.qty_credited = line._sum_credited(posted)
            line.qty_in_draft_credit = line._sum_credited(credits - posted)
            line.amount_credited = sum(credit._get_returns_sign() * credit.price_total for credit in posted)

    def _sum_credited(self, credits):
        """The quantity that credit note lines settle, in the unit of this line."""
        return sum(
            credit._get_returns_sign() * credit.product_uom_id._compute_quantity(
                credit.quantity, self.product_uom_id, rounding_method='HALF-UP')
            for credit in credits if credit._is_returns_quantity())

    @api.depends(
        'qty_accepted', 'qty_to_receive', 'qty_credited', 'qty_in_draft_credit', 'qty_kept', 'resolution_id',
        'exchange_product_id',
    )
    def _compute_qty_to_credit(self):
        """What was accepted and is invoiced, but not credited: goods that were never invoiced need no credit note.

        Invoices are not among the dependencies, so that they cost nothing where there are no returns: `account.move`
        tells the returns of its order lines when they change.
        """
        lines_to_compute = set(self._ids)
        for sale_line, lines in self.sale_line_id._origin.returns_line_ids.grouped('sale_line_id').items():
            if not any(line._get_qty_uncredited() for line in lines):  # then no invoice has to be looked at
                for line in lines.filtered(lambda line: line.id in lines_to_compute):
                    line.qty_to_credit = line.qty_drafted_by_hand = 0.0
                continue
            creditable = sale_line._get_returns_creditable_qty()
            invoiced = sum(sale_line._get_returns_invoice_rooms().values())
            drafted = sale_line._get_returns_qty_drafted_by_hand()
            for line in lines.sorted('id', reverse=True):  # what came last is what is too much
                uncredited = line._get_qty_uncredited()
                wanted = line._convert_qty(uncredited, line.product_id.uom_id)
                reduced = line._get_action() == 'reduce'  # uses no unit up: it may still be returned
                part = min(invoiced if reduced else creditable, wanted)
                part_by_hand = min(drafted, wanted - part)
                creditable -= 0.0 if reduced else part
                drafted -= part_by_hand
                if line.id in lines_to_compute:
                    line.qty_to_credit = min(uncredited, line._convert_product_qty(part))
                    line.qty_drafted_by_hand = line._convert_product_qty(part_by_hand)
        for line in self.filtered(lambda line: not line._origin):
            line.qty_to_credit = line.qty_drafted_by_hand = 0.0

    def _get_qty_uncredited(self):
        """How much of what is due is on no credit note of this line, drafts too."""
        self.ensure_one()
        return max(0.0, self._get_qty_due() - self.qty_credited - self.qty_in_draft_credit)

    def _get_qty_due(self):
        """How much of this line is credited in all, as things stand."""
        self.ensure_one()
        if self._get_action() == 'reduce':
            return self.qty_kept
        return self._get_qty_in_advance() + (self.qty_accepted if self._is_credited_for_goods() else 0.0)

    def _get_qty_in_advance(self):
        """What is credited before it arrives, or though it never will.

        All that is on its way, when the policy says so; all that the customer keeps.
        """
        self.ensure_one()
        if self._get_action() == 'keep':
            return self.qty_kept
        in_advance = self._is_credited_for_goods() and self.policy_id.credit_trigger == 'on_approval'
        return self.qty_to_receive if in_advance else 0.0

    def _update_qty_to_credit(self):
        """Have it computed anew, with all that follows from it: an invoice or a credit note has changed."""
        compute_anew(self, ['qty_to_credit'])

    def _get_unit_price(self):
        """What one unit of this line was sold for, taxes included, in the currency of the order."""
        self.ensure_one()
        return self.sale_line_id.product_uom_id._compute_price(
            self.sale_line_id.price_reduce_taxinc, self.product_uom_id)

    @api.depends(
        'sale_line_id', 'product_uom_id', 'product_uom_qty', 'qty_approved', 'order_id.state', 'resolution_id',
        'exchange_product_id', 'reduction_percent', 'reduction_amount',
    )
    def _compute_amount_expected(self):
        for line in self:
            if not line.product_uom_id:  # still being filled in
                line.amount_expected = 0.0
                continue
            line.amount_expected = line._round_amount(line._get_qty_wanted() * line._get_unit_credit())

    @api.depends('qty_to_credit')
    def _compute_amount_to_credit(self):
        for line in self:
            line.amount_to_credit = (
                line._round_amount(line.qty_to_credit * line._get_unit_credit()) if line.qty_to_credit else 0.0)

    def _round_amount(self, amount):
        return self.currency_id.round(amount) if self.currency_id else amount
