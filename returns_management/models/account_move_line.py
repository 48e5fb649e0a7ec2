from odoo import api, fields, models


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    returns_line_id = fields.Many2one(
        'returns.order.line', string="Return Line", copy=False, index='btree_not_null', ondelete='set null',
        check_company=True)

    def write(self, vals):
        """Each write has Odoo describe the tracked fields among those that are written, and all hundred where there is
        none, since a list without names stands for all. Here it stands for none, which is a tenth of the time in which
        an ordinary order is delivered and invoiced.
        """
        return super(AccountMoveLine, self.with_context(returns_describe_named=True)).write(vals)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        if allfields == [] and self.env.context.get('returns_describe_named'):
            return {}
        return super().fields_get(allfields, attributes)
