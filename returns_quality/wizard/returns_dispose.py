from odoo import Command, api, fields, models


class ReturnsDispose(models.TransientModel):
    """Asks where the goods of finished inspections go now: out of the hold, or before the time to object is over."""

    _name = 'returns.dispose'
    _description = "Move Inspected Goods"

    inspection_ids = fields.Many2many('returns.inspection', string="Inspections", required=True)
    disposition_id = fields.Many2one(
        'returns.disposition', string="Goods Go To", required=True, ondelete='cascade')

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get('active_model') == 'returns.inspection':
            inspections = self.env['returns.inspection'].browse(self.env.context.get('active_ids', []))
            values['inspection_ids'] = [Command.set(inspections.ids)]
            if len(inspections.disposition_id) == 1 and inspections.disposition_id.action != 'hold':
                values['disposition_id'] = inspections.disposition_id.id
        return values

    def action_dispose(self):
        self.ensure_one()
        self.inspection_ids.action_dispose(self.disposition_id.id)
        return {'type': 'ir.actions.act_window_close'}
