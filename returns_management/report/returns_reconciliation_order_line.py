from odoo import models
from odoo.tools import SQL


class ReturnsReconciliation(models.Model):
    """What a row shares with others: what the customer has of the order line, and what its other returns take."""

    _inherit = 'returns.reconciliation'

    def _get_kept(self):
        """What the customer has of the order line: as `stock.move._get_returns_direction` counts it."""
        return SQL(
            """SELECT SUM(move.quantity * move_uom.factor * CASE
                        WHEN move.location_dest_id IN (%(customers)s)
                        THEN CASE WHEN move.to_refund OR move.origin_returned_move_id IS NULL THEN 1 ELSE 0 END
                        WHEN move.to_refund AND move.location_id IN (%(customers)s) THEN -1
                        ELSE 0 END) AS quantity,
                      SUM(move.quantity * move_uom.factor) FILTER (
                          WHERE move.location_dest_id IN (%(customers)s) AND came_back.returns_line_id IS NOT NULL
                      ) AS resent
                 FROM stock_move move
                 JOIN uom_uom move_uom ON move_uom.id = move.product_uom
                 LEFT JOIN stock_move came_back ON came_back.id = move.origin_returned_move_id
                WHERE move.sale_line_id = fact.sale_line_id AND move.product_id = fact.product_id
                  AND move.state = 'done' AND %(until)s""",
            customers=self._get_customer_locations(), until=self._until(SQL("move.date")))

    def _get_awaited(self):
        """What the customer is still to get of the order line, of deliveries in several steps each once."""
        return SQL(
            """SELECT SUM(move.product_uom_qty * move_uom.factor)
                 FROM stock_move move
                 JOIN uom_uom move_uom ON move_uom.id = move.product_uom
                WHERE move.sale_line_id = fact.sale_line_id AND move.product_id = fact.product_id
                  AND move.state NOT IN ('done', 'cancel') AND move.origin_returned_move_id IS NULL
                  AND COALESCE(move.location_final_id, move.location_dest_id) IN (%s)
                  AND NOT EXISTS (SELECT FROM stock_move_move_rel rel WHERE rel.move_orig_id = move.id)""",
            self._get_customer_locations())

    def _get_others(self):
        """What the other rows of the same order line have to do with its invoices.

        `later`: what came later and is to be credited, for which the invoices are used first, as
        `returns.order.line._compute_qty_to_credit` does it. `advance`: what is credited and still with the customer.
        `billed_back`: what came after it was invoiced, to be credited; `unbilled`: what came before; `in_vain`: what
        came and goes back to the customer.
        """
        return SQL(
            """SELECT COALESCE(returns.later, 0) + COALESCE(plain.later, 0) AS later, returns.advance,
                      returns.billed_back, returns.unbilled, returns.in_vain
                 FROM (SELECT SUM(GREATEST(0, sibling.accepted - sibling.credited)) FILTER (
                                  WHERE sibling.for_goods AND (fact.line_id IS NULL OR sibling.id > fact.line_id)
                              ) AS later,
                              SUM(GREATEST(0, sibling.credited - sibling.received)) AS advance,
                              SUM(GREATEST(0, sibling.received - sibling.unbilled - sibling.refused))
                                  FILTER (WHERE sibling.for_goods) AS billed_back,
                              SUM(sibling.unbilled) AS unbilled,
                              SUM(CASE WHEN sibling.action = 'send_back' THEN sibling.received
                                       WHEN sibling.for_goods THEN sibling.refused ELSE 0 END) AS in_vain
                         FROM (%(siblings)s) sibling) returns
                 CROSS JOIN (
                      SELECT SUM(move.quantity * move_uom.factor) AS later
                        FROM stock_move move
                        JOIN uom_uom move_uom ON move_uom.id = move.product_uom
                       WHERE fact.move_id IS NOT NULL AND move.sale_line_id = fact.sale_line_id
                         AND move.id > fact.move_id AND %(is_plain)s AND %(until)s) plain""",
            siblings=self._get_siblings(), is_plain=self._is_plain_return(), until=self._until(SQL("move.date")))

    def _get_siblings(self):
        """What came and what is credited of the other return lines of the same order line."""
        row = SQL("other")
        return SQL(
            """SELECT other.id, its_resolution.action, %(for_goods)s AS for_goods,
                      COALESCE(came.quantity, 0) AS received, COALESCE(credit.quantity, 0) AS credited,
                      GREATEST(0, COALESCE(came.quantity, 0) - (%(unaccepted)s) * its_uom.factor) AS accepted,
                      LEAST(COALESCE(came.quantity, 0), other.not_taken * its_uom.factor) AS refused,
                      LEAST(COALESCE(came.quantity, 0), COALESCE(other.qty_unbilled, 0) * its_uom.factor) AS unbilled
                 FROM (%(lines)s) other
                 JOIN uom_uom its_uom ON its_uom.id = other.product_uom_id
                 LEFT JOIN returns_policy its_policy ON its_policy.id = other.policy_id
                 LEFT JOIN returns_resolution its_resolution
                   ON its_resolution.id = COALESCE(other.resolution_id, its_policy.resolution_id)
                 LEFT JOIN LATERAL (%(received)s) came ON TRUE
                 LEFT JOIN LATERAL (
                      SELECT SUM(%(sign)s * item.quantity * item_uom.factor) AS quantity
                        FROM account_move_line item
                        JOIN account_move note ON note.id = item.move_id
                        JOIN uom_uom item_uom ON item_uom.id = item.product_uom_id
                       WHERE item.returns_line_id = other.id AND %(posted)s AND %(is_goods)s) credit ON TRUE
                WHERE other.sale_line_id = fact.sale_line_id AND other.id IS DISTINCT FROM fact.line_id""",
            received=self._get_received(row), posted=self._is_posted_credit(), is_goods=self._is_part('goods'),
            sign=self._get_sign(SQL("note")), lines=self._get_lines(), unaccepted=self._get_unaccepted(row),
            for_goods=self._is_for_goods(row, SQL("its_resolution")))
