from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    returns_order_ids = fields.Many2many(
        'returns.order', string="Returns", compute='_compute_returns_order_ids', compute_sudo=True,
        search='_search_returns_order_ids')
    returns_order_count = fields.Integer(
        "Return Count", compute='_compute_returns_order_ids', compute_sudo=True)

    @api.depends('order_line.returns_line_ids.order_id')
    def _compute_returns_order_ids(self):
        for order in self:
            lines = order.order_line.filtered('returns_exist').returns_line_ids
            order.returns_order_ids = lines.order_id
            order.returns_order_count = len(lines.order_id)

    def _search_returns_order_ids(self, operator, value):
        return [('order_line.returns_line_ids.order_id', operator, value)]

    def action_create_return(self):
        """Open a new return of what was delivered and can still come back. Nothing is saved yet."""
        self.ensure_one()
        line_vals = self._prepare_returns_line_vals()
        if not line_vals:
            raise UserError(self.env._(
                "Nothing of %s can be returned: nothing was delivered yet, or all of it is on a return already.",
                self.name))
        action = self.env['ir.actions.act_window']._for_xml_id('returns_management.returns_order_action')
        action.update({
            'views': [(False, 'form')],
            'context': {
                'default_company_id': self.company_id.id,
                'default_partner_id': self.partner_id.commercial_partner_id.id,
                'default_contact_id': self.partner_id.id,
                'default_partner_shipping_id': self.partner_shipping_id.id,
                'default_line_ids': [Command.create(vals) for vals in line_vals],
            },
        })
        return action

    def _prepare_returns_line_vals(self):
        """One return line for each delivery of which something can still come back, with all that can.

        :return: list of dicts for `returns.order.line.create`
        """
        self.ensure_one()
        moves_sudo = self.sudo().order_line._get_returns_delivered_moves()
        claimed = moves_sudo._get_returns_claimed_qty()
        vals_list = []
        for move in moves_sudo.sorted(lambda move: (move.sale_line_id.sequence, move.sale_line_id.id, move.id)):
            unit = move.product_id.uom_id
            quantity = move._get_returns_done_qty() - claimed[move]
            if unit.compare(quantity, 0) > 0:
                vals_list.append({
                    'sale_line_id': move.sale_line_id.id,
                    'origin_move_id': move.id,
                    'product_uom_id': move.product_uom.id,
                    'product_uom_qty': unit._compute_quantity(quantity, move.product_uom),
                })
        return vals_list

    def action_view_returns(self):
        self.ensure_one()
        return self.returns_order_ids._get_documents_action(
            'returns_management.returns_order_action', self.returns_order_ids)

    def _force_lines_to_invoice_policy_order(self):
        """Override of `sale`: automatic invoicing on payment must not bill what came back either."""
        result = super()._force_lines_to_invoice_policy_order()
        for line in self.order_line.filtered(lambda line: line.state == 'sale' and line.returns_exist):
            line.qty_to_invoice = line._get_returns_qty_to_invoice(
                line.product_uom_qty, line.qty_invoiced, policy='order', states=('draft', 'posted'))
        return result
