from odoo import fields, models


class ReturnsPolicy(models.Model):
    _inherit = 'returns.policy'

    credit_trigger = fields.Selection(
        selection_add=[('on_inspection', "When the goods are inspected"), ('manual',)],
        # Not by the policy's own write, which would leave the policies of submitted returns as they are.
        ondelete={'on_inspection': lambda policies: models.BaseModel.write(
            policies, {'credit_trigger': 'on_receipt'})},
        help="What has to be inspected is never credited before.")
    dispute_days = fields.Integer(
        "Days to Object", default=7,
        help="Days in which the customer may object before refused goods are sent back or scrapped.")

    _dispute_days_in_range = models.Constraint(
        'CHECK (dispute_days >= 0 AND dispute_days <= 3650)', "The days to object must lie between 0 and 3650.")
