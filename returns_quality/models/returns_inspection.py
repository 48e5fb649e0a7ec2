from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: How long something waits, by days; the last one has no end.
AGES = [('today', 1), ('days', 3), ('week', 7), ('older', None)]


class ReturnsInspection(models.Model):
    """What somebody finds out about a part of what was received: its condition, where it goes, what is credited.

    Goods that are inspected wait for it: nothing of them counts for the customer or goes anywhere before.
    """

    _name = 'returns.inspection'
    _description = "Return Inspection"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'state desc, date_deadline, id'
    _check_company_auto = True

    # What is inspected
    line_id = fields.Many2one(
        'returns.order.line', string="Return Line", required=True, readonly=True, index=True, ondelete='restrict',
        check_company=True)
    order_id = fields.Many2one(related='line_id.order_id', store=True, index=True, string="Return")
    company_id = fields.Many2one(related='line_id.company_id', store=True, index=True)
    product_id = fields.Many2one(related='line_id.product_id', store=True, index=True)
    product_uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    product_image = fields.Image(related='product_id.image_128', string="Picture")
    partner_id = fields.Many2one(related='order_id.partner_id')
    reason_id = fields.Many2one(related='line_id.reason_id')
    move_id = fields.Many2one(
        'stock.move', string="Received By", required=True, readonly=True, index=True, ondelete='restrict',
        check_company=True)
    lot_id = fields.Many2one(
        'stock.lot', string="Lot/Serial Number", readonly=True, index='btree_not_null', check_company=True)
    quantity = fields.Float(
        digits='Product Unit', required=True, readonly=True, help="In the unit of the product.")
    location_id = fields.Many2one('stock.location', string="Is At", readonly=True, check_company=True)

    # Who and when
    state = fields.Selection(
        [('todo', "To Inspect"), ('done', "Inspected")], string="Status", required=True, readonly=True,
        default='todo', index=True, tracking=True)
    user_id = fields.Many2one(
        'res.users', string="Inspector", tracking=True, check_company=True, domain="[('share', '=', False)]")
    date_received = fields.Datetime("Received On", readonly=True, default=fields.Datetime.now)
    date_deadline = fields.Date("Inspect By", compute='_compute_date_deadline', store=True, readonly=False)
    date_done = fields.Datetime("Inspected On", readonly=True)
    age = fields.Selection(
        [('today', "Since today"), ('days', "One or two days"), ('week', "Up to a week"), ('older', "Longer")],
        string="Waiting", readonly=True, default='today', group_expand='_group_expand_age')
    is_overdue = fields.Boolean(compute='_compute_is_overdue', search='_search_is_overdue')

    # What is looked at
    checklist_ids = fields.Many2many('returns.checklist', string="Checklists", readonly=True)
    answer_ids = fields.One2many('returns.inspection.answer', 'inspection_id', string="Answers")
    note = fields.Text("Finding", help="In your own words. The customer can read it.")

    _quantity_positive = models.Constraint('CHECK (quantity > 0)', "The inspected quantity must be more than zero.")

    @api.depends('product_id', 'order_id', 'quantity', 'lot_id')
    def _compute_display_name(self):
        for inspection in self:
            what = inspection.lot_id.name or inspection._format_quantity()
            inspection.display_name = f'{inspection.order_id.name}: {inspection.product_id.display_name} ({what})'

    def _format_quantity(self):
        return f'{self.quantity:g} {self.product_uom_id.name}'

    @api.depends('date_received', 'company_id')
    def _compute_date_deadline(self):
        for inspection in self:
            days = inspection.company_id.returns_inspection_days
            inspection.date_deadline = (
                inspection.date_received.date() + relativedelta(days=days) if inspection.date_received else False)

    @api.depends('state', 'date_deadline')
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for inspection in self:
            inspection.is_overdue = (
                inspection.state == 'todo' and bool(inspection.date_deadline) and inspection.date_deadline < today)

    def _search_is_overdue(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('state', '=', 'todo'), ('date_deadline', '<', fields.Date.context_today(self))]

    @api.model
    def _group_expand_age(self, values, domain):
        """Columns in the order of the ages, the oldest first."""
        return [age for age, _days in reversed(AGES) if age in values]

    def write(self, vals):
        self.env['returns.order']._check_wish(self, vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.env.context.get('returns_inspection_shrinks'):
            raise UserError(self.env._("An inspection stays: what it says about the goods cannot be forgotten."))

    # === Those that wait ===

    @api.model
    def _cron_update_age(self):
        """Say how long the goods wait, and have the overdue ones seen to."""
        now = fields.Datetime.now()
        waiting = self.search([('state', '=', 'todo')])
        for age, inspections in waiting.grouped(
            lambda inspection: get_age((now - inspection.date_received).total_seconds() / 86400)
        ).items():
            inspections.filtered(lambda inspection: inspection.age != age)._write_by_system({'age': age})  # noqa: B023
        self._cron_dispose_refused()

    def _write_by_system(self, vals):
        """Write what follows from what was done, which nobody writes by hand."""
        self.sudo().write(vals)


def get_age(days):
    """The name of the age of what waits since `days`.

    >>> [get_age(days) for days in (0.5, 1, 6.9, 400)]
    ['today', 'days', 'week', 'older']
    """
    return next(age for age, limit in AGES if limit is None or days < limit)
