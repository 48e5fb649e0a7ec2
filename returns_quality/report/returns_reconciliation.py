from odoo import models
from odoo.tools import SQL


class ReturnsReconciliation(models.Model):
    """What inspections accept: as of a day, what they had said by then."""

    _inherit = 'returns.reconciliation'

    def _get_refused(self):
        """Override: what inspections refused is never credited either."""
        refused = SQL("COALESCE(line.qty_rejected, 0)")
        if self._get_as_of():
            refused = self._get_inspected(SQL("line.id"), self._is_refused_by_then())
        return SQL("%s + %s", super()._get_refused(), refused)

    def _get_unaccepted(self, row):
        """Override: as of a day, what waited for its inspection then or was refused then, not what is by now."""
        unaccepted = super()._get_unaccepted(row)
        if not self._get_as_of():
            return unaccepted
        return SQL(
            """%(unaccepted)s + %(by_then)s - COALESCE((
                   SELECT today.qty_to_inspect + today.qty_rejected FROM returns_order_line today
                    WHERE today.id = %(row)s.line_id), 0)""",
            row=row, unaccepted=unaccepted,
            by_then=self._get_inspected(
                SQL("%s.line_id", row), SQL("(%s OR %s)", self._is_waiting_by_then(), self._is_refused_by_then())))

    def _get_inspected(self, line_id, condition):
        """SQL: how much of a return line the inspections `one` are about that meet the `condition`, in its unit."""
        return SQL(
            """COALESCE((
                   SELECT SUM(one.quantity * its_product_uom.factor / its_uom.factor)
                     FROM returns_inspection one
                     JOIN returns_order_line its_line ON its_line.id = one.line_id
                     JOIN uom_uom its_uom ON its_uom.id = its_line.product_uom_id
                     JOIN product_product its_product ON its_product.id = one.product_id
                     JOIN product_template its_template ON its_template.id = its_product.product_tmpl_id
                     JOIN uom_uom its_product_uom ON its_product_uom.id = its_template.uom_id
                    WHERE one.line_id = %s AND %s), 0)""", line_id, condition)

    def _is_waiting_by_then(self):
        """SQL condition: `one` was to be done. Where it looks again at something, the first result stands so long."""
        return SQL(
            "(one.previous_id IS NULL AND %s AND (one.date_done IS NULL OR NOT %s))",
            self._until(SQL("one.date_received")), self._until(SQL("one.date_done")))

    def _is_refused_by_then(self):
        """SQL condition: `one` had refused the goods, and nobody had looked again."""
        return SQL(
            """(one.is_refused AND %s AND NOT EXISTS (
                   SELECT FROM returns_inspection again WHERE again.previous_id = one.id AND %s))""",
            self._until(SQL("one.date_done")), self._until(SQL("again.date_done")))
