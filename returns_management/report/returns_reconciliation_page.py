import re

from odoo import api, models
from odoo.fields import Domain


class ReturnsReconciliation(models.Model):
    """One page of many rows: the database finds and counts keys, and tells the facts of the rows of the page alone."""

    _inherit = 'returns.reconciliation'

    @api.model
    def search_count(self, domain, limit=None):
        keys = self._with_keys_only(domain, 'id')
        return super(ReturnsReconciliation, keys).search_count(domain, limit=limit)

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        keys = self._with_keys_only(domain, order or self._order)
        if keys.env == self.env:
            return super().search_fetch(domain, field_names, offset=offset, limit=limit, order=order)
        rows = keys.search(domain, offset=offset, limit=limit, order=order).with_env(self.env)
        rows.fetch(field_names)
        return rows

    def _with_keys_only(self, domain, order):
        """The same model, asked for keys alone, where `domain` and `order` need no facts."""
        names = {condition.field_expr.partition('.')[0] for condition in Domain(domain).iter_conditions()}
        names.update(re.match(r'\w+', part.strip())[0] for part in order.split(','))
        return self.with_context(returns_keys_only=True) if names <= self._get_identity().keys() else self
