from odoo import models
from odoo.tools import SQL


class ReturnsReconciliation(models.Model):
    _inherit = 'returns.reconciliation'

    def _get_refused(self):
        """Override: what inspections refused is never credited either."""
        return SQL("%s + COALESCE(line.qty_rejected, 0)", super()._get_refused())
