from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ReturnsChangeCredit(models.TransientModel):
    """Asks how much of the price is credited, what is deducted for a loss of value, and why."""

    _name = 'returns.change.credit'
    _description = "Change Credit"

    order_id = fields.Many2one('returns.order', string="Return", required=True)
    line_ids = fields.One2many('returns.change.credit.line', 'wizard_id', string="Products")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        order = self.env['returns.order'].browse(values.get('order_id'))
        values['line_ids'] = [
            Command.create({
                'returns_line_id': line.id, 'credit_share': line.credit_share, 'value_loss': line.fee_value})
            for line in order.line_ids.filtered(lambda line: line._is_credit_changeable())
        ]
        return values

    def action_change_credit(self):
        """Take over what was changed.

        :return: the action that shows the credit notes, when an amount was credited in addition
        """
        self.ensure_one()
        self.order_id.check_access('write')
        credit_notes = self.env['account.move']
        for line in self.line_ids.filtered('is_changed'):
            if line.returns_line_id.order_id != self.order_id:
                raise UserError(self.env._("A product belongs to another return. Open the dialog again."))
            credit_notes += line._change_credit()
        if credit_notes:
            return self.order_id._get_documents_action('account.action_move_out_refund_type', credit_notes)
        return {'type': 'ir.actions.act_window_close'}


class ReturnsChangeCreditLine(models.TransientModel):
    """How much of the price of one return line is credited."""

    _name = 'returns.change.credit.line'
    _description = "Changed Credit"

    wizard_id = fields.Many2one('returns.change.credit', required=True, ondelete='cascade')
    returns_line_id = fields.Many2one('returns.order.line', required=True, readonly=True, ondelete='cascade')
    currency_id = fields.Many2one(related='returns_line_id.currency_id')
    product_id = fields.Many2one(related='returns_line_id.product_id')
    qty_credited = fields.Float(related='returns_line_id.qty_credited')
    credit_share = fields.Float("Share of the Price", digits=(6, 4))
    value_loss = fields.Monetary("Loss of Value", help="Without taxes, for the whole quantity.")
    note = fields.Char("Why?", help="The customer can read it.")
    is_changed = fields.Boolean(compute='_compute_is_changed')

    @api.depends('credit_share', 'value_loss')
    def _compute_is_changed(self):
        for line in self:
            line.is_changed = line._is_share_changed() or line._is_value_loss_changed()

    def _is_share_changed(self):
        return bool(round(self.credit_share - self.returns_line_id.credit_share, 4))

    def _is_value_loss_changed(self):
        return bool(self.currency_id.compare_amounts(self.value_loss, self.returns_line_id.fee_value))

    def _change_credit(self):
        """:return: the credit notes of what is credited in addition"""
        self.ensure_one()
        if self._is_value_loss_changed():
            self.returns_line_id._set_value_loss(self.value_loss, self.note)
        if self._is_share_changed():
            return self.returns_line_id._set_credit_share(self.credit_share, self.note)
        return self.env['account.move']
