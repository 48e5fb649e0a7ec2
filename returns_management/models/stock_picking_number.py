from odoo import api, models


class StockPicking(models.Model):
    _inherit = 'stock.picking'

    @api.model
    def _number_returns_transfers(self, vals_list):
        """Number the transfers that are to be created, all those of one operation type at once; core asks one by one.

        :param vals_list: list of dicts for `create`, each with its operation type; their `name` is filled in
        :return: `vals_list`
        """
        by_type = {}
        for vals in vals_list:
            by_type.setdefault(vals['picking_type_id'], []).append(vals)
        for picking_type in self.env['stock.picking.type'].sudo().browse(by_type):
            if picking_type.sequence_id:
                of_type = by_type[picking_type.id]
                names = picking_type.sequence_id._take_returns_numbers(len(of_type))
                for vals, name in zip(of_type, names, strict=True):
                    vals['name'] = name
        return vals_list
