from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    returns_inspection_days = fields.Integer(related='company_id.returns_inspection_days', readonly=False)
    returns_loss_account_id = fields.Many2one(related='company_id.returns_loss_account_id', readonly=False)
    returns_mail_inspected = fields.Boolean(related='company_id.returns_mail_inspected', readonly=False)
