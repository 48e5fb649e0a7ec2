from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    returns_line_id = fields.Many2one(
        'returns.order.line', string="Return Line", copy=False, index='btree_not_null', ondelete='set null',
        check_company=True)

    def _get_cogs_value(self):
        """Override of `stock_account`: no cost comes back with a credit for goods that the customer keeps."""
        line_sudo = self.sudo().returns_line_id
        if line_sudo and self.move_id.move_type == 'out_refund' and line_sudo._is_without_goods():
            return 0.0
        return super()._get_cogs_value()
