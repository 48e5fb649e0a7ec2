from odoo import models


class ReturnsOrder(models.Model):
    """What changed of many returns at once is written into their chatters in one batch, not one after the other."""

    _inherit = 'returns.order'

    def _message_track(self, fields_iter, initial_values_dict):
        """Override of `mail`: the logs of all changes are collected, and created together."""
        logs = []
        orders = self.with_context(returns_tracking_logs=logs)
        tracking = super(ReturnsOrder, orders)._message_track(fields_iter, initial_values_dict)
        messages = self.sudo()._message_create([{**log, 'tracking_value_ids': False} for log in logs])
        self.env['mail.tracking.value'].sudo().create([
            {**values, 'mail_message_id': message.id}
            for message, log in zip(messages, logs, strict=True)
            for _command, _id, values in log['tracking_value_ids']
        ])
        return tracking

    def _message_log_batch(self, *args, **kwargs):
        orders = self.with_context(returns_collects_logs='returns_tracking_logs' in self.env.context)
        return super(ReturnsOrder, orders)._message_log_batch(*args, **kwargs)

    def _message_create(self, values_list):
        """Override of `mail`: a log of changes waits for the others; nobody asks for its message."""
        if not self.env.context.get('returns_collects_logs'):
            return super()._message_create(values_list)
        self.env.context['returns_tracking_logs'].extend(values_list)
        return self.env['mail.message']
