from odoo import models


class ReturnsOrder(models.Model):
    """What the customer reads about the inspections, and how to object to them."""

    _inherit = 'returns.order'

    def _get_customer_findings(self):
        """Override: what was refused, or not credited in full."""
        return [*super()._get_customer_findings(), *(
            {'product': one.product_id.display_name, 'text': one._get_customer_text()}
            for one in self.sudo().inspection_ids if one.counts and (one.is_refused or one.credit_share < 1)
        )]

    def _get_disputable(self):
        """The inspections that the customer may object to: as long as refused goods are here, or money is owed."""
        return self.sudo().inspection_ids.filtered(lambda one: (
            one.counts and 'open' not in one.dispute_ids.mapped('state')
            and (one.goods_state in ('pending', 'held') if one.is_refused else one.credit_share < 1)))

    def _can_be_disputed(self):
        """Override: while there is a finding that nobody has objected to."""
        return super()._can_be_disputed() or bool(self._get_disputable())

    def _dispute(self, text):
        """Override: the goods stay until the objection is settled."""
        super()._dispute(text)
        self.env['returns.dispute'].sudo().create([
            {'inspection_id': inspection.id, 'customer_note': text, 'user_id': self.user_id.id}
            for inspection in self._get_disputable()
        ])


class ReturnsInspection(models.Model):
    _inherit = 'returns.inspection'

    def _get_finding(self):
        """What was found, in the inspector's words, else the defects."""
        self.ensure_one()
        return self.refusal_note if self.is_refused and self.refusal_note else (
            self.note or ", ".join(self.defect_ids.mapped('name')))

    def _get_customer_text(self):
        """The result as the customer reads it."""
        self.ensure_one()
        if self.is_refused:
            result = self.env._("Not accepted")
        else:
            result = self.env._(
                "%(grade)s, %(share)s %% of the price are credited",
                grade=self.grade_id.name, share=round(self.credit_share * 100))
        return ": ".join(filter(None, [result, self._get_finding()]))
