from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ReturnsRefuseGoods(models.TransientModel):
    """Asks which part of what was received is refused and why, and has it sent to the customer again."""

    _name = 'returns.refuse.goods'
    _description = "Refuse Goods"

    order_id = fields.Many2one('returns.order', string="Return", required=True)
    line_ids = fields.One2many('returns.refuse.goods.line', 'wizard_id', string="Products")
    send_back = fields.Boolean(
        "Send It Back Now", default=True, help="Off: it stays here until somebody presses *Send to Customer*.")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        order = self.env['returns.order'].browse(values.get('order_id'))
        lines = order.line_ids.filtered(lambda line: line._is_refusable())
        values['line_ids'] = [
            Command.create({
                'returns_line_id': line.id,
                # Who opens the dialog on one product means that one.
                'quantity': line.qty_refused or (line._get_qty_refusable() if len(lines) == 1 else 0.0),
                'note': line.goods_refusal_note,
            })
            for line in lines
        ]
        return values

    def action_refuse_goods(self):
        """Refuse what the lines say, in place of what was refused before.

        :raise UserError: when no line says anything new, or a line cannot be refused like that
        """
        self.ensure_one()
        self.order_id.check_access('write')
        if self.line_ids.returns_line_id.order_id - self.order_id:
            raise UserError(self.env._("A product belongs to another return. Open the dialog again."))
        has_draft = self.order_id._has_draft_credit()
        changes = [line.returns_line_id._refuse_goods(line.quantity, line.note) for line in self.line_ids]
        if not any(changes):
            raise UserError(self.env._("Enter how many of a product you do not accept, and why."))
        if has_draft:
            self.order_id._create_credit_notes()
        if self.send_back:
            self.order_id.line_ids._create_send_backs()
        self.order_id._tell_later('goods_refused')
        return {'type': 'ir.actions.act_window_close'}


class ReturnsRefuseGoodsLine(models.TransientModel):
    """What is refused of one return line."""

    _name = 'returns.refuse.goods.line'
    _description = "Refused Goods"

    wizard_id = fields.Many2one('returns.refuse.goods', required=True, ondelete='cascade')
    returns_line_id = fields.Many2one('returns.order.line', required=True, readonly=True, ondelete='cascade')
    product_id = fields.Many2one(related='returns_line_id.product_id')
    qty_received = fields.Float(related='returns_line_id.qty_received')
    product_uom_id = fields.Many2one(related='returns_line_id.product_uom_id')
    quantity = fields.Float("Not Accepted", digits='Product Unit')
    note = fields.Char("Why?", help="The customer can read it.")
