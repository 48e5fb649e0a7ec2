from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from .bad_numbers import check_finite


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
        'res.partner', check_company=True, index='btree_not_null',
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
    objection_summary = fields.Text(
        compute='_compute_objection_summary', help="What the policy objects to, line by line.")

    _name_company_uniq = models.UniqueIndex(
        "(name, company_id) WHERE name != '/'", "This return number is taken in the company.")

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
        self.line_ids.sale_line_id.order_id.sudo().mapped('state')  # read all of them at once, not one by one
        for order in self:
            order.sale_order_ids = order.line_ids.sale_line_id.order_id

    def _search_sale_order_ids(self, operator, value):
        return [('line_ids.sale_line_id.order_id', operator, value)]

    @api.depends('company_id', 'line_ids.sale_line_id')
    def _compute_currency_id(self):
        for order in self:
            order.currency_id = order.line_ids.sale_line_id.currency_id[:1] or order.company_id.currency_id

    @api.depends('line_ids.objection_summary', 'line_ids.product_id')
    def _compute_objection_summary(self):
        for order in self:
            objecting = order.line_ids.filtered('objection_summary').grouped('objection_summary')
            order.objection_summary = "\n".join(
                lines._name_products(summary) for summary, lines in objecting.items())

    @api.constrains('partner_id')
    def _check_one_customer_and_currency(self):
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
        vals_list = [dict(vals) for vals in vals_list]  # an import tries the same values once more, one by one
        self._complete_customers(vals_list)
        for vals in vals_list:
            self._check_wish(self, vals)
        self._complete_numbers(vals_list)
        return super().create(vals_list)

    @api.model
    def _complete_customers(self, vals_list):
        """The customer is always the commercial partner: a person of the company becomes the contact."""
        partners = self.env['res.partner'].browse(vals['partner_id'] for vals in vals_list if vals.get('partner_id'))
        customer_by_id = {partner.id: partner.commercial_partner_id.id for partner in partners}
        for vals in vals_list:
            partner_id = vals.get('partner_id')
            if partner_id and customer_by_id[partner_id] != partner_id:
                vals.update(partner_id=customer_by_id[partner_id], contact_id=vals.get('contact_id', partner_id))

    @api.model
    def _complete_numbers(self, vals_list):
        """Number the returns that have no number, each in its company."""
        unnumbered = defaultdict(list)
        for vals in vals_list:
            if vals.get('name', '/') == '/':
                unnumbered[vals.get('company_id') or self.env.company.id].append(vals)
        for company_id, company_vals_list in unnumbered.items():
            numbers = self.env['ir.sequence'].with_company(company_id)._get_next_returns_numbers(
                self._name, len(company_vals_list))
            if numbers is None:
                company = self.env['res.company'].sudo().browse(company_id)
                raise UserError(self.env._(
                    "%s has no numbering for returns. Create a sequence with the code “returns.order” under "
                    "Settings → Technical → Sequences.", company.name))
            for vals, number in zip(company_vals_list, numbers, strict=True):
                vals['name'] = number

    @api.model
    def _check_wish(self, records, vals):
        """What people may write is a wish. All else follows from it: only the system writes what is read-only.

        :param records: of the model that `vals` are for, a return or its lines; empty when they are for a new one,
            which gets the defaults of the context, too
        :raise UserError: naming the fields that nobody may write
        """
        check_finite(records, vals)
        fields_wished = [records._fields[name] for name in vals if name in records._fields]
        if not records:
            fields_wished += [
                field for name, field in records._fields.items()
                if not field.compute and f'default_{name}' in records.env.context]
        fields_read_only = [field for field in fields_wished if field.readonly and field.name != 'id']
        if fields_read_only and not (self.env.su or self._is_transition()):
            raise UserError(self.env._(
                "These follow from what is done with a return, nobody writes them: %s.",
                ", ".join(field._description_string(self.env) for field in fields_read_only)))

    def write(self, vals):
        self._check_wish(self, vals)
        if {'company_id', 'partner_id'} & vals.keys():
            self._check_still_draft()
        return super().write(vals)

    def _check_still_draft(self):
        submitted = self.filtered(lambda order: order.state != 'draft')
        if submitted:
            raise UserError(self.env._(
                "Customer and company cannot be changed any more on %s.", ", ".join(submitted.mapped('name'))))

    def _sql_error_to_message(self, exc):
        """Override: what is wrong with a line of a return that is imported is told in the words of the line."""
        lines = self.env['returns.order.line']
        if exc.diag.table_name == lines._table:
            return lines._sql_error_to_message(exc)
        return super()._sql_error_to_message(exc)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_if_draft_or_cancelled(self):
        kept = self.filtered(lambda order: order.state not in ('draft', 'cancel'))
        if kept:
            raise UserError(self.env._("Only drafts can be deleted. Cancel %s first.", ", ".join(kept.mapped('name'))))

    def copy_data(self, default=None):
        """A copy is a new request of the one who makes it."""
        return super().copy_data({'user_id': self.env.uid, **(default or {})})

    def action_view_sale_orders(self):
        return self._get_documents_action('sale.action_orders', self.sale_order_ids)

    def _get_documents_action(self, action_name, documents):
        """The window action for `documents`: the form of the only one, else their list without default filters."""
        action = self.env['ir.actions.act_window']._for_xml_id(action_name)
        action['context'] = {'create': False}
        if documents._name == 'account.move':  # else Odoo shows neither customers nor dates in the list
            action['context']['default_move_type'] = documents[:1].sudo().move_type
        action['domain'] = [('id', 'in', documents.ids)]
        action['views'] = sorted(action['views'], key=lambda view: view[1] != 'list')
        if len(documents) == 1:
            form_views = [view for view in action['views'] if view[1] == 'form'] or [(False, 'form')]
            action.update(res_id=documents.id, views=form_views)
        return action

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.name.replace('/', '-')
