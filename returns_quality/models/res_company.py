from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    returns_inspection_days = fields.Integer(
        "Days to Inspect", default=2, help="Days after which goods that nobody has inspected are overdue.")
    returns_loss_account_id = fields.Many2one(
        'account.account', string="Losses on Returned Goods", check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost', 'expense_other'))]",
        help="Write-downs and write-offs of returned goods. Empty: the expense account of the product.")
    returns_mail_inspected = fields.Boolean("Goods Inspected", default=True)

    _returns_inspection_days_not_negative = models.Constraint(
        'CHECK (returns_inspection_days >= 0)', "The days to inspect cannot be negative.")

    def _prepare_returns_loss_lines(self, product, amount):
        """Journal items that take `amount` out of the value of the stock of `product`.

        :param amount: in company currency; negative where the value rises
        :return: list of two dicts for `account.move.line.create`, without a name
        """
        self.ensure_one()
        accounts = product.with_company(self).product_tmpl_id._get_product_accounts()
        loss_account = self.returns_loss_account_id or accounts['expense']
        return [
            {'account_id': accounts['stock_valuation'].id, 'balance': -amount, 'product_id': product.id},
            {'account_id': loss_account.id, 'balance': amount, 'product_id': product.id},
        ]
