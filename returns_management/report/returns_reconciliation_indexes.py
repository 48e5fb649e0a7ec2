from odoo import models

from .returns_reconciliation_query import PLAIN

#: Stock moves that people took back without a return, of all moves.
IS_PLAIN = "returns_line_id IS NULL AND origin_returned_move_id IS NOT NULL"


class ReturnsOrderLine(models.Model):
    _inherit = 'returns.order.line'

    # The reconciliation shows the newest first: the database reads them in this order, and only those of the page.
    _newest_idx = models.Index("(create_date, id)")


class StockMove(models.Model):
    _inherit = 'stock.move'

    # By their id in the reconciliation. That it is unique tells the database how few it finds.
    _returns_plain_idx = models.UniqueIndex(f"((id + {PLAIN})) WHERE {IS_PLAIN}")
    _returns_plain_newest_idx = models.Index(f"(date, (id + {PLAIN})) WHERE {IS_PLAIN}")
