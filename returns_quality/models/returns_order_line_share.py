from odoo import api, models
from odoo.tools import float_compare, float_round

from odoo.addons.returns_management.models.returns_order_line_share import SHARE_ROUNDING


class ReturnsOrderLine(models.Model):
    """The grades say which part of the price is credited: of each piece its own, of the line the average."""

    _inherit = 'returns.order.line'

    def _get_accepted_parts(self):
        """What inspections accepted, and what nobody inspected: list of `(quantity, share)`, the smallest share first.

        So a part that is credited before the others never gets more than what is owed in the end. Quantities are in the
        unit of the line.
        """
        self.ensure_one()
        accepted = self.inspection_ids.filtered(lambda one: one.counts and not one.is_refused)
        parts = [
            (self.product_id.uom_id._compute_quantity(one.quantity, self.product_uom_id, round=False), one.credit_share)
            for one in accepted]
        rest = self.qty_accepted - sum(quantity for quantity, _share in parts)
        if self.product_uom_id.compare(rest, 0) > 0:
            parts.append((rest, 1.0))
        return sorted(parts, key=lambda part: part[1])

    def _get_average_share(self):
        """The average share over all that is accepted; 1 while nothing is."""
        parts = self._get_accepted_parts()
        total = sum(quantity for quantity, _share in parts)
        return sum(quantity * share for quantity, share in parts) / total if total else 1.0

    @api.depends(
        'qty_accepted', 'inspection_ids.counts', 'inspection_ids.credit_share', 'inspection_ids.is_refused',
        'inspection_ids.quantity',
    )
    def _compute_share_to_credit(self):
        super()._compute_share_to_credit()

    def _get_units_owed(self, quantity):
        """Override: exactly what each piece is worth, unless somebody has set another share for the line by hand."""
        if not self.inspection_ids or float_compare(self.credit_share, self._get_average_share(), precision_digits=4):
            return super()._get_units_owed(quantity)
        owed = 0.0
        for part, share in self._get_accepted_parts():
            taken = min(part, quantity)
            owed += taken * share
            quantity -= taken
        owed += max(0.0, quantity) - self._get_units_credited()
        return max(0.0, float_round(owed, precision_rounding=SHARE_ROUNDING))

    def _update_credit_shares(self):
        """Credit what the grades say; where more is owed than is credited already, the difference at once."""
        changed = {}
        for line in self:
            share = line._get_average_share()
            if float_compare(line.credit_share, share, precision_digits=4):
                changed.setdefault((share, line._get_share_note()), []).append(line.id)
        for (share, note), line_ids in changed.items():
            self.browse(line_ids)._set_credit_share(share, note)

    def _get_share_note(self):
        """Why not the whole price is credited, as the customer reads it."""
        self.ensure_one()
        lowered = self.inspection_ids.filtered(
            lambda one: one.counts and not one.is_refused and one.credit_share < 1)
        return "; ".join(dict.fromkeys(
            ": ".join(filter(None, [one.grade_id.name, one._get_finding()])) for one in lowered
        )) or self.env._("Inspected: the whole price is credited.")

    @api.depends('inspection_ids.photo_ids', 'inspection_ids.answer_ids.photo_ids')
    def _compute_has_photo(self):
        """Override: pictures of the inspection show it, too."""
        super()._compute_has_photo()
        for line in self - self.filtered('has_photo'):
            inspections = line.inspection_ids.sudo()
            line.has_photo = bool(inspections.photo_ids or inspections.answer_ids.photo_ids)
