from odoo import fields, models


class AccountMove(models.Model):
    """The entry that accrues returns at the end of a day: one for each company and day."""

    _inherit = 'account.move'

    returns_accrual_date = fields.Date(
        "Returns Accrued On", readonly=True, copy=False, index='btree_not_null',
        help="Goods received by the end of this day and not credited are accrued by this entry.")

    _returns_accrual_uniq = models.UniqueIndex(
        "(company_id, returns_accrual_date) WHERE returns_accrual_date IS NOT NULL AND state != 'cancel'",
        "The returns of this day are accrued already.")
