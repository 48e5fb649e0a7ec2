from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ReturnsRefuseGoods(models.TransientModel):
    """Asks which part of what was received is refused and why, and has it sent to the customer again."""

    _name = 'returns.refuse.goods'
    _description = "Refuse Goods"

    order_id = fields.Many2one('returns.order', string="Return", required=True)
    line_ids = fields.One2many('returns.refuse.goods.line', 'wizard_id', string="Products")
    send_back = fields.Boolean(
        "Send it back now", default=True, help="Off: it stays here until somebody presses Send on the return.")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        order = self.env['returns.order'].browse(values.get('order_id'))
        values['line_ids'] = [
            Command.create({
                'returns_line_id': line.id, 'quantity': line.qty_refused, 'note': line.goods_refusal_note,
            })
            for line in order.line_ids.filtered('qty_received')
        ]
        return values

    def action_refuse_goods(self):
        self.ensure_one()
        self.order_id.check_access('write')
        for line in self.line_ids:
            if line.returns_line_id.order_id != self.order_id:
                raise UserError(self.env._("A product belongs to another return. Open the dialog again."))
            line.returns_line_id._refuse_goods(line.quantity, line.note)
        if self.send_back:
            self.order_id.line_ids._create_send_backs()
        return {'type': 'ir.actions.act_window_close'}


class ReturnsRefuseGoodsLine(models.TransientModel):
    """What is refused of one return line."""

    _name = 'returns.refuse.goods.line'
    _description = "Refused Goods"

    wizard_id = fields.Many2one('returns.refuse.goods', required=True, ondelete='cascade')
    returns_line_id = fields.Many2one('returns.order.line', required=True, readonly=True, ondelete='cascade')
    product_id = fields.Many2one(related='returns_line_id.product_id')
    qty_received = fields.Float(related='returns_line_id.qty_received')
    quantity = fields.Float("Refused", digits='Product Unit')
    note = fields.Char("Why?", help="The customer can read it.")
