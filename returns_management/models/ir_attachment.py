from odoo import api, models


class IrAttachment(models.Model):
    _inherit = 'ir.attachment'

    @api.model_create_multi
    def create(self, vals_list):
        """Override: a photo may be what the policy waits for."""
        attachments = super().create(vals_list)
        attachments._update_returns_drafts()
        return attachments

    def write(self, vals):
        result = super().write(vals)
        if {'res_model', 'res_id'} & vals.keys():
            self._update_returns_drafts()
        return result

    def _update_returns_drafts(self):
        """Have the verdict of draft returns given anew to which these files belong."""
        for model, get_lines in (('returns.order', lambda order: order.line_ids), ('returns.order.line', lambda line: line)):
            ids = [attachment.res_id for attachment in self if attachment.res_model == model]
            if ids:
                lines = get_lines(self.env[model].sudo().browse(ids).exists())
                lines.filtered(lambda line: line.order_id.state == 'draft')._update_verdict()
