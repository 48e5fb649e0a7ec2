from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    client_order_ref = fields.Char(index='trigram')  # searched while the customer waits on the phone
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

    @api.depends('order_line.returns_line_ids.credit_line_ids')
    def _get_invoiced(self):
        """Override of `sale` to list the credit notes for an amount, which the order lines know nothing of."""
        super()._get_invoiced()
        for order in self:
            credits_sudo = order.sudo().order_line.filtered('returns_exist').returns_line_ids.credit_line_ids
            if amounts := credits_sudo.move_id.sudo(False) - order.invoice_ids:
                order.invoice_ids += amounts
                order.invoice_count = len(order.invoice_ids)

    def _search_returns_order_ids(self, operator, value):
        return [('order_line.returns_line_ids.order_id', operator, value)]

    def action_create_return(self):
        """Open a new return of what was delivered and can still come back. Nothing is saved yet."""
        self.ensure_one()
        self.check_access('read')
        moves_sudo = self.sudo().order_line._get_returns_delivered_moves()
        return self.env['returns.order']._get_new_action(moves_sudo, self.name)

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
