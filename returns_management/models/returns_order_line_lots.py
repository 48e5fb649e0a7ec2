from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ReturnsOrderLine(models.Model):
    """Which ones come back? The lots and serial numbers, when the customer names them."""

    _inherit = 'returns.order.line'

    lot_ids = fields.Many2many(
        'stock.lot', string="Serial/Lot Numbers", copy=False, check_company=True,
        domain="[('product_id', '=', product_id)]", help="Which ones come back. Empty: any of those delivered.")

    @api.constrains('lot_ids', 'origin_move_id', 'product_uom_id', 'product_uom_qty')
    def _check_lots(self):
        for line in self.filtered('lot_ids'):
            foreign = line.lot_ids - line.origin_move_id.sudo().move_line_ids.lot_id
            if foreign:
                raise ValidationError(self.env._(
                    "%(lots)s: not delivered with %(order)s. Choose what was.",
                    lots=", ".join(foreign.mapped('name')), order=line.sale_line_id.order_id.name))
            quantity = line._convert_qty(line.product_uom_qty, line.product_id.uom_id)
            if line.product_id.tracking == 'serial' and len(line.lot_ids) > quantity:
                raise ValidationError(self.env._(
                    "%(count)s serial numbers of %(product)s are chosen, more than come back. Raise the quantity.",
                    count=len(line.lot_ids), product=line.product_id.display_name))
        self._check_serials_free()

    def _check_serials_free(self):
        """:raise ValidationError: naming each serial number that is on another line of its delivery already"""
        with_serials = self.filtered(lambda line: line.lot_ids and line.product_id.tracking == 'serial')
        if not with_serials:
            return
        rivals_sudo = self.sudo().search([
            ('origin_move_id', 'in', with_serials.origin_move_id.ids), ('lot_ids', 'in', with_serials.lot_ids.ids),
            '|', ('order_id', 'in', with_serials.order_id.ids),
            ('order_id.state', 'in', ('requested', 'approved', 'done')),
        ])
        problems = [
            self.env._("%(serial)s is on %(number)s already.", serial=serial.name, number=rival.order_id.name)
            for line in with_serials for rival in rivals_sudo - line.sudo() for serial in line.lot_ids & rival.lot_ids
        ]
        if problems:
            raise ValidationError("\n".join(dict.fromkeys(problems)))
