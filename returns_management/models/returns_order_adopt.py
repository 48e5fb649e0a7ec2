from odoo import Command, api, models

from .locking import serialize


class ReturnsOrder(models.Model):
    """Somebody has reversed a delivery in Inventory, without any return: a return can own that afterwards."""

    _inherit = 'returns.order'

    @api.model
    def _adopt(self, moves):
        """Make the returns that own what people take back in core, or give it to those that wait for it.

        :param moves: `stock.move` records, open or done, for which `_is_returns_plain` holds
        :return: the returns that own them now
        """
        serialize(moves.origin_returned_move_id)
        awaiting = moves._get_returns_awaiting()
        for move, line in awaiting.items():
            line._adopt(move)
        rest = moves - moves.browse().union(*awaiting)
        awaited = self.browse().union(*(line.order_id for line in awaiting.values()))
        awaited.filtered(lambda order: order.state == 'approved')._on_received_in_core()
        return self.browse(awaited.ids) | self._create_adopted(rest)

    def _on_received_in_core(self):
        """What was awaited has come by another transfer: do what follows."""
        self.filtered(lambda order: any(order.line_ids.mapped('qty_received'))).sudo()._on_received()

    @api.model
    def _create_adopted(self, moves):
        """New returns of what is taken back, submitted: the policy decides, nothing is claimed twice.

        :return: the new returns, one for each customer, company and currency
        """
        groups = moves.grouped(lambda move: (
            move.origin_returned_move_id.sale_line_id.order_id.partner_id.commercial_partner_id,
            move.company_id, move.origin_returned_move_id.sale_line_id.currency_id)).values()
        orders = self.create([self._prepare_adopted_vals(group) for group in groups])
        for order, group in zip(orders.sudo(), groups, strict=True):
            for move, line in zip(group, order.line_ids, strict=True):
                line._adopt(move)
        orders.action_submit()
        return orders

    @api.model
    def _prepare_adopted_vals(self, moves):
        """Values of the return of what one customer gives back, with one line for each of `moves`."""
        return {
            **self._prepare_customer_vals(moves.origin_returned_move_id.sale_line_id.order_id),
            'warehouse_id': moves.picking_type_id.warehouse_id[:1].id,
            'line_ids': [
                Command.create({
                    'sale_line_id': move.origin_returned_move_id.sale_line_id.id,
                    'origin_move_id': move.origin_returned_move_id.id,
                    'product_uom_id': move.product_uom.id,
                    'product_uom_qty': move.quantity if move.state == 'done' else move.product_uom_qty,
                })
                for move in moves
            ],
        }

    def action_approve(self):
        """Override: of what is taken back already, no more is expected than is approved."""
        for line in self.filtered(lambda order: order.state == 'requested').line_ids.filtered('qty_to_receive'):
            line.sudo()._reduce_announced(line.qty_received + line.qty_to_receive - line.qty_approved)
        return super().action_approve()

    def action_refuse(self):
        """Override: what is refused is not expected, whoever has announced it."""
        requested = self.filtered(lambda order: order.state == 'requested')
        result = super().action_refuse()
        requested.sudo()._get_open_pickings().action_cancel()
        return result
