from odoo import Command

from shop import QUANTITY_BACK


class Ours:
    """Our return, each step for all returns at once."""

    name = 'ours'
    title = "returns_management"
    model = 'returns.order'

    def set_up(self, env):
        env['returns.policy'].search([]).write({'auto_approve_limit': 1_000_000, 'credit_trigger': 'manual'})

    def create(self, env, orders):
        reason = env['returns.reason'].search([], limit=1)
        self.returns = env['returns.order'].create([
            {
                'partner_id': order.partner_id.id,
                'line_ids': [
                    Command.create({
                        'sale_line_id': line.id, 'product_uom_qty': QUANTITY_BACK, 'reason_id': reason.id})
                    for line in order.order_line
                ],
            }
            for order in orders
        ]).ids

    def approve(self, env, orders):
        env['returns.order'].browse(self.returns).action_confirm()

    def receive(self, env, orders):
        env['returns.order'].browse(self.returns).picking_ids.button_validate()

    def credit(self, env, orders):
        env['returns.order'].browse(self.returns).action_create_credit_notes()

    def post(self, env, orders):
        env['returns.order'].browse(self.returns).credit_note_ids.action_post()
