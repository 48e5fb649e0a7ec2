from odoo import Command, api, fields, models


class ReturnsPostingPreview(models.TransientModel):
    """What a return would book, as it was read when somebody asked."""

    _name = 'returns.posting.preview'
    _description = "What a Return Will Book"

    order_id = fields.Many2one('returns.order', string="Return", readonly=True)
    company_currency_id = fields.Many2one(related='order_id.company_id.currency_id')
    line_ids = fields.One2many('returns.posting.preview.line', 'preview_id', string="Journal Items", readonly=True)
    is_foreign = fields.Boolean(compute='_compute_is_foreign')

    @api.depends('line_ids')
    def _compute_is_foreign(self):
        for preview in self:
            preview.is_foreign = bool(preview.line_ids.currency_id - preview.company_currency_id)

    @api.model
    def _create_of(self, order, items):
        """:param items: list of dicts of lines"""
        return self.create({'order_id': order.id, 'line_ids': [Command.create(item) for item in items]})


class ReturnsPostingPreviewLine(models.TransientModel):
    _name = 'returns.posting.preview.line'
    _description = "Journal Item That a Return Will Book"

    preview_id = fields.Many2one('returns.posting.preview', required=True, ondelete='cascade')
    document = fields.Char()
    purpose = fields.Selection([
        ('credit', "Credit"), ('tax', "Tax"), ('owed', "Owed to the customer"), ('cost', "Cost"),
        ('rounding', "Rounding"), ('other', "Other"),
    ], string="What For")
    account = fields.Char()
    name = fields.Char("Label")
    company_currency_id = fields.Many2one(related='preview_id.company_currency_id', string="Company Currency")
    currency_id = fields.Many2one('res.currency')
    debit = fields.Monetary("Debit Amount", currency_field='company_currency_id')
    credit = fields.Monetary("Credit Amount", currency_field='company_currency_id')
    amount_currency = fields.Monetary("In Currency")
