from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    returns_mail_submitted = fields.Boolean(related='company_id.returns_mail_submitted', readonly=False)
    returns_mail_question = fields.Boolean(related='company_id.returns_mail_question', readonly=False)
    returns_mail_approved = fields.Boolean(related='company_id.returns_mail_approved', readonly=False)
    returns_mail_refused = fields.Boolean(related='company_id.returns_mail_refused', readonly=False)
    returns_mail_reminder = fields.Boolean(related='company_id.returns_mail_reminder', readonly=False)
    returns_mail_received = fields.Boolean(related='company_id.returns_mail_received', readonly=False)
    returns_mail_credited = fields.Boolean(related='company_id.returns_mail_credited', readonly=False)
    returns_mail_closed = fields.Boolean(related='company_id.returns_mail_closed', readonly=False)
    returns_answer_days = fields.Integer(related='company_id.returns_answer_days', readonly=False)
    returns_reminder_days = fields.Integer(related='company_id.returns_reminder_days', readonly=False)
    returns_review_days = fields.Integer(related='company_id.returns_review_days', readonly=False)
    returns_exchange_rate = fields.Selection(related='company_id.returns_exchange_rate', readonly=False)
