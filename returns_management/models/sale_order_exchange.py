from odoo import api, fields, models


class SaleOrder(models.Model):
    """An order that sells what the customer gets for returned goods, and the order that sold those."""

    _inherit = 'sale.order'

    returns_exchange_for_id = fields.Many2one(
        'returns.order', string="Exchange For", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null', check_company=True)
    returns_exchange_order_ids = fields.Many2many(
        'sale.order', string="Exchange Orders", compute='_compute_returns_exchange_order_ids', compute_sudo=True)
    returns_exchange_order_count = fields.Integer(
        compute='_compute_returns_exchange_order_ids', compute_sudo=True)

    @api.depends('order_line.returns_line_ids.exchange_sale_line_ids.order_id')
    def _compute_returns_exchange_order_ids(self):
        """The orders that exchange what was returned of this one."""
        for order in self:
            lines = order.order_line.filtered('returns_exist').returns_line_ids
            order.returns_exchange_order_ids = lines.exchange_sale_line_ids.order_id
            order.returns_exchange_order_count = len(order.returns_exchange_order_ids)

    def action_view_returns_exchange_orders(self):
        self.ensure_one()
        return self.env['returns.order']._get_documents_action(
            'sale.action_orders', self.returns_exchange_order_ids)

    def action_view_returns_exchange_for(self):
        self.ensure_one()
        return self.returns_exchange_for_id._get_documents_action(
            'returns_management.returns_order_action', self.returns_exchange_for_id)
