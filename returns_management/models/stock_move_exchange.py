from odoo import api, fields, models


class StockMove(models.Model):
    """What goes out to a customer for a return line: a replacement, or the goods that came."""

    _inherit = 'stock.move'

    returns_delivery_line_id = fields.Many2one(
        'returns.order.line', string="Sent for Return Line", copy=False, index='btree_not_null', ondelete='set null',
        check_company=True)

    def _action_done(self, cancel_backorder=False):
        """Override of `stock`: what is sent for a return is here to be sent."""
        self.filtered(lambda move: move._is_sent_for_return())._check_returns_serials_here()
        return super()._action_done(cancel_backorder=cancel_backorder)

    def _is_sent_for_return(self):
        """Whether this move sends something for a return: a replacement, what goes back, or another product."""
        self.ensure_one()
        # Who delivers needs no rights in sales.
        return bool(self.returns_delivery_line_id or self.sudo().sale_line_id.returns_exchange_line_id)

    def _get_returns_last_move(self):
        """Where the goods of this done move are now: the last done move of a chain that is received in steps."""
        self.ensure_one()
        onward = self.move_dest_ids.filtered(
            lambda move: move.state == 'done' and not move.location_dest_id._is_returns_customer())
        return onward[:1]._get_returns_last_move() if onward else self

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        return [*super()._prepare_merge_moves_distinct_fields(), 'returns_delivery_line_id']

    def _prepare_move_split_vals(self, qty):
        """Override of `stock`: what is split off for a backorder is sent for the same return."""
        vals = super()._prepare_move_split_vals(qty)
        if self.returns_delivery_line_id:
            vals['returns_delivery_line_id'] = self.returns_delivery_line_id.id
        return vals

    def _prepare_procurement_values(self):
        """Override of `stock`: the steps before a delivery are made for the same return."""
        vals = super()._prepare_procurement_values()
        if self.returns_delivery_line_id:
            vals['returns_delivery_line_id'] = self.returns_delivery_line_id.id
        return vals
