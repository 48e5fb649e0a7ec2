from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


class ReconciliationController(http.Controller):

    @http.route(
        '/returns_management/reconciliation/<string:day>.xlsx', type='http', auth='user', methods=['GET'],
        readonly=True)
    def export(self, day, company=None):
        """The month-end workbook of one company as of `day` (`YYYY-MM-DD`)."""
        try:
            date = fields.Date.to_date(day)
        except ValueError:
            date = None
        chosen = request.env.user.company_ids.filtered(lambda own: str(own.id) == company)
        companies = chosen if company else request.env.company
        if not date or not companies:
            raise request.not_found()
        try:
            file = request.env['returns.workbook'].with_context(
                allowed_company_ids=companies.ids)._export(date)
        except AccessError:
            raise request.not_found() from None
        name = request.env._("Returns reconciliation %(company)s %(day)s.xlsx", company=companies.name, day=day)
        return request.make_response(file, headers=[
            ('Content-Type', XLSX), ('Content-Disposition', content_disposition(name))])
