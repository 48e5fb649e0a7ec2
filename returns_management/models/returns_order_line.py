from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list, formatLang

#: What a submitted line may not change any more: the quantity is claimed, the verdict is given.
SUBMITTED_FIELDS = {'order_id', 'sale_line_id', 'origin_move_id', 'product_uom_id', 'product_uom_qty', 'lot_ids'}
#: What a reviewer decides, and only until the return is approved.
DECISION_FIELDS = {
    'qty_approved', 'refusal_note', 'resolution_id', 'exchange_product_id', 'reduction_percent', 'reduction_amount'}


class ReturnsOrderLine(models.Model):
    """A quantity of something that was delivered and that the customer sends back."""

    _name = 'returns.order.line'
    _description = "Return Line"
    _order = 'order_id, sequence, id'
    _check_company_auto = True

    order_id = fields.Many2one('returns.order', string="Return", required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related='order_id.company_id', store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related='order_id.currency_id')
    partner_id = fields.Many2one(related='order_id.partner_id')
    state = fields.Selection(related='order_id.state', string="Return Status")

    # What comes back
    sale_line_id = fields.Many2one(
        'sale.order.line', string="Sold As", required=True, index=True, ondelete='restrict', check_company=True)
    sale_order_id = fields.Many2one(related='sale_line_id.order_id', string="Sales Order")
    origin_move_id = fields.Many2one(
        'stock.move', string="Delivered By", index=True, ondelete='restrict', check_company=True,
        compute='_compute_origin_move_id', store=True, readonly=False, precompute=True)
    product_id = fields.Many2one(
        'product.product', compute='_compute_product_id', store=True, precompute=True, index='btree_not_null')
    product_uom_id = fields.Many2one(
        'uom.uom', string="Unit",
        compute='_compute_product_uom_id', store=True, readonly=False, precompute=True)
    product_uom_qty = fields.Float("Quantity", digits='Product Unit', required=True, default=1.0)
    reason_id = fields.Many2one('returns.reason', index='btree_not_null', ondelete='restrict', check_company=True)
    customer_note = fields.Text("Customer's Comment")
    qty_returnable = fields.Float(
        "Returnable", digits='Product Unit', compute='_compute_qty_returnable', compute_sudo=True,
        help="What was delivered less what other returns claim of it.")

    _qty_positive = models.Constraint(
        'CHECK (product_uom_qty > 0)', "The quantity to return must be more than zero.")

    @api.depends('sale_line_id')
    def _compute_origin_move_id(self):
        """Propose the oldest delivery of the sale line of which something can still come back."""
        claimed = self.sale_line_id.sudo()._get_returns_delivered_moves()._get_returns_claimed_qty()
        for line in self:
            delivered = line.sale_line_id.sudo()._get_returns_delivered_moves()
            if line.origin_move_id in delivered or not delivered:
                continue
            line.origin_move_id = delivered._get_returns_first_free(claimed)

    @api.depends('origin_move_id')
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.origin_move_id.product_id

    @api.depends('origin_move_id')
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.origin_move_id.product_uom

    @api.depends('origin_move_id', 'product_uom_id', 'order_id.state')
    def _compute_qty_returnable(self):
        claimed = self.origin_move_id._get_returns_claimed_qty()
        for line in self:
            move = line.origin_move_id._origin
            if not move or not line.product_uom_id:  # still being filled in
                line.qty_returnable = 0.0
                continue
            claimed_by_others = claimed[move] - line._origin._get_qty_claimed()
            returnable = max(0.0, move._get_returns_done_qty() - claimed_by_others)
            line.qty_returnable = line._convert_product_qty(returnable)

    def _get_qty_claimed(self):
        """How much of the delivery this line uses up, in the unit of the product.

        From the submission on a line claims what is asked for, then what is announced or received; once the return
        has ended only what was received or credited. Drafts claim nothing.
        """
        if not self:
            return 0.0
        self.ensure_one()
        state = self.order_id.state
        quantity = 0.0 if state == 'draft' else max(self.qty_received + self.qty_to_receive, self.qty_credited)
        if state == 'requested':
            quantity = max(quantity, self.product_uom_qty)
        return self._convert_qty(quantity, self.product_id.uom_id)

    def _convert_qty(self, quantity, uom):
        """`quantity` of the unit of this line, in `uom`."""
        return self.product_uom_id._compute_quantity(quantity, uom, rounding_method='HALF-UP')

    def _convert_product_qty(self, quantity):
        """`quantity` of the unit of the product, in the unit of this line."""
        return self.product_id.uom_id._compute_quantity(quantity, self.product_uom_id, rounding_method='HALF-UP')

    def _format_quantity(self, quantity):
        """`quantity` as customers read it: no decimals where there are none, the unit where it is not just pieces."""
        self.ensure_one()
        number = str(int(quantity)) if quantity == int(quantity) else formatLang(self.env, quantity, dp='Product Unit')
        return number if self._is_in_pieces() else f'{number} {self.product_uom_id.name}'

    def _is_in_pieces(self):
        """Whether the unit of this line is just pieces. Without a query: `env.ref` asks each time if it exists."""
        pieces_id = self.env['ir.model.data']._xmlid_to_res_id('uom.product_uom_unit')
        return self.product_uom_id._origin.id == pieces_id

    @api.constrains('order_id', 'sale_line_id')
    def _check_order_contents(self):
        self.order_id._check_one_customer_and_currency()

    @api.constrains('sale_line_id', 'origin_move_id', 'product_uom_id')
    def _check_origin(self):
        for line in self:
            sale_order = line.sale_line_id.order_id
            # What is in the parcel is here, whatever became of the order.
            if sale_order.state != 'sale' and line.order_id.source != 'warehouse':
                raise ValidationError(self.env._(
                    "%s is not confirmed, or cancelled. Only what was sold comes back: confirm the order first.",
                    sale_order.name))
            if line.origin_move_id not in line.sale_line_id.sudo()._get_returns_delivered_moves():
                raise ValidationError(self.env._(
                    "%(product)s was not delivered for %(order)s. Choose a line of a delivered sales order.",
                    product=line.sale_line_id.product_id.display_name, order=line.sale_line_id.order_id.name))
            if not line.product_uom_id._has_common_reference(line.product_id.uom_id):
                raise ValidationError(self.env._(
                    "%(product)s cannot be returned in %(unit)s: choose a unit of that product.",
                    product=line.product_id.display_name, unit=line.product_uom_id.name))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.env['returns.order']._check_wish(self, vals)
        self._complete_origins(vals_list)
        lines = super().create(vals_list)
        lines._check_open({'draft'}, self.env._("No product can be added."))
        return lines

    def write(self, vals):
        self.order_id._check_wish(self, vals)
        for protected, states in ((SUBMITTED_FIELDS, {'draft'}), (DECISION_FIELDS, {'draft', 'requested'})):
            if names := protected & vals.keys():
                self._check_open(states, self.env._("These cannot be changed any more: %s.", format_list(
                    self.env, sorted(self._fields[name]._description_string(self.env) for name in names))))
        result = super().write(vals)
        if 'order_id' in vals:
            self._check_open({'draft'}, self.env._("No product can be added."))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_drafts(self):
        self._check_open({'draft', 'cancel'}, self.env._("No product can be removed."))

    def _check_open(self, states, problem):
        """:raise UserError: telling the `problem`, when a return of these lines is in none of the `states`"""
        closed = self.order_id.filtered(lambda order: order.state not in states)
        if closed and not closed._is_transition():
            raise UserError(self.env._(
                "%(returns)s: %(problem)s Cancel the return and reset it to draft first.",
                returns=", ".join(closed.mapped('name')), problem=problem))

    @api.model
    def _complete_origins(self, vals_list):
        """A line may be given by its delivery alone: the sale line follows from it."""
        moves = self.env['stock.move'].sudo().browse(
            vals['origin_move_id'] for vals in vals_list if vals.get('origin_move_id') and not vals.get('sale_line_id'))
        sale_line_by_move = {move.id: move.sale_line_id.id for move in moves}
        for vals in vals_list:
            if not vals.get('sale_line_id'):
                vals['sale_line_id'] = sale_line_by_move.get(vals.get('origin_move_id'))
