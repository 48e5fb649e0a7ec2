from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: ratio -> what is divided by what. Of sums, so that it is right for every grouping.
RATIOS = {
    'return_rate': ('qty_returned', 'qty_delivered'),
    'amount_rate': ('amount_returned', 'amount_delivered'),
}
#: What only returns have, no delivery. What is returned for one reason is compared with everything that was delivered.
FIELDS_OF_RETURNS = {
    'order_id', 'reason_id', 'fault', 'policy_id', 'resolution_id', 'legal_basis', 'state', 'user_id',
    'date_request', 'date_received', 'date_credit',
}


class ReturnsReport(models.Model):
    """What was sold and delivered, and what of it came back: one record for each delivery and each return line."""

    _name = 'returns.report'
    _description = "Return Analysis"
    _auto = False
    _order = 'date desc, id desc'
    _rec_name = 'product_id'

    kind = fields.Selection(
        [('delivery', "Delivered"), ('return', "Return"), ('plain', "Returned without a return")],
        readonly=True, help="Returned without a return: somebody reversed the delivery in Inventory.")

    # What was delivered
    date = fields.Datetime(
        "Delivered On", readonly=True,
        help="Of returned goods, too: the rate of a month says how much of what was delivered then came back.")
    product_id = fields.Many2one('product.product', readonly=True)
    product_tmpl_id = fields.Many2one('product.template', string="Product Template", readonly=True)
    categ_id = fields.Many2one('product.category', string="Product Category", readonly=True)
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    country_id = fields.Many2one('res.country', string="Customer's Country", readonly=True)
    sale_order_id = fields.Many2one('sale.order', string="Sales Order", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)

    # What came back
    order_id = fields.Many2one('returns.order', string="Returns", readonly=True, aggregator='count_distinct')
    reason_id = fields.Many2one('returns.reason', readonly=True)
    fault = fields.Selection(
        lambda self: self._get_selection('returns.reason', 'fault'), string="Caused By", readonly=True)
    policy_id = fields.Many2one('returns.policy', readonly=True)
    resolution_id = fields.Many2one('returns.resolution', string="Customer Gets", readonly=True)
    legal_basis = fields.Selection(
        lambda self: self._get_selection('returns.order', 'legal_basis'), readonly=True)
    state = fields.Selection(
        lambda self: self._get_selection('returns.order', 'state'), string="Status", readonly=True)
    user_id = fields.Many2one('res.users', string="Responsible", readonly=True)
    date_request = fields.Datetime("Requested On", readonly=True)
    date_received = fields.Datetime("Received On", readonly=True)
    date_credit = fields.Date("Credited On", readonly=True)

    # Measures
    qty_delivered = fields.Float("Delivered", digits='Product Unit', readonly=True)
    qty_requested = fields.Float("Requested", digits='Product Unit', readonly=True)
    qty_returned = fields.Float("Returned", digits='Product Unit', readonly=True)
    return_rate = fields.Float(
        readonly=True, aggregator='avg', help="Returned divided by delivered quantity.")
    amount_delivered = fields.Monetary("Delivered Amount", readonly=True, help="Without taxes.")
    amount_returned = fields.Monetary("Returned Amount", readonly=True, help="Without taxes.")
    amount_credited = fields.Monetary("Credited Amount", readonly=True, help="Without taxes, as booked.")
    amount_rate = fields.Float(
        "Return Rate by Amount", readonly=True, aggregator='avg', help="Returned divided by delivered amount.")
    days_to_request = fields.Float("Days to Request", readonly=True, aggregator='avg', help="From the delivery.")
    days_to_approve = fields.Float("Days to Approve", readonly=True, aggregator='avg', help="From the request.")
    days_to_receive = fields.Float("Days to Receive", readonly=True, aggregator='avg', help="From the approval.")
    days_to_credit = fields.Float("Days to Credit", readonly=True, aggregator='avg', help="From the receipt.")

    @api.model
    def _get_selection(self, model, fname):
        return self.env[model]._fields[fname]._description_selection(self.env)

    # --- Rates --------------------------------------------------------------------------------------------------------

    def _read_group(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None):
        report = self.with_context(returns_report_groupby=tuple(groupby))
        return super(ReturnsReport, report)._read_group(
            self._with_deliveries(domain, aggregates), groupby, aggregates, having, offset, limit, order)

    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        specs = tuple(dict.fromkeys(spec for groupby in grouping_sets for spec in groupby))
        report = self.with_context(returns_report_groupby=specs)
        return super(ReturnsReport, report)._read_grouping_sets(
            self._with_deliveries(domain, aggregates), grouping_sets, aggregates, order)

    def _with_deliveries(self, domain, aggregates):
        """`domain`, in which conditions that only returns can meet leave the deliveries in when a rate needs them."""
        if not any(f'{ratio}:avg' in aggregates for ratio in RATIOS):
            return domain
        return Domain(domain).map_conditions(
            lambda condition: condition | Domain('kind', '=', 'delivery')
            if self._is_field_of_returns(condition.field_expr) else condition)

    def _is_field_of_returns(self, spec):
        return spec.partition(':')[0].partition('.')[0] in FIELDS_OF_RETURNS

    def _read_group_select(self, aggregate_spec, query):
        """Override to divide sums. The groups that differ only in what returns have share their deliveries."""
        fname, _colon, aggregator = aggregate_spec.partition(':')
        if fname not in RATIOS or aggregator != 'avg':
            return super()._read_group_select(aggregate_spec, query)
        part, whole = (
            SQL("SUM(%s)", self._field_to_sql(self._table, name, query)) for name in RATIOS[fname])
        groupby = self.env.context.get('returns_report_groupby', ())
        if any(map(self._is_field_of_returns, groupby)):
            terms = {spec: self._read_group_groupby(self._table, spec, query) for spec in groupby}
            whole = SQL(
                "SUM(%s) OVER (PARTITION BY GROUPING(%s)%s)", whole, SQL(", ").join(terms.values()),
                SQL("").join(
                    SQL(", %s", term) for spec, term in terms.items() if not self._is_field_of_returns(spec)))
        return SQL("%s / NULLIF(%s, 0)", part, whole)

    # --- The records --------------------------------------------------------------------------------------------------

    @property
    def _table_query(self):
        return SQL(
            "WITH %s SELECT %s FROM %s", self._get_common_tables(), self._get_columns(), self._get_tables())

    def _get_common_tables(self):
        """Facts by what they are: what was delivered, what came back on a return, what came back without one."""
        return SQL(
            """customer_location AS (
                SELECT unnest(%(customers)s::integer[]) AS id
            ), received AS (%(received)s), credited AS (%(credited)s), fact AS (
                %(deliveries)s UNION ALL %(returns)s UNION ALL %(plain_returns)s
            )""",
            customers=list(self.env['stock.location']._get_returns_customer_ids()),
            received=self._get_received(), credited=self._get_credited(),
            deliveries=self._get_deliveries(), returns=self._get_returns(), plain_returns=self._get_plain_returns())

    def _get_deliveries(self):
        """As core counts what was delivered: what is sent again in place of something does not count."""
        return SQL("""
            SELECT move.id::bigint * 2 AS id, 'delivery' AS kind, move.sale_line_id, move.product_id, move.date,
                   NULL::integer AS line_id, move.quantity * move_uom.factor AS delivered, 0 AS returned,
                   NULL::timestamp AS date_received
              FROM stock_move move
              JOIN customer_location ON customer_location.id = move.location_dest_id
              JOIN uom_uom move_uom ON move_uom.id = move.product_uom
             WHERE move.state = 'done' AND move.sale_line_id IS NOT NULL
               AND (move.origin_returned_move_id IS NULL OR move.to_refund)""")

    def _get_returns(self):
        """Lines that somebody asked for. What was called off had not arrived: else it could not be called off."""
        return SQL("""
            SELECT line.id::bigint * 2 + 1, 'return', line.sale_line_id, line.product_id, origin.date,
                   line.id, 0, COALESCE(received.quantity, 0), received.date
              FROM returns_order_line line
              JOIN returns_order ON returns_order.id = line.order_id
              JOIN stock_move origin ON origin.id = line.origin_move_id
              LEFT JOIN received ON received.line_id = line.id
             WHERE returns_order.state NOT IN ('draft', 'cancel')""")

    def _get_received(self):
        """What arrived of each return line, in the reference unit, and when it first did."""
        return SQL("""
            SELECT move.returns_line_id AS line_id, SUM(move.quantity * move_uom.factor) AS quantity,
                   MIN(move.date) AS date
              FROM stock_move move
              JOIN returns_order_line line ON line.id = move.returns_line_id
               AND line.origin_move_id = move.origin_returned_move_id AND line.product_id = move.product_id
              JOIN customer_location ON customer_location.id = move.location_id
              JOIN uom_uom move_uom ON move_uom.id = move.product_uom
             WHERE move.state = 'done'
             GROUP BY move.returns_line_id""")

    def _get_plain_returns(self):
        """Deliveries that somebody reversed in Inventory, as core counts them: with *Update quantities on SO*."""
        return SQL("""
            SELECT move.id::bigint * 2, 'plain', origin.sale_line_id, move.product_id, origin.date,
                   NULL, 0, move.quantity * move_uom.factor, move.date
              FROM stock_move move
              JOIN stock_move origin ON origin.id = move.origin_returned_move_id
              JOIN customer_location ON customer_location.id = move.location_id
              JOIN uom_uom move_uom ON move_uom.id = move.product_uom
             WHERE move.state = 'done' AND move.to_refund AND move.returns_line_id IS NULL
               AND origin.sale_line_id IS NOT NULL
               AND move.location_dest_id NOT IN (SELECT id FROM customer_location)""")

    def _get_credited(self):
        """What posted credit notes credit of each return line, in the currency of the company, and when first."""
        return SQL("""
            SELECT item.returns_line_id AS line_id, SUM(item.balance) AS amount, MIN(item.invoice_date) AS date
              FROM account_move_line item
             WHERE item.returns_line_id IS NOT NULL AND item.parent_state = 'posted'
             GROUP BY item.returns_line_id""")

    def _get_tables(self):
        currencies = self.env['res.currency']._get_simple_currency_table(self.env.companies)
        return SQL(
            """fact
                JOIN sale_order_line sale_line ON sale_line.id = fact.sale_line_id
                JOIN sale_order sale ON sale.id = sale_line.order_id
                JOIN %s ON account_currency_table.company_id = sale.company_id
                JOIN res_partner contact ON contact.id = sale.partner_id
                JOIN res_partner partner ON partner.id = contact.commercial_partner_id
                JOIN product_product product ON product.id = fact.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                JOIN uom_uom product_uom ON product_uom.id = template.uom_id
                JOIN uom_uom sale_uom ON sale_uom.id = sale_line.product_uom_id
                CROSS JOIN LATERAL (
                    SELECT CASE WHEN sale_line.product_id = fact.product_id -- what a part of a kit costs nobody knows
                        THEN sale_line.price_reduce_taxexcl / sale_uom.factor
                             / COALESCE(NULLIF(sale.currency_rate, 0), 1) * account_currency_table.rate
                        ELSE 0 END AS amount
                ) price
                LEFT JOIN returns_order_line line ON line.id = fact.line_id
                LEFT JOIN returns_order ON returns_order.id = line.order_id
                LEFT JOIN returns_reason reason ON reason.id = line.reason_id
                LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
                LEFT JOIN credited ON credited.line_id = line.id""",
            currencies)

    def _get_columns(self):
        """What each record says. Quantities are in the unit of the product, amounts in the currency of the company."""
        return SQL(
            """fact.id, fact.kind, fact.date, fact.product_id, product.product_tmpl_id, template.categ_id,
               partner.id AS partner_id, partner.country_id, sale.id AS sale_order_id, sale.company_id,
               %(currency)s AS currency_id,
               line.order_id, line.reason_id, reason.fault, line.policy_id, line.resolution_id,
               returns_order.legal_basis, returns_order.state, returns_order.user_id,
               returns_order.date_request, fact.date_received, credited.date AS date_credit,
               fact.delivered / product_uom.factor AS qty_delivered,
               COALESCE(line.product_uom_qty * line_uom.factor / product_uom.factor, 0) AS qty_requested,
               fact.returned / product_uom.factor AS qty_returned,
               NULL::float AS return_rate, NULL::float AS amount_rate,
               fact.delivered * price.amount AS amount_delivered,
               fact.returned * price.amount AS amount_returned,
               COALESCE(credited.amount * account_currency_table.rate, 0) AS amount_credited,
               %(to_request)s AS days_to_request, %(to_approve)s AS days_to_approve,
               %(to_receive)s AS days_to_receive, %(to_credit)s AS days_to_credit""",
            currency=self.env.company.currency_id.id,
            to_request=self._get_days('fact.date', 'returns_order.date_request'),
            to_approve=self._get_days('returns_order.date_request', 'returns_order.date_approval'),
            to_receive=self._get_days('returns_order.date_approval', 'fact.date_received'),
            to_credit=self._get_days('fact.date_received', 'credited.date'))

    def _get_days(self, start, end):
        """Days from one moment to the other; 0 when it was the other way round: then nobody waited."""
        start, end = (SQL.identifier(*column.split('.')) for column in (start, end))
        return SQL(
            """CASE WHEN %(start)s IS NOT NULL AND %(end)s IS NOT NULL
                    THEN GREATEST(EXTRACT(EPOCH FROM %(end)s::timestamp - %(start)s) / 86400.0, 0) END""",
            start=start, end=end)
