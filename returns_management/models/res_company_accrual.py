from odoo import fields, models


class ResCompany(models.Model):
    """Where month end is booked."""

    _inherit = 'res.company'

    returns_accrual_journal_id = fields.Many2one(
        'account.journal', check_company=True, domain="[('type', '=', 'general')]")
    returns_revenue_account_id = fields.Many2one(
        'account.account', string="Sales Returns Account", check_company=True,
        domain="[('internal_group', 'in', ('income', 'expense'))]",
        help="Takes the revenue of goods that came back and are not credited yet.")
    returns_liability_account_id = fields.Many2one(
        'account.account', string="Refund Liability Account", check_company=True,
        domain="[('internal_group', 'in', ('liability',))]",
        help="What customers will be credited for goods that came back.")


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    returns_accrual_journal_id = fields.Many2one(related='company_id.returns_accrual_journal_id', readonly=False)
    returns_revenue_account_id = fields.Many2one(related='company_id.returns_revenue_account_id', readonly=False)
    returns_liability_account_id = fields.Many2one(related='company_id.returns_liability_account_id', readonly=False)
