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
        for model, field_name in (('returns.order', 'order_id'), ('returns.order.line', 'id')):
            ids = [attachment.res_id for attachment in self.sudo() if attachment.res_model == model]
            if ids:
                self.env['returns.order.line'].sudo().search([
                    (field_name, 'in', ids), ('order_id.state', '=', 'draft'),
                ])._update_verdict()
