from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    returns_line_id = fields.Many2one(
        'returns.order.line', string="Return Line", copy=False, index='btree_not_null', ondelete='set null',
        check_company=True)
