from odoo import api, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = 'stock.picking'

    @api.model
    def _number_returns_transfers(self, vals_list):
        """Number the transfers that are to be created, all those of one operation type at once; core asks one by one.

        :param vals_list: list of dicts for `create`, each with its operation type; their `name` is filled in
        :return: `vals_list`
        :raise UserError: naming the operation types that have no numbering
        """
        by_type = {}
        for vals in vals_list:
            by_type.setdefault(vals['picking_type_id'], []).append(vals)
        picking_types_sudo = self.env['stock.picking.type'].sudo().browse(by_type)
        if unnumbered := picking_types_sudo.filtered(lambda picking_type: not picking_type.sequence_id):
            raise UserError(self.env._(
                "%s has no numbering. Choose a sequence under Inventory → Configuration → Operations Types.",
                ", ".join(unnumbered.mapped('display_name'))))
        for picking_type in picking_types_sudo:
            of_type = by_type[picking_type.id]
            names = picking_type.sequence_id._take_returns_numbers(len(of_type))
            for vals, name in zip(of_type, names, strict=True):
                vals['name'] = name
        return vals_list
