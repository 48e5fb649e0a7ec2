from odoo import api, fields, models
from odoo.tools import SQL


class ReturnsInspectionReport(models.Model):
    """What was found: one record for each inspection that counts, and one more for each further defect it has.

    Quantities and amounts stand on the first record of an inspection alone, so that their sums are right; the
    defective quantity stands on the record of every defect.
    """

    _name = 'returns.inspection.report'
    _description = "Inspection Analysis"
    _auto = False
    _order = 'date_done desc, id desc'
    _rec_name = 'inspection_id'

    inspection_id = fields.Many2one('returns.inspection', readonly=True)
    order_id = fields.Many2one('returns.order', string="Return", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    date_received = fields.Datetime("Received On", readonly=True)
    date_done = fields.Datetime("Inspected On", readonly=True)
    user_id = fields.Many2one('res.users', string="Inspector", readonly=True)

    # What it is
    product_id = fields.Many2one('product.product', readonly=True)
    product_tmpl_id = fields.Many2one('product.template', string="Product Template", readonly=True)
    categ_id = fields.Many2one('product.category', string="Product Category", readonly=True)
    lot_id = fields.Many2one('stock.lot', string="Lot/Serial Number", readonly=True)
    supplier_id = fields.Many2one(
        'res.partner', readonly=True, help="The first one on the list of the product's vendors.")
    reason_id = fields.Many2one('returns.reason', readonly=True)

    # What was found
    grade_id = fields.Many2one('returns.grade', readonly=True)
    disposition_id = fields.Many2one('returns.disposition', string="Goods Go To", readonly=True)
    defect_id = fields.Many2one('returns.defect', readonly=True)

    # Measures
    quantity = fields.Float("Inspected", digits='Product Unit', readonly=True)
    qty_passed = fields.Float("Passed", digits='Product Unit', readonly=True)
    qty_refused = fields.Float("Refused", digits='Product Unit', readonly=True)
    qty_defect = fields.Float(
        "Defective", digits='Product Unit', readonly=True, help="Counted for each of its defects.")
    pass_rate = fields.Float(readonly=True, aggregator='avg', help="Passed divided by inspected quantity.")
    amount_written_down = fields.Monetary("Written Down", readonly=True)
    amount_scrapped = fields.Monetary("Scrapped", readonly=True, help="The value that the goods had.")
    days_to_inspect = fields.Float(readonly=True, aggregator='avg', help="From the receipt.")

    def _read_group_select(self, aggregate_spec, query):
        """Override to divide sums, so that the rate is right for every grouping."""
        if aggregate_spec != 'pass_rate:avg':
            return super()._read_group_select(aggregate_spec, query)
        passed, inspected = (self._field_to_sql(self._table, name, query) for name in ('qty_passed', 'quantity'))
        return SQL("SUM(%s) / NULLIF(SUM(%s), 0)", passed, inspected)

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self):
        return SQL("""
            SELECT row_number() OVER (ORDER BY found.inspection_id, found.defect_id) AS id,
                   found.*,
                   CASE WHEN found.quantity > 0 THEN found.qty_passed / found.quantity END AS pass_rate
              FROM (
            SELECT inspection.id AS inspection_id,
                   inspection.order_id,
                   inspection.company_id,
                   company.currency_id,
                   inspection.date_received,
                   inspection.date_done,
                   inspection.user_id,
                   inspection.product_id,
                   product.product_tmpl_id,
                   template.categ_id,
                   inspection.lot_id,
                   supplier.partner_id AS supplier_id,
                   line.reason_id,
                   inspection.grade_id,
                   inspection.disposition_id,
                   defect.defect_id,
                   inspection.quantity * part.is_first AS quantity,
                   inspection.quantity * part.is_first * (NOT inspection.has_failed)::int AS qty_passed,
                   inspection.quantity * part.is_first * inspection.is_refused::int AS qty_refused,
                   inspection.quantity * (inspection.has_failed AND (part.is_first = 1 OR defect.defect_id IS NOT NULL)
                   )::int AS qty_defect,
                   inspection.write_down_amount * part.is_first AS amount_written_down,
                   scrapped.value * part.is_first AS amount_scrapped,
                   EXTRACT(EPOCH FROM inspection.date_done - inspection.date_received) / 86400 AS days_to_inspect
        """)

    @api.model
    def _from(self):
        return SQL("""
              FROM returns_inspection inspection
              JOIN returns_order_line line ON line.id = inspection.line_id
              JOIN res_company company ON company.id = inspection.company_id
              JOIN product_product product ON product.id = inspection.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN LATERAL (
                   SELECT rel.returns_defect_id AS defect_id,
                          row_number() OVER (ORDER BY rel.returns_defect_id) AS number
                     FROM returns_defect_returns_inspection_rel rel
                    WHERE rel.returns_inspection_id = inspection.id
                   ) defect ON TRUE
        CROSS JOIN LATERAL (SELECT (COALESCE(defect.number, 1) = 1)::int AS is_first) part
         LEFT JOIN LATERAL (
                   SELECT info.partner_id
                     FROM product_supplierinfo info
                    WHERE info.product_tmpl_id = product.product_tmpl_id
                      AND (info.product_id IS NULL OR info.product_id = product.id)
                      AND (info.company_id IS NULL OR info.company_id = inspection.company_id)
                 ORDER BY info.sequence, info.min_qty, info.price, info.id
                    LIMIT 1
                   ) supplier ON TRUE
         LEFT JOIN LATERAL (
                   SELECT SUM(move.value) AS value
                     FROM stock_move move
                    WHERE move.returns_inspection_id = inspection.id
                      AND move.scrap_id IS NOT NULL AND move.state = 'done'
                   ) scrapped ON TRUE
        """)

    @api.model
    def _where(self):
        return SQL("WHERE inspection.counts) found")
