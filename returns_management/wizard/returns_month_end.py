from odoo import api, fields, models
from odoo.tools import format_date


class ReturnsMonthEnd(models.TransientModel):
    """Asks as of which day the reconciliation is to be shown or exported."""

    _name = 'returns.month.end'
    _description = "Returns Reconciliation as of a Day"

    date = fields.Date(
        "As Of", required=True, default=lambda self: self.env['returns.accrual']._get_last_month_end(),
        help="Counts what was received, posted and paid by the end of this day, whenever you look.")

    def action_show(self):
        """The reconciliation as of the day."""
        self.ensure_one()
        return self.env['returns.reconciliation']._get_action_as_of(self.date)

    def action_export(self):
        """The workbook as of the day."""
        self.ensure_one()
        return self.env['returns.reconciliation']._get_export_action(self.date)

    @api.depends('date')
    def _compute_display_name(self):
        for month_end in self:
            month_end.display_name = self.env._("As of %s", format_date(self.env, month_end.date))
