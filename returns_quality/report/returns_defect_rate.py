from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date, formatLang

#: Points are watched for this long: somebody who was away still hears of them.
WATCHED_DAYS = 14


class ReturnsDefectRate(models.Model):
    """How often is something defective? A control chart (p-chart) of the defect rate of each product, week by week.

    A week with `n` inspected and `d` defective pieces is the point `p = d / n`. With `p̄`, all defective by all
    inspected pieces of the product, its control limits are `p̄ ± 3 · sqrt(p̄ · (1 - p̄) / n)`, cut at 0 and 1: see
    NIST/SEMATECH e-Handbook of Statistical Methods, section 6.3.3.2, “Proportions control charts”.

    There is one record for the point and one for each line of the chart, so that a graph can draw them together.
    """

    _name = 'returns.defect.rate'
    _description = "Defect Rate"
    _auto = False
    _order = 'date desc, product_id, id'
    _rec_name = 'product_id'

    product_id = fields.Many2one('product.product', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    date = fields.Date("Week", readonly=True, help="Its Monday.")
    series = fields.Selection(
        [('rate', "Defect rate"), ('center', "Average"), ('high', "Upper limit"), ('low', "Lower limit")],
        string="Line", readonly=True)
    value = fields.Float("Rate", readonly=True, aggregator='avg', digits=(5, 4))

    qty_inspected = fields.Float("Inspected", digits='Product Unit', readonly=True, aggregator=None)
    qty_defective = fields.Float("Defective", digits='Product Unit', readonly=True, aggregator=None)
    center = fields.Float("Average", readonly=True, aggregator=None, digits=(5, 4))
    limit_low = fields.Float("Lower Limit", readonly=True, aggregator=None, digits=(5, 4))
    limit_high = fields.Float("Upper Limit", readonly=True, aggregator=None, digits=(5, 4))
    is_out = fields.Boolean("Out of Control", readonly=True)

    @property
    def _table_query(self):
        return SQL("""
            WITH week AS (
                SELECT product_id, company_id, date_trunc('week', date_done)::date AS date,
                       SUM(quantity) AS qty_inspected,
                       SUM(quantity) FILTER (WHERE has_failed) AS qty_defective
                  FROM returns_inspection
                 WHERE counts
              GROUP BY 1, 2, 3
            ), point AS (
                SELECT product_id, company_id, date, qty_inspected,
                       COALESCE(qty_defective, 0) AS qty_defective,
                       COALESCE(qty_defective, 0) / qty_inspected AS rate,
                       SUM(COALESCE(qty_defective, 0)) OVER product / SUM(qty_inspected) OVER product AS center
                  FROM week
                WINDOW product AS (PARTITION BY product_id, company_id)
            ), limited AS (
                SELECT *,
                       GREATEST(0, center - 3 * sqrt(center * (1 - center) / qty_inspected)) AS limit_low,
                       LEAST(1, center + 3 * sqrt(center * (1 - center) / qty_inspected)) AS limit_high
                  FROM point
            )
            SELECT row_number() OVER (ORDER BY product_id, company_id, date, series.name) AS id,
                   product_id, company_id, date, qty_inspected, qty_defective, center, limit_low, limit_high,
                   rate < limit_low OR rate > limit_high AS is_out,
                   series.name AS series,
                   series.value
              FROM limited
        CROSS JOIN LATERAL (
                   VALUES ('rate', rate), ('center', center), ('high', limit_high), ('low', limit_low)
                   ) AS series(name, value)
        """)

    def action_view_chart(self):
        self.ensure_one()
        return self._get_chart_action(self.product_id, self.company_id)

    @api.model
    def _get_chart_action(self, product, company):
        """The control chart of one product in one company: the limits of several have no common meaning."""
        title = self.env._("Defect Rate: %s", product.display_name)
        return {
            **self.env['ir.actions.act_window']._for_xml_id('returns_quality.returns_defect_rate_action'),
            'name': title,
            'display_name': title,  # it is what the page shows
            'domain': [('product_id', '=', product.id), ('company_id', '=', company.id)],
            'context': {},
            'views': [(False, 'graph'), (False, 'list')],
            'path': False,
        }

    @api.model
    def _cron_alert(self):
        """Tell those responsible for a product when its defect rate leaves the limits: once for each week."""
        since = fields.Date.today() - relativedelta(days=WATCHED_DAYS)
        points = self.search([('series', '=', 'rate'), ('is_out', '=', True), ('date', '>', since)], order='date')
        for point in points:
            product = point.product_id.with_company(point.company_id)
            if product.returns_defect_alert_date and product.returns_defect_alert_date >= point.date:
                continue
            user = product.responsible_id or self.env.ref('base.user_admin')
            product.product_tmpl_id.activity_schedule(
                'returns_quality.mail_activity_type_defect_rate', user_id=user.id,
                summary=point.with_context(lang=user.lang)._get_alert())
            product.returns_defect_alert_date = point.date

    def _get_alert(self):
        self.ensure_one()
        rate, low, high = (
            formatLang(self.env, number * 100, digits=1) for number in (self.value, self.limit_low, self.limit_high))
        return self.env._(
            "%(product)s: %(rate)s %% defective in the week of %(week)s, outside of %(low)s to %(high)s %%",
            product=self.product_id.display_name, rate=rate, low=low, high=high, week=format_date(self.env, self.date))
