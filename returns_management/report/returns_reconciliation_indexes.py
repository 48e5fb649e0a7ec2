from odoo import models

from .returns_reconciliation_query import PLAIN


class ReturnsOrderLine(models.Model):
    _inherit = 'returns.order.line'

    # The reconciliation shows the newest first: the database reads them in this order, and only those of the page.
    _newest_idx = models.Index("(create_date, id)")


class StockMove(models.Model):
    _inherit = 'stock.move'

    # Of all moves only those that people took back without a return, by their id in the reconciliation. That it is
    # unique tells the database how few it finds.
    _returns_plain_idx = models.UniqueIndex(
        f"((id + {PLAIN})) WHERE returns_line_id IS NULL AND origin_returned_move_id IS NOT NULL")
