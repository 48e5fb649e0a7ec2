from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from .allocation import allocate
from .eligibility import OUTCOMES
from .locking import serialize

#: What a submitted line may not change any more: the quantity is claimed, the verdict is given.
SUBMITTED_FIELDS = {
    'order_id', 'sale_line_id', 'origin_move_id', 'product_id', 'product_uom_id', 'product_uom_qty',
    'policy_id', 'eligibility', 'objection_ids', 'objection_summary',
}
#: What a reviewer decides, and only until the return is approved.
DECISION_FIELDS = {'qty_approved', 'refusal_note', 'resolution_id'}


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
    reason_id = fields.Many2one('returns.reason', string="Reason", index='btree_not_null', ondelete='restrict')
    customer_note = fields.Text("Customer's Comment")

    # What the policy says: live while the return is a draft, frozen when it is submitted
    policy_id = fields.Many2one(
        'returns.policy', compute='_compute_policy_id', store=True, ondelete='restrict', check_company=True)
    eligibility = fields.Selection(
        OUTCOMES, string="Policy Check", compute='_compute_eligibility', store=True)
    objection_ids = fields.One2many(
        'returns.objection', 'line_id', string="Objections", compute='_compute_eligibility', store=True)
    objection_summary = fields.Char("Why", compute='_compute_eligibility', store=True)

    # What we decide
    qty_approved = fields.Float(
        "Approved", digits='Product Unit', copy=False,
        help="How much may come back. 0 refuses the line: then say why in the refusal.")
    refusal_note = fields.Char("Refusal", copy=False, help="Why not all of it may come back. The customer can read it.")
    resolution_id = fields.Many2one(
        'returns.resolution', string="Customer Gets", ondelete='restrict',
        compute='_compute_resolution_id', store=True, readonly=False)

    # Goods
    move_ids = fields.One2many('stock.move', 'returns_line_id', string="Stock Moves", copy=False)
    qty_returnable = fields.Float(
        "Returnable", digits='Product Unit', compute='_compute_qty_returnable', compute_sudo=True,
        help="What was delivered less what other returns claim of it.")
    qty_to_receive = fields.Float(
        "On the Way", digits='Product Unit', compute='_compute_received', store=True,
        help="Announced by a receipt that is still open.")
    qty_received = fields.Float("Received", digits='Product Unit', compute='_compute_received', store=True)
    qty_accepted = fields.Float("Accepted", digits='Product Unit', compute='_compute_qty_accepted', store=True)

    # Money
    credit_line_ids = fields.One2many('account.move.line', 'returns_line_id', string="Credit Note Lines", copy=False)
    qty_credited = fields.Float(
        "Credited", digits='Product Unit', compute='_compute_credited', store=True, help="By posted credit notes.")
    qty_in_draft_credit = fields.Float(
        "In Draft Credit Notes", digits='Product Unit', compute='_compute_credited', store=True)
    qty_to_credit = fields.Float("To Credit", digits='Product Unit', compute='_compute_qty_to_credit', store=True)
    amount_expected = fields.Monetary(
        "Expected Credit", compute='_compute_amount_expected', store=True, help="Taxes included.")
    amount_credited = fields.Monetary(
        "Credited Amount", compute='_compute_credited', store=True, help="By posted credit notes, taxes included.")
    amount_to_credit = fields.Monetary(
        compute='_compute_amount_to_credit', help="Taxes included.")

    _qty_positive = models.Constraint(
        'CHECK (product_uom_qty > 0)', "The quantity to return must be more than zero.")
    _qty_approved_in_range = models.Constraint(
        'CHECK (qty_approved >= 0 AND qty_approved <= product_uom_qty)',
        "The approved quantity must lie between zero and the quantity asked for.")

    # === What comes back ===

    @api.depends('sale_line_id')
    def _compute_origin_move_id(self):
        """Propose the oldest delivery of the sale line of which something can still come back."""
        for line in self:
            delivered = line.sale_line_id.sudo()._get_returns_delivered_moves()
            if line.origin_move_id in delivered or not delivered:
                continue
            claimed = delivered._get_returns_claimed_qty()
            free = delivered.filtered(lambda move: move._get_returns_done_qty() > claimed[move])  # noqa: B023
            line.origin_move_id = (free or delivered)[0]

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
            line.qty_returnable = move.product_id.uom_id._compute_quantity(returnable, line.product_uom_id)

    def _get_qty_claimed(self):
        """How much of the delivery this line uses up, in the unit of the product.

        From the submission on a line claims what is asked for, then what is announced or received; once the return
        has ended only what was received or credited. Drafts and refused returns claim nothing.
        """
        if not self:
            return 0.0
        self.ensure_one()
        if self.order_id.state == 'requested':
            quantity = self.product_uom_qty
        elif self.order_id.state in ('approved', 'done', 'cancel'):
            quantity = max(self.qty_received + self.qty_to_receive, self.qty_credited)
        else:
            quantity = 0.0
        return self._convert_qty(quantity, self.product_id.uom_id)

    def _convert_qty(self, quantity, uom):
        """`quantity` of the unit of this line, in `uom`."""
        return self.product_uom_id._compute_quantity(quantity, uom, rounding_method='HALF-UP')

    # === What the policy says ===

    def _is_frozen(self):
        self.ensure_one()
        return self.order_id.state not in (False, 'draft')

    @api.depends('company_id')
    def _compute_policy_id(self):
        policies = self.env['returns.policy']._get_by_company(self.company_id)
        for line in self:
            line.policy_id = line.policy_id if line._is_frozen() else policies.get(line.company_id)

    @api.depends('policy_id', 'origin_move_id', 'product_uom_id', 'product_uom_qty')
    def _compute_eligibility(self):
        for line in self:
            if line._is_frozen():
                line.eligibility = line.eligibility
                continue
            if not line.policy_id or not line.origin_move_id or not line.product_uom_id:  # still being filled in
                line.eligibility = line.objection_summary = False
                line.objection_ids = [Command.clear()]
                continue
            verdict = line.policy_id._evaluate(line)
            line.eligibility = verdict.outcome
            line.objection_summary = " ".join(objection.message for objection in verdict.objections)
            line.objection_ids = [
                Command.clear(),
                *(Command.create(objection._asdict()) for objection in verdict.objections),
            ]

    @api.depends('policy_id')
    def _compute_resolution_id(self):
        for line in self:
            line.resolution_id = line.resolution_id or line.policy_id.resolution_id

    def _freeze_verdict(self):
        """Give the verdict anew, as of now, and propose what to approve of it."""
        self.invalidate_recordset(['qty_returnable'])  # what other returns claim may have changed since it was read
        for name in ('policy_id', 'eligibility'):
            self.env.add_to_compute(self._fields[name], self)
        self.env.flush_all()
        self.policy_id._check_found(self)
        for line in self:
            refused = line.eligibility == 'refused'
            line.write({
                'qty_approved': 0.0 if refused else line.product_uom_qty,
                'refusal_note': line.objection_summary if refused else False,
            })

    def _get_request_date(self):
        """The day that counts for the policy: when the customer asked, else today; as the company's calendar has it."""
        self.ensure_one()
        return self._to_local_date(self.order_id.date_request or fields.Datetime.now())

    def _to_local_date(self, moment):
        """The day of `moment` (naive UTC) where the company is."""
        timezone = self.company_id.partner_id.tz or self.env.user.tz or 'UTC'
        return fields.Datetime.context_timestamp(self.with_context(tz=timezone), moment).date()

    # === Goods ===

    @api.depends('product_uom_id', 'move_ids.state', 'move_ids.quantity', 'move_ids.product_uom_qty')
    def _compute_received(self):
        """What came and what is on its way. Core's push rules and returns of the return have no part in it."""
        for line in self:
            received = to_receive = 0.0
            for move in line.move_ids:
                if move.origin_returned_move_id != line.origin_move_id or not move.location_id._is_outgoing():
                    continue
                if move.state == 'done':
                    received += move.product_uom._compute_quantity(
                        move.quantity, line.product_uom_id, rounding_method='HALF-UP')
                elif move.state != 'cancel':
                    to_receive += move.product_uom._compute_quantity(
                        move.product_uom_qty, line.product_uom_id, rounding_method='HALF-UP')
            line.qty_received = received
            line.qty_to_receive = to_receive

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
            'product_uom_qty': self.qty_approved - self.qty_received - self.qty_to_receive,
            'sale_line_id': self.sale_line_id.id,
            'to_refund': True,
            'reference_ids': [Command.set(origin.reference_ids.ids)],
            'company_id': self.company_id.id,
        }

    # === Money ===

    @api.depends(
        'product_uom_id', 'credit_line_ids.quantity', 'credit_line_ids.product_uom_id',
        'credit_line_ids.price_total', 'credit_line_ids.parent_state',
    )
    def _compute_credited(self):
        for line in self:
            quantity = {'draft': 0.0, 'posted': 0.0, 'cancel': 0.0}
            for credit_line in line.credit_line_ids:
                quantity[credit_line.parent_state] += credit_line.product_uom_id._compute_quantity(
                    credit_line.quantity, line.product_uom_id, rounding_method='HALF-UP')
            posted = line.credit_line_ids.filtered(lambda credit_line: credit_line.parent_state == 'posted')
            line.qty_credited = quantity['posted']
            line.qty_in_draft_credit = quantity['draft']
            line.amount_credited = sum(posted.mapped('price_total'))

    @api.depends('qty_accepted', 'qty_credited', 'qty_in_draft_credit')
    def _compute_qty_to_credit(self):
        """What was accepted and is invoiced, but not credited: goods that were never invoiced need no credit note.

        Invoices are not among the dependencies, so that they cost nothing where there are no returns: `account.move`
        tells the returns of its order lines when they change.
        """
        lines_to_compute = set(self._ids)
        for sale_line, lines in self.sale_line_id._origin.returns_line_ids.grouped('sale_line_id').items():
            creditable = sale_line._get_returns_creditable_qty()
            for line in lines.sorted('id'):
                uncredited = max(0.0, line.qty_accepted - line.qty_credited - line.qty_in_draft_credit)
                part = min(creditable, line._convert_qty(uncredited, sale_line.product_uom_id))
                creditable -= part
                if line.id in lines_to_compute:
                    line.qty_to_credit = sale_line.product_uom_id._compute_quantity(
                        part, line.product_uom_id, rounding_method='HALF-UP')
        for line in self.filtered(lambda line: not line._origin):
            line.qty_to_credit = 0.0

    def _update_qty_to_credit(self):
        """Have it computed anew, with all that follows from it: an invoice or a credit note has changed."""
        self.env.add_to_compute(self._fields['qty_to_credit'], self)
        self.modified(['qty_to_credit'])

    def _get_unit_price(self):
        """What one unit of this line was sold for, taxes included, in the currency of the order."""
        self.ensure_one()
        return self.sale_line_id.product_uom_id._compute_price(
            self.sale_line_id.price_reduce_taxinc, self.product_uom_id)

    @api.depends('sale_line_id', 'product_uom_id', 'product_uom_qty', 'qty_approved', 'order_id.state')
    def _compute_amount_expected(self):
        for line in self:
            if not line.product_uom_id:  # still being filled in
                line.amount_expected = 0.0
                continue
            quantity = line.qty_approved if line._is_frozen() else line.product_uom_qty
            line.amount_expected = line._round_amount(quantity * line._get_unit_price())

    @api.depends('qty_to_credit')
    def _compute_amount_to_credit(self):
        for line in self:
            line.amount_to_credit = (
                line._round_amount(line.qty_to_credit * line._get_unit_price()) if line.qty_to_credit else 0.0)

    def _round_amount(self, amount):
        return self.currency_id.round(amount) if self.currency_id else amount

    def _create_credit_notes(self):
        """Credit what is to be credited: one credit note per return and original invoice, all made in one batch.

        Clerks have no accounting rights, so the notes are made for them. They stay drafts unless the policy of all
        their lines says *post*.

        :return: the new `account.move` records, empty when there was nothing to credit
        """
        self._update_qty_to_credit()  # somebody may have drafted a credit note by hand
        shares = self.filtered('qty_to_credit')._get_credit_shares()
        vals_list = []
        for (return_order, invoice), line_vals in shares.items():
            vals_list.append({
                **return_order._prepare_credit_note_vals(invoice),
                'invoice_line_ids': [Command.create(vals) for vals in line_vals],
            })
        credit_notes_sudo = self.env['account.move'].sudo().create(vals_list)
        to_post_sudo = credit_notes_sudo.filtered(lambda credit_note: all(
            policy.credit_note_posting == 'posted'
            for policy in credit_note.invoice_line_ids.returns_line_id.policy_id))
        if to_post_sudo:
            to_post_sudo.action_post()
        return credit_notes_sudo.sudo(False)

    def _get_credit_shares(self):
        """Which invoice lines the lines are credited from: the oldest posted invoice with room comes first.

        :return: credit note line values by (return, invoice)
        """
        lines_sudo = self.sudo()  # invoices belong to accounting, the clerk only asks for the credit
        serialize(lines_sudo.sale_line_id._get_returns_invoice_lines())
        shares = defaultdict(list)
        for sale_line, lines in lines_sudo.grouped('sale_line_id').items():
            rooms = sale_line._get_returns_invoice_rooms()
            for line in lines:
                quantity = line._convert_qty(line.qty_to_credit, sale_line.product_uom_id)
                for invoice_line, part in allocate(quantity, rooms):
                    part = sale_line.product_uom_id._compute_quantity(
                        part, line.product_uom_id, rounding_method='HALF-UP')
                    shares[line.order_id, invoice_line.move_id].append(
                        line._prepare_credit_note_line_vals(invoice_line, part))
        return shares

    def _prepare_credit_note_line_vals(self, invoice_line, quantity):
        """Values of one credit note line: it says what `invoice_line` said.

        :param invoice_line: the `account.move.line` of the original invoice
        :param float quantity: in the unit of this return line
        :return: dict for `account.move.line.create`
        """
        self.ensure_one()
        return {
            'returns_line_id': self.id,
            'product_id': invoice_line.product_id.id,
            'name': invoice_line.name,
            'quantity': quantity,
            'product_uom_id': self.product_uom_id.id,
            'price_unit': invoice_line.product_uom_id._compute_price(invoice_line.price_unit, self.product_uom_id),
            'discount': invoice_line.discount,
            'tax_ids': [Command.set(invoice_line.tax_ids.ids)],
            'account_id': invoice_line.account_id.id,
            'analytic_distribution': invoice_line.analytic_distribution,
            'sale_line_ids': [Command.set(invoice_line.sale_line_ids.ids)],
        }

    # === Rules ===

    @api.constrains('sale_line_id', 'origin_move_id', 'product_uom_id')
    def _check_origin(self):
        for line in self:
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
        self._complete_origins(vals_list)
        lines = super().create(vals_list)
        lines._check_open({'draft'}, self.env._("No product can be added."))
        return lines

    def write(self, vals):
        for protected, states in ((SUBMITTED_FIELDS, {'draft'}), (DECISION_FIELDS, {'draft', 'requested'})):
            if names := protected & vals.keys():
                self._check_open(states, self.env._("These cannot be changed any more: %s.", format_list(
                    self.env, sorted(self._fields[name]._description_string(self.env) for name in names))))
        return super().write(vals)

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
