from odoo import Command, api, fields, models


class ReturnsOrderLine(models.Model):
    """Did it come back? What the stock moves of this line say."""

    _inherit = 'returns.order.line'

    move_ids = fields.One2many('stock.move', 'returns_line_id', string="Stock Moves", copy=False, readonly=True)
    qty_to_receive = fields.Float(
        "On the Way", digits='Product Unit', compute='_compute_received', store=True,
        help="Announced by a receipt that is still open.")
    qty_received = fields.Float("Received", digits='Product Unit', compute='_compute_received', store=True)
    qty_accepted = fields.Float("Accepted", digits='Product Unit', compute='_compute_qty_accepted', store=True)

    @api.depends(
        'product_uom_id', 'origin_move_id', 'move_ids.state', 'move_ids.quantity', 'move_ids.product_uom_qty',
        'move_ids.origin_returned_move_id', 'move_ids.product_id', 'move_ids.location_id',
    )
    def _compute_received(self):
        """What came and what is on its way. Core's push rules and returns of the return have no part in it."""
        for line in self:
            received = to_receive = 0.0
            for move in line.move_ids:
                if not line._is_reception(move):
                    continue
                if move.state == 'done':
                    received += move.product_uom._compute_quantity(
                        move.quantity, line.product_uom_id, rounding_method='HALF-UP')
                elif move.state != 'cancel':
                    to_receive += move.product_uom._compute_quantity(
                        move.product_uom_qty, line.product_uom_id, rounding_method='HALF-UP')
            line.qty_received = received
            line.qty_to_receive = to_receive

    def _is_reception(self, move):
        """Whether `move` brings back what this line says, from outside."""
        self.ensure_one()
        return (
            move.origin_returned_move_id == self.origin_move_id
            and move.product_id == self.product_id
            and move.location_id._is_returns_customer()
        )

    @api.depends('qty_received')
    def _compute_qty_accepted(self):
        for line in self:
            line.qty_accepted = line._get_qty_accepted()

    def _get_qty_accepted(self):
        """How much of the received quantity counts for the customer, in the unit of the line.

        All of it, unless something decides otherwise. An addon that inspects goods overrides this method; 0 holds
        everything back. It must then also make `_compute_qty_accepted` depend on what it reads.
        """
        self.ensure_one()
        return self.qty_received

    def _prepare_return_move_vals(self):
        """Values of the stock move that announces this line, without those of its picking.

        :return: dict for `stock.move.create`; its quantity is what is approved and not yet announced or received
        """
        self.ensure_one()
        origin = self.origin_move_id
        return {
            'returns_line_id': self.id,
            'origin_returned_move_id': origin.id,
            'move_orig_ids': [Command.link(origin.id)],
            'product_id': self.product_id.id,
            'product_uom': self.product_uom_id.id,
            'product_uom_qty': self._get_qty_to_announce(),
            'sale_line_id': self.sale_line_id.id,
            'to_refund': True,
            'reference_ids': [Command.set(origin.reference_ids.ids)],
            'company_id': self.company_id.id,
        }

    def _get_qty_to_announce(self):
        """What is approved, comes back, and is not announced or received yet."""
        self.ensure_one()
        if self._is_without_goods():
            return 0.0
        return self.qty_approved - self.qty_received - self.qty_to_receive
