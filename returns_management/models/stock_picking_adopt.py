from odoo import api, fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """A delivery that somebody has reversed without a return: found by the clerks, and made a return of."""

    _inherit = 'stock.picking'

    returns_is_plain = fields.Boolean(
        compute='_compute_returns_is_plain', compute_sudo=True,
        help="Takes back what a sales order delivered, and no return knows it.")

    @api.depends('move_ids.returns_line_id', 'move_ids.state', 'move_ids.origin_returned_move_id')
    def _compute_returns_is_plain(self):
        for picking in self:
            picking.returns_is_plain = any(move._is_returns_plain() for move in picking.move_ids)

    @api.model
    def get_empty_list_help(self, help_message):
        """Override of `stock`, which tells to create a transfer: who looks for what came back has nothing to create."""
        if self.env.context.get('returns_plain'):
            return help_message
        return super().get_empty_list_help(help_message)

    def action_adopt_into_return(self):
        """Make a return of what these transfers take back, or give it to the return that waits for it.

        :return: the action that shows the returns
        :raise UserError: when nothing is to be adopted, or kits are
        """
        self.check_access('read')
        self.env['returns.order'].check_access('create')
        # Who handles returns needs no stock rights to say what a transfer is about.
        moves_sudo = self.sudo().move_ids.filtered(lambda move: move._is_returns_plain())
        kits = moves_sudo.filtered(lambda move: (
            move.product_id != move.origin_returned_move_id.sale_line_id.product_id))
        if kits:
            raise UserError(self.env._(
                "%s was delivered in parts (a kit). Kits cannot be returned here: leave the transfer as it is.",
                ", ".join(kits.origin_returned_move_id.sale_line_id.product_id.mapped('display_name'))))
        if not moves_sudo:
            raise UserError(self.env._(
                "%s takes nothing back that a sales order delivered, or a return has it already.",
                ", ".join(self.mapped('name'))))
        orders = self.env['returns.order']._adopt(moves_sudo)
        return orders._get_documents_action('returns_management.returns_order_action', orders)
