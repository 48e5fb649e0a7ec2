import logging

import psycopg2.errors
from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from .locking import serialize

_logger = logging.getLogger(__name__)

#: verb -> (states it may start from, state it leads to)
TRANSITIONS = {
    'submit': ({'draft'}, 'requested'),
    'approve': ({'requested'}, 'approved'),
    'refuse': ({'requested'}, 'refused'),
    'cancel': ({'draft', 'requested', 'approved'}, 'cancel'),
    'reset_to_draft': ({'refused', 'cancel'}, 'draft'),
}
#: What a verb need not do again: the states that come after it.
REACHED = {
    'submit': {'requested', 'approved', 'done'},
    'approve': {'approved', 'done'},
    'refuse': {'refused'},
    'cancel': {'cancel'},
    'reset_to_draft': {'draft'},
}
#: How far goods, credit and money have come: “no” when nothing is expected or owed, “full” when nothing is any more.
TRACK_STATUSES = [('no', "Nothing expected"), ('pending', "Pending"), ('partial', "Partial"), ('full', "Full")]
#: Who acts in each next step.
ACTOR_BY_STEP = {
    'review': 'returns', 'answer': 'customer', 'send': 'customer', 'receive': 'warehouse', 'inspect': 'inspector',
    'credit': 'returns', 'pay': 'accounting', 'none': False,
}
#: In the context of a write it says that the write comes from a verb. An object, so that no RPC call can send it.
TRANSITION_KEY = object()
#: Two users met: the database asks to run the whole transaction again, which nobody may swallow.
RETRY_ERRORS = (
    psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected, psycopg2.errors.LockNotAvailable)


class ReturnsOrder(models.Model):
    """A return: what a customer sends back, and what follows from it.

    Three questions, three answers: `state` (may it come back?), `reception_status` (did it come back?), `credit_status`
    with `payout_status` (was the customer made whole?). Goods are stock transfers, money is credit notes: both are
    linked and counted here, never copied.
    """

    _name = 'returns.order'
    _description = "Return"
    _inherit = ['portal.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'id desc'
    _check_company_auto = True
    _mail_post_access = 'read'

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/", index='trigram')
    barcode = fields.Char(
        compute='_compute_barcode', store=True, index='btree_not_null',
        help="The number in a form that every scanner can read.")
    state = fields.Selection(
        [
            ('draft', "Draft"), ('requested', "Requested"), ('approved', "Approved"), ('done', "Done"),
            ('refused', "Refused"), ('cancel', "Cancelled"),
        ],
        string="Status", required=True, default='draft', index=True, tracking=True,
        compute='_compute_state', store=True, readonly=True,
    )
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    source = fields.Selection(
        [
            ('internal', "Staff"), ('portal', "Customer portal"), ('guest', "Guest"), ('warehouse', "Warehouse"),
            ('api', "Interface"),
        ],
        required=True, default='internal', readonly=True, copy=False,
    )
    user_id = fields.Many2one(
        'res.users', string="Responsible", default=lambda self: self.env.user, index=True, tracking=True,
        check_company=True, domain="[('share', '=', False)]")

    # Customer
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, tracking=True, check_company=True,
        domain="[('parent_id', '=', False)]")
    contact_id = fields.Many2one(
        'res.partner', string="Contact", check_company=True, index='btree_not_null',
        compute='_compute_contact_id', store=True, readonly=False, precompute=True,
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="Gets the messages and the return slip. The money always follows the invoice.")
    partner_shipping_id = fields.Many2one(
        'res.partner', string="Sent From", check_company=True,
        compute='_compute_contact_id', store=True, readonly=False, precompute=True,
        domain="[('commercial_partner_id', '=', partner_id)]")
    customer_note = fields.Text("Customer's Comment")

    # Contents
    line_ids = fields.One2many('returns.order.line', 'order_id', string="Products", copy=True)
    sale_order_ids = fields.Many2many(
        'sale.order', string="Sales Orders", compute='_compute_sale_order_ids', search='_search_sale_order_ids')
    currency_id = fields.Many2one('res.currency', compute='_compute_currency_id', store=True)
    amount_expected = fields.Monetary(
        "Expected Credit", compute='_compute_amount_expected', store=True, help="Taxes included.")

    objection_summary = fields.Text(
        compute='_compute_objection_summary', help="What the policy objects to, line by line.")

    # Handling
    warehouse_id = fields.Many2one(
        'stock.warehouse', check_company=True, compute='_compute_warehouse_id', store=True, readonly=False,
        help="Where the goods are received.")
    refusal_note = fields.Text("Refusal", copy=False, tracking=True, help="The customer can read it.")
    approver_id = fields.Many2one('res.users', string="Approved By", readonly=True, copy=False)
    attention_note = fields.Text(
        "Needs Attention", readonly=True, copy=False, help="What should have happened by itself and failed.")

    # Dates
    date_request = fields.Datetime("Requested On", readonly=True, copy=False)
    date_approval = fields.Datetime("Approved On", readonly=True, copy=False)
    date_deadline = fields.Date("Send Back By", copy=False, tracking=True)
    date_sent = fields.Date("Sent On", copy=False)
    date_refund_deadline = fields.Date("Refund By", compute='_compute_date_refund_deadline', store=True)
    date_done = fields.Datetime("Done On", compute='_compute_state', store=True, copy=False)

    # The three answers, and what follows from them
    reception_status = fields.Selection(
        TRACK_STATUSES, string="Goods", compute='_compute_reception_status', store=True)
    credit_status = fields.Selection(TRACK_STATUSES, string="Credit", compute='_compute_credit_status', store=True)
    payout_status = fields.Selection(TRACK_STATUSES, string="Money Back", compute='_compute_payout_status', store=True)
    next_step = fields.Selection(
        [
            ('review', "Review"), ('answer', "Answer"), ('send', "Send goods"), ('receive', "Receive"),
            ('inspect', "Inspect"), ('credit', "Credit"), ('pay', "Pay back"), ('none', "Nothing"),
        ],
        compute='_compute_next_step', store=True, index=True, group_expand='_group_expand_next_step')
    next_actor = fields.Selection(
        [
            ('customer', "Customer"), ('returns', "Returns"), ('warehouse', "Warehouse"), ('inspector', "Inspector"),
            ('accounting', "Accounting"),
        ],
        string="Next Is", compute='_compute_next_step', store=True)
    date_next = fields.Date("Until", compute='_compute_next_step', store=True)

    # Documents
    picking_ids = fields.One2many('stock.picking', 'returns_order_id', string="Receipts", copy=False)
    picking_count = fields.Integer(compute='_compute_document_counts', compute_sudo=True)
    credit_note_ids = fields.Many2many(
        'account.move', string="Credit Notes", compute='_compute_document_counts', compute_sudo=True)
    credit_note_count = fields.Integer(compute='_compute_document_counts', compute_sudo=True)

    _name_company_uniq = models.UniqueIndex(
        "(name, company_id) WHERE name != '/'", "This return number is taken in the company.")

    # === Computes: customer and contents ===

    @api.depends('name')
    def _compute_barcode(self):
        for order in self:
            order.barcode = order.name.replace('/', '') or False

    @api.depends('name')
    def _compute_display_name(self):
        for order in self:
            order.display_name = self.env._("New Return") if order.name == '/' else order.name

    @api.depends('partner_id')
    def _compute_contact_id(self):
        for order in self:
            if order.contact_id.commercial_partner_id != order.partner_id:
                order.contact_id = order.partner_id
            if order.partner_shipping_id.commercial_partner_id != order.partner_id:
                order.partner_shipping_id = order.partner_id

    @api.depends('line_ids.sale_line_id')
    def _compute_sale_order_ids(self):
        for order in self:
            order.sale_order_ids = order.line_ids.sale_line_id.order_id

    def _search_sale_order_ids(self, operator, value):
        return [('line_ids.sale_line_id.order_id', operator, value)]

    @api.depends('company_id', 'line_ids.sale_line_id')
    def _compute_currency_id(self):
        for order in self:
            order.currency_id = order.line_ids.sale_line_id.currency_id[:1] or order.company_id.currency_id

    @api.depends('line_ids.amount_expected')
    def _compute_amount_expected(self):
        for order in self:
            order.amount_expected = sum(order.line_ids.mapped('amount_expected'))

    @api.depends('line_ids.objection_summary', 'line_ids.product_id')
    def _compute_objection_summary(self):
        for order in self:
            order.objection_summary = "\n".join(
                f"{line.product_id.display_name}: {line.objection_summary}"
                for line in order.line_ids if line.objection_summary)

    @api.depends('company_id', 'line_ids.origin_move_id')
    def _compute_warehouse_id(self):
        """Where the goods left from; where they never were in a warehouse, the first one of the company."""
        first_by_company = {
            company: warehouses[0]
            for company, warehouses in self.env['stock.warehouse'].search([
                ('company_id', 'in', self.company_id.ids),
            ]).grouped('company_id').items()
        }
        for order in self:
            if order.warehouse_id.company_id == order.company_id and order.warehouse_id:
                continue
            left_from = order.line_ids.origin_move_id.location_id.warehouse_id[:1]
            order.warehouse_id = left_from or first_by_company.get(order.company_id)

    # === Computes: the three answers ===

    @api.depends('line_ids.qty_received', 'line_ids.qty_to_receive')
    def _compute_reception_status(self):
        for order in self:
            received = any(order.line_ids.mapped('qty_received'))
            expected = any(order.line_ids.mapped('qty_to_receive'))
            if expected:
                order.reception_status = 'partial' if received else 'pending'
            else:
                order.reception_status = 'full' if received else 'no'

    @api.depends(
        'line_ids.qty_to_receive', 'line_ids.qty_to_credit', 'line_ids.qty_in_draft_credit', 'line_ids.qty_credited')
    def _compute_credit_status(self):
        for order in self:
            lines = order.line_ids
            credited = any(lines.mapped('qty_credited'))
            owed = any(line.qty_to_receive or line.qty_to_credit or line.qty_in_draft_credit for line in lines)
            if owed:
                order.credit_status = 'partial' if credited else 'pending'
            else:
                order.credit_status = 'full' if credited else 'no'

    @api.depends('credit_status', 'line_ids.credit_line_ids.move_id.payment_state')
    def _compute_payout_status(self):
        for order in self:
            posted = order.line_ids.credit_line_ids.move_id.filtered(lambda move: move.state == 'posted')
            settled = posted.filtered(lambda move: move.payment_state in ('in_payment', 'paid', 'reversed'))
            if order.credit_status == 'no':
                order.payout_status = 'no'
            elif order.credit_status == 'full' and settled == posted:
                order.payout_status = 'full'
            elif settled or 'partial' in posted.mapped('payment_state'):
                order.payout_status = 'partial'
            else:
                order.payout_status = 'pending'

    @api.depends('reception_status', 'credit_status', 'payout_status')
    def _compute_state(self):
        """The one automatic pair: an approved return is done when nothing is expected any more, and back if it is."""
        for order in self:
            tracks = {order.reception_status, order.credit_status, order.payout_status}
            if order.state == 'approved' and 'full' in tracks and tracks <= {'full', 'no'}:
                order.state = 'done'
                order.date_done = fields.Datetime.now()
            elif order.state == 'done' and not tracks <= {'full', 'no'}:
                order.state = 'approved'
                order.date_done = False
            else:
                order.state = order.state or 'draft'
                order.date_done = order.date_done

    @api.depends('line_ids.qty_received')
    def _compute_date_refund_deadline(self):
        for order in self:
            arrived = order.line_ids.move_ids.filtered(lambda move: move.state == 'done').mapped('date')
            days = min(order.line_ids.policy_id.mapped('refund_days'), default=0)
            order.date_refund_deadline = min(arrived) + relativedelta(days=days) if arrived else False

    @api.depends(
        'state', 'reception_status', 'credit_status', 'payout_status', 'date_sent', 'date_deadline',
        'date_refund_deadline', 'line_ids.qty_to_credit', 'line_ids.qty_in_draft_credit',
    )
    def _compute_next_step(self):
        for order in self:
            order.next_step = order._get_next_step()
            order.next_actor = order._get_next_actor()
            order.date_next = order._get_date_next()

    @api.model
    def _group_expand_next_step(self, values, domain):
        """Columns in the order of the steps, without the empty ones."""
        return [value for value, _label in self._fields['next_step'].selection if value in values]

    def _get_next_step(self):
        """The one thing to do next. Where several could be done, what we owe the customer comes first."""
        self.ensure_one()
        if self.state == 'requested':
            return 'review'
        if self.state != 'approved':
            return 'none'
        if any(line.qty_to_credit or line.qty_in_draft_credit for line in self.line_ids):
            return 'credit'
        if self.reception_status == 'partial' or (self.reception_status == 'pending' and self.date_sent):
            return 'receive'
        if self.reception_status == 'pending':
            return 'send'
        if self.payout_status in ('pending', 'partial'):
            return 'pay'
        return 'review'  # its receipt was cancelled: somebody has to say what becomes of it

    def _get_next_actor(self):
        """Who does the next step. Drafts of credit notes wait for accounting, not for the returns clerk."""
        self.ensure_one()
        if self.next_step == 'credit' and not any(self.line_ids.mapped('qty_to_credit')):
            return 'accounting'
        return ACTOR_BY_STEP[self.next_step]

    def _get_date_next(self):
        self.ensure_one()
        if self.next_step in ('send', 'receive'):
            return self.date_deadline
        if self.next_step in ('credit', 'pay'):
            return self.date_refund_deadline
        return False

    @api.depends('picking_ids', 'line_ids.credit_line_ids.move_id')
    def _compute_document_counts(self):
        for order in self:
            order.picking_count = len(order.picking_ids)
            order.credit_note_ids = order.line_ids.credit_line_ids.move_id
            order.credit_note_count = len(order.credit_note_ids)

    # === Rules ===

    @api.constrains('partner_id', 'company_id', 'line_ids')
    def _check_one_customer_company_and_currency(self):
        for order in self:
            sale_orders = order.line_ids.sale_line_id.order_id.sudo()
            if sale_orders.partner_id.commercial_partner_id - order.partner_id:
                raise UserError(self.env._(
                    "A return belongs to one customer: %(others)s cannot be returned by %(customer)s.",
                    others=", ".join(sale_orders.mapped('name')), customer=order.partner_id.display_name))
            if len(sale_orders.currency_id) > 1:
                raise UserError(self.env._(
                    "%s are in different currencies. Make one return for each currency.",
                    ", ".join(sale_orders.mapped('name'))))

    @api.model_create_multi
    def create(self, vals_list):
        self._complete_customers(vals_list)
        for vals in vals_list:
            if vals.get('name', '/') == '/':
                company_id = vals.get('company_id') or self.env.company.id
                vals['name'] = self.env['ir.sequence'].with_company(company_id).next_by_code('returns.order') or '/'
        orders = super().create(vals_list)
        if any(order.state != 'draft' for order in orders) and not self._is_transition():
            raise UserError(self.env._("A return starts as a draft: submit and approve it instead."))
        return orders

    @api.model
    def _complete_customers(self, vals_list):
        """The customer is always the commercial partner: a person of the company becomes the contact."""
        partners = self.env['res.partner'].browse(vals['partner_id'] for vals in vals_list if vals.get('partner_id'))
        customer_by_id = {partner.id: partner.commercial_partner_id.id for partner in partners}
        for vals in vals_list:
            partner_id = vals.get('partner_id')
            if partner_id and customer_by_id[partner_id] != partner_id:
                vals.update(partner_id=customer_by_id[partner_id], contact_id=vals.get('contact_id', partner_id))

    def write(self, vals):
        if 'state' in vals and not self._is_transition():
            raise UserError(self.env._("The status of a return follows from what is done with it: use its buttons."))
        if {'company_id', 'partner_id'} & vals.keys():
            self._check_still_draft()
        return super().write(vals)

    def _check_still_draft(self):
        submitted = self.filtered(lambda order: order.state != 'draft')
        if submitted:
            raise UserError(self.env._(
                "Customer and company cannot be changed any more on %s.", ", ".join(submitted.mapped('name'))))

    @api.ondelete(at_uninstall=False)
    def _unlink_only_if_draft_or_cancelled(self):
        kept = self.filtered(lambda order: order.state not in ('draft', 'cancel'))
        if kept:
            raise UserError(self.env._("Only drafts can be deleted. Cancel %s first.", ", ".join(kept.mapped('name'))))

    def copy_data(self, default=None):
        """A copy is a new request of the one who makes it."""
        return super().copy_data({'user_id': self.env.uid, **(default or {})})

    # === Verbs ===

    def _is_transition(self):
        return self.env.context.get('returns_transition') is TRANSITION_KEY

    def _get_to_transition(self, verb):
        """The returns of `self` that `verb` still has to move; those that are there already are left out.

        :raise UserError: naming the returns that `verb` cannot start from
        """
        sources, target = TRANSITIONS[verb]
        todo = self.filtered(lambda order: order.state not in REACHED[verb])
        blocked = todo.filtered(lambda order: order.state not in sources)
        if blocked:
            labels = dict(self._fields['state']._description_selection(self.env))
            raise UserError(self.env._(
                "%(returns)s cannot become “%(target)s”: the status is “%(states)s”.",
                returns=", ".join(blocked.mapped('name')), target=labels[target],
                states="”, “".join(labels[state] for state in dict.fromkeys(blocked.mapped('state')))))
        return todo

    def _transition(self, verb, **values):
        """Move the returns along `verb` and write `values` with it; nobody else writes the state."""
        self.with_context(returns_transition=TRANSITION_KEY).write({'state': TRANSITIONS[verb][1], **values})

    def action_submit(self):
        """Freeze the verdict, claim the quantities, and approve at once what the policy lets pass."""
        orders = self._get_to_transition('submit')
        orders._check_complete()
        serialize(orders.line_ids.origin_move_id)
        orders.with_context(returns_transition=TRANSITION_KEY).date_request = fields.Datetime.now()
        orders.line_ids._freeze_verdict()
        orders._transition('submit')
        orders.line_ids.origin_move_id._check_returns_claims()
        orders.line_ids.sale_line_id.sudo().filtered(lambda line: not line.returns_exist).returns_exist = True
        orders.filtered(lambda order: order._is_approved_automatically()).action_approve()
        return True

    def action_confirm(self):
        """Submit and approve in one click. What only a manager may overrule stays requested, for a manager to see."""
        drafts = self.filtered(lambda order: order.state == 'draft')
        drafts.action_submit()
        pending = self.filtered(lambda order: order.state == 'requested')
        (pending - drafts.filtered(lambda order: not order._can_approve())).action_approve()
        return True

    def action_approve(self):
        """Approve what is approved of each line, and announce it to the warehouse.

        :raise AccessError: when objections are overruled by somebody who is no returns manager
        """
        orders = self._get_to_transition('approve')
        orders._check_approvable()
        moves = orders.line_ids.origin_move_id
        serialize(moves)
        today = fields.Date.context_today(self)
        for days, group in orders.grouped(lambda order: order._get_shipping_days()).items():
            group._transition(
                'approve', date_approval=fields.Datetime.now(), approver_id=self.env.uid,
                date_deadline=today + relativedelta(days=days))
        orders._create_receipts()
        moves._check_returns_claims()
        orders._log_overruled_objections()
        return True

    def action_refuse(self):
        """Refuse the returns. Each needs a text that the customer can read."""
        orders = self._get_to_transition('refuse')
        silent = orders.filtered(lambda order: not (order.refusal_note or '').strip())
        if silent:
            raise UserError(self.env._(
                "Say why %s cannot be returned: the customer reads it.", ", ".join(silent.mapped('name'))))
        orders._transition('refuse')
        return True

    def action_cancel(self):
        """Call the returns off, with their receipts. What has arrived or is credited cannot be called off."""
        orders = self._get_to_transition('cancel')
        started = orders.filtered(lambda order: any(
            line.qty_received or line.qty_credited or line.qty_in_draft_credit for line in order.line_ids))
        if started:
            raise UserError(self.env._(
                "%s cannot be cancelled: goods have arrived or a credit note exists.",
                ", ".join(started.mapped('name'))))
        # The clerk who calls a return off needs no stock rights to tell the warehouse.
        orders.sudo().picking_ids.filtered(lambda picking: picking.state not in ('done', 'cancel')).action_cancel()
        orders._transition('cancel')
        return True

    def action_reset_to_draft(self):
        orders = self._get_to_transition('reset_to_draft')
        orders._transition(
            'reset_to_draft', date_request=False, date_approval=False, approver_id=False, date_deadline=False,
            date_sent=False, refusal_note=False)
        orders.line_ids.write({'qty_approved': 0.0, 'refusal_note': False})
        for name in ('policy_id', 'eligibility'):
            self.env.add_to_compute(orders.line_ids._fields[name], orders.line_ids)
        return True

    def action_create_credit_notes(self):
        """Credit what is owed and not credited yet; a second call finds nothing to do.

        :return: the action that shows the credit notes of the returns
        """
        self._create_credit_notes()
        self.filtered('attention_note').attention_note = False
        return self.action_view_credit_notes()

    # === Approval ===

    def _check_complete(self):
        """:raise UserError: naming everything that is missing, on every return at once"""
        empty = self.filtered(lambda order: not order.line_ids)
        if empty:
            raise UserError(self.env._(
                "Add what comes back before you submit: %s has no products.", ", ".join(empty.mapped('name'))))

    def _is_approved_automatically(self):
        """Whether no objection was found and every policy lets a return of this amount pass."""
        self.ensure_one()
        return (
            all(line.eligibility == 'accepted' for line in self.line_ids)
            and all(policy._is_within_auto_limit(self) for policy in self.line_ids.policy_id)
        )

    def _get_shipping_days(self):
        self.ensure_one()
        return min(self.line_ids.policy_id.mapped('shipping_days'), default=0)

    def _get_overruled_lines(self):
        """The lines approved although the policy objects."""
        return self.line_ids.filtered(lambda line: line.qty_approved and line.objection_ids)

    def _can_approve(self):
        self.ensure_one()
        overruled = self._get_overruled_lines()
        return any(self.line_ids.mapped('qty_approved')) and (
            not overruled or self._is_manager() and all(overruled.objection_ids.mapped('waivable')))

    def _is_manager(self):
        return self.env.su or self.env.user.has_group('returns_management.group_returns_manager')

    def _check_approvable(self):
        empty = self.filtered(lambda order: not any(order.line_ids.mapped('qty_approved')))
        if empty:
            raise UserError(self.env._(
                "Nothing is approved of %s. Set an approved quantity, or refuse the return.",
                ", ".join(empty.mapped('name'))))
        overruled = self._get_overruled_lines()
        final = overruled.objection_ids.filtered(lambda objection: not objection.waivable)
        if final:
            raise UserError(self.env._(
                "This cannot be overruled. Set the approved quantity of the line to 0, or refuse the return.\n%s",
                "\n".join(final.mapped('message'))))
        if overruled and not self._is_manager():
            raise AccessError(self.env._(
                "Only a returns manager can approve against the policy:\n%s",
                "\n".join(
                    f"{objection.line_id.order_id.name}: {objection.message}"
                    for objection in overruled.objection_ids)))

    def _log_overruled_objections(self):
        for order in self:
            objections = order._get_overruled_lines().objection_ids
            if objections:
                order.message_post(body=self.env._(
                    "Approved against the policy: %s", format_list(self.env, objections.mapped('message'))))

    # === Goods ===

    def _create_receipts(self):
        """Announce to the warehouse what is approved and not announced yet: one receipt for each return.

        :return: the new `stock.picking` records, ready to be received
        """
        # A returns clerk needs no stock rights to announce a parcel.
        pickings_sudo = self.env['stock.picking'].sudo().create([
            vals for order in self.sudo() if (vals := order._prepare_return_picking_vals())['move_ids']
        ])
        if pickings_sudo:
            pickings_sudo.action_confirm()
            pickings_sudo.action_assign()
        return pickings_sudo.sudo(False)

    def _prepare_return_picking_vals(self):
        """Values of the receipt of this return.

        :return: dict for `stock.picking.create`; its `move_ids` are empty when there is nothing to announce
        """
        self.ensure_one()
        picking_type = self.warehouse_id.returns_type_id
        source = self.line_ids.origin_move_id.location_dest_id[:1]
        destination = picking_type.default_location_dest_id
        return {
            'returns_order_id': self.id,
            'picking_type_id': picking_type.id,
            'partner_id': self.partner_shipping_id.id or self.partner_id.id,
            'origin': self.name,
            'company_id': self.company_id.id,
            'location_id': source.id,
            'location_dest_id': destination.id,
            'move_ids': [
                Command.create({
                    **vals, 'location_id': line.origin_move_id.location_dest_id.id, 'location_dest_id': destination.id,
                })
                for line in self.line_ids
                if (vals := line._prepare_return_move_vals())['product_uom_qty'] > 0
            ],
        }

    def _on_received(self):
        """Goods of these returns have arrived: do what their policies say happens by itself."""
        triggered = self.line_ids.filtered(lambda line: line.policy_id.credit_trigger == 'on_receipt').order_id
        triggered.sudo()._run_automatically('_create_credit_notes')

    def _run_automatically(self, method_name):
        """Run a step without anybody at the screen: what fails is told on its return, the others go on.

        A batch that fails is halved until the returns that fail stand alone. Each try has a savepoint of its own;
        what the database asks to be run again as a whole is passed on.
        """
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                getattr(self, method_name)()
                self.filtered('attention_note').attention_note = False
        except RETRY_ERRORS:
            raise
        except Exception as error:
            if len(self) > 1:
                middle = len(self) // 2
                self[:middle]._run_automatically(method_name)
                self[middle:]._run_automatically(method_name)
            else:
                _logger.warning("%s of %s failed: %s", method_name, self.name, error, exc_info=True)
                self.attention_note = str(error)

    # === Money ===

    def _create_credit_notes(self):
        """Give what is owed for the lines, by the resolution of each.

        :return: the new credit notes (`account.move`)
        """
        credit_notes = self.env['account.move']
        for resolution, lines in self.line_ids.filtered('qty_to_credit').grouped('resolution_id').items():
            credit_notes += resolution._resolve(lines)
        return credit_notes

    def _prepare_credit_note_vals(self, invoice):
        """Values of the credit note of this return for `invoice`, without its lines: it says what the invoice said.

        Without a payment term: what is owed to the customer is due at once. At the exchange rate of the invoice: a
        return reverses a sale, revenue and tax go back as they were booked.

        :param invoice: the posted `account.move` that is credited
        :return: dict for `account.move.create`
        """
        self.ensure_one()
        return {
            'move_type': 'out_refund',
            'reversed_entry_id': invoice.id,
            'partner_id': invoice.partner_id.id,
            'partner_shipping_id': invoice.partner_shipping_id.id,
            'company_id': invoice.company_id.id,
            'currency_id': invoice.currency_id.id,
            'journal_id': invoice.journal_id.id,
            'fiscal_position_id': invoice.fiscal_position_id.id,
            'invoice_currency_rate': invoice.invoice_currency_rate,
            'invoice_date': fields.Date.context_today(self),
            'invoice_payment_term_id': False,
            'invoice_user_id': invoice.invoice_user_id.id,
            'team_id': invoice.team_id.id,
            'invoice_origin': invoice.invoice_origin,
            'ref': self.env._("%(return)s: return of %(invoice)s", **{'return': self.name, 'invoice': invoice.name}),
        }

    # === Screens ===

    def action_view_pickings(self):
        return self._get_documents_action('stock.action_picking_tree_all', self.picking_ids)

    def action_view_credit_notes(self):
        return self._get_documents_action('account.action_move_out_refund_type', self.credit_note_ids)

    def action_view_sale_orders(self):
        return self._get_documents_action('sale.action_orders', self.sale_order_ids)

    def _get_documents_action(self, action_name, documents):
        """The window action for `documents`: the form of the only one, else their list without default filters."""
        action = self.env['ir.actions.act_window']._for_xml_id(action_name)
        action['context'] = {'create': False}
        action['domain'] = [('id', 'in', documents.ids)]
        if len(documents) == 1:
            form_views = [view for view in action['views'] if view[1] == 'form'] or [(False, 'form')]
            action.update(res_id=documents.id, views=form_views)
        return action

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.name.replace('/', '-')
