from odoo import models


class ReturnsTrackingLogs(models.AbstractModel):
    """What changed of many records at once is written into their chatters in one batch, not one after the other.

    To be listed before the model that it is mixed into, whose `mail.thread` it overrides.
    """

    _name = 'returns.tracking.logs'
    _description = "Logs of Changes, Written Together"

    def _message_track(self, fields_iter, initial_values_dict):
        """Override of `mail`: the logs of all changes are collected, and created together."""
        if len(self) == 1:
            return super()._message_track(fields_iter, initial_values_dict)
        logs = []
        records = self.with_context(returns_tracking_logs=logs)
        tracking = super(ReturnsTrackingLogs, records)._message_track(fields_iter, initial_values_dict)
        messages = self.sudo()._message_create([{**log, 'tracking_value_ids': False} for log in logs])
        self.env['mail.tracking.value'].sudo().create([
            {**values, 'mail_message_id': message.id}
            for message, log in zip(messages, logs, strict=True)
            for _command, _id, values in log['tracking_value_ids'] or ()
        ])
        return tracking

    def _message_log_batch(self, *args, **kwargs):
        records = self.with_context(returns_collects_logs='returns_tracking_logs' in self.env.context)
        return super(ReturnsTrackingLogs, records)._message_log_batch(*args, **kwargs)

    def _message_create(self, values_list):
        """Override of `mail`: a log of changes waits for the others; nobody asks for its message."""
        if not self.env.context.get('returns_collects_logs'):
            return super()._message_create(values_list)
        self.env.context['returns_tracking_logs'].extend(values_list)
        return self.env['mail.message']


class ReturnsOrder(models.Model):
    _name = 'returns.order'
    _inherit = ['returns.tracking.logs', 'returns.order']


class StockPicking(models.Model):
    _name = 'stock.picking'
    _inherit = ['returns.tracking.logs', 'stock.picking']


class AccountMove(models.Model):
    _name = 'account.move'
    _inherit = ['returns.tracking.logs', 'account.move']
