from odoo import Command, api, fields, models


class ReturnsOutcome(models.TransientModel):
    """Says what was done with the chosen returns, and which were left out and why."""

    _name = 'returns.outcome'
    _description = "What Was Done with Returns"

    message = fields.Char(readonly=True)
    line_ids = fields.One2many('returns.outcome.line', 'outcome_id', string="Left as They Were", readonly=True)

    @api.model
    def _show(self, verb, done, skipped):
        """The action that says what was done: a dialog that stays when some were skipped, else a short notification.

        :param str verb: as in `returns.order._decide`
        :param done: the returns that were decided
        :param dict skipped: error by return
        """
        if len(skipped) == 1 and not done:
            raise next(iter(skipped.values()))
        close = {'type': 'ir.actions.act_window_close'}
        if not skipped:
            return close if len(done) == 1 else {
                'type': 'ir.actions.client',
                'tag': 'display_notification',
                'params': {'type': 'success', 'message': self._get_message(verb, done), 'next': close},
            }
        outcome = self.create({
            'message': self._get_message(verb, done),
            'line_ids': [
                Command.create({'order_id': order.id, 'reason': str(error)}) for order, error in skipped.items()
            ],
        })
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("%s were left as they were", len(skipped)),
            'res_model': self._name,
            'res_id': outcome.id,
            'view_mode': 'form',
            'target': 'new',
        }

    def _get_message(self, verb, done):
        count = len(done)
        return {
            'approve': self.env._("%s returns approved.", count),
            'refuse': self.env._("%s returns refused.", count),
            'ask_customer': self.env._("%s returns wait for the customer's answer.", count),
            'close_rest': self.env._("%s returns expect nothing more.", count),
        }[verb]


class ReturnsOutcomeLine(models.TransientModel):
    _name = 'returns.outcome.line'
    _description = "Return That Was Left as It Was"

    outcome_id = fields.Many2one('returns.outcome', required=True, ondelete='cascade')
    order_id = fields.Many2one('returns.order', string="Return", required=True, ondelete='cascade')
    partner_id = fields.Many2one(related='order_id.partner_id')
    reason = fields.Text("Why", required=True)
