from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

#: What the fields of a row depend on besides the row: the day as of which it is told, `YYYY-MM-DD`, absent for now.
AS_OF = ('returns_as_of',)
Told = {'readonly': True, 'depends_context': AS_OF}
Quantity = partial(fields.Float, digits='Product Unit', **Told)
Amount = partial(fields.Monetary, currency_field='company_currency_id', **Told)


class ReturnsReconciliation(models.Model):
    """What came back beside what was credited and paid: one record for each return line, and each plain core return.

    All is told from documents: receipts by the moment when they were done, credit notes by their accounting date,
    payments by the date on which they were matched. So the context `returns_as_of` gives the same on every later day,
    and amounts agree with the ledger of that day. Drafts are not credited.
    """

    _name = 'returns.reconciliation'
    _description = "Returns Reconciliation"
    _auto = False
    _order = 'date desc, id desc'
    _rec_name = 'product_id'

    kind = fields.Selection(
        [('return', "Return"), ('plain', "Returned without a return")], **Told,
        help="Returned without a return: somebody reversed the delivery in Inventory.")
    status = fields.Selection(
        [
            ('over_credited', "Credited too much"),
            ('paid_alone', "Paid back without credit note"),
            ('cost', "Cost differs"),
            ('rate', "Exchange rate differs"),
            ('uncredited', "Received, not credited"),
            ('unreceived', "Credited, not received"),
            ('unpaid', "Credited, not paid out"),
            ('uninvoiced', "Paid, not invoiced"),
            ('awaited', "Not due yet"),
            ('matched', "Matched"),
        ], string="Reconciliation", **Told, help="The most urgent of what is open; a row may be more than one.")

    # What
    order_id = fields.Many2one('returns.order', string="Return", **Told)
    line_id = fields.Many2one('returns.order.line', string="Return Line", **Told)
    move_id = fields.Many2one('stock.move', string="Stock Move", **Told)
    sale_order_id = fields.Many2one('sale.order', string="Sales Order", **Told)
    sale_line_id = fields.Many2one('sale.order.line', string="Sales Order Line", **Told)
    product_id = fields.Many2one('product.product', **Told)
    categ_id = fields.Many2one('product.category', string="Product Category", **Told)
    partner_id = fields.Many2one('res.partner', string="Customer", **Told)
    company_id = fields.Many2one('res.company', **Told)
    reason_id = fields.Many2one('returns.reason', **Told)
    resolution_id = fields.Many2one('returns.resolution', string="Customer Gets", **Told)
    state = fields.Selection(
        lambda self: self.env['returns.order']._fields['state']._description_selection(self.env),
        string="Return Status", **Told)

    # When
    date = fields.Datetime("Opened On", **Told, help="When it was asked for, or came back without a return.")
    date_received = fields.Datetime("Received On", **Told)
    date_credit = fields.Date("Credited On", **Told)
    date_cost = fields.Date("Cost Booked On", **Told)
    age = fields.Integer("Days Open", aggregator='avg', **Told)
    age_bucket = fields.Selection(
        [
            ('14', "Up to 14 days"), ('30', "15 to 30 days"), ('60', "31 to 60 days"), ('90', "61 to 90 days"),
            ('more', "More than 90 days"),
        ], string="Open For", **Told)

    # How much, in the unit of the product
    uom_id = fields.Many2one('uom.uom', string="Unit", **Told)
    qty_requested = Quantity("Asked")
    qty_approved = Quantity("Approved")
    qty_received = Quantity("Received")
    qty_accepted = Quantity("Accepted")
    qty_credited = Quantity("Credited", help="By posted credit notes, of the return or made by hand.")
    qty_paid = Quantity("Paid Back", help="Of the credited quantity: as much as the credit notes are paid or matched.")
    qty_uncredited = Quantity(
        "Received, Not Credited", help="Accepted and invoiced: what was never invoiced needs no credit note.")
    qty_unreceived = Quantity("Credited, Not Received")
    qty_uninvoiced = Quantity("Received, Not Invoiced")

    # Money
    currency_id = fields.Many2one('res.currency', **Told)
    company_currency_id = fields.Many2one('res.currency', **Told)
    amount_net = Amount("Credited Net", help="As booked, without taxes.")
    amount_tax = Amount("Credited Tax")
    amount_net_currency = fields.Monetary("Credited Net in Currency", aggregator=None, **Told)
    amount_uncredited = Amount(
        "Net to Credit", help="Of what was received and is not credited, as it was invoiced, less fees.")
    amount_tax_uncredited = Amount("Tax to Credit")
    amount_unreceived = Amount("Credited, Not Received Net")
    amount_unpaid = Amount("Not Paid Out", help="Taxes included.")
    amount_paid_alone = Amount("Paid without Credit Note", help="Taxes included.")
    amount_uninvoiced = Amount("Paid, Not Invoiced", help="Taxes included.")

    # Cost and rates
    cost_received = Amount("Value Received", help="At which the goods came back into stock.")
    cost_credited = Amount(
        "Value to Book", help="Of what is credited, and of what came and needs no credit note.")
    cost_booked = Amount("Cost Booked", help="Into the stock account, with credit notes or alone.")
    cost_difference = Amount("Cost Difference")
    cost_uncredited = Amount("Cost to Take Back", help="Value of what was received and is not credited.")
    rate_invoice = fields.Float("Invoice Rate", digits=0, aggregator=None, **Told)
    rate_credit = fields.Float("Credit Rate", digits=0, aggregator=None, **Told)
    amount_rate_difference = Amount(
        "Rate Difference", help="What the other exchange rate makes of the credited net.")

    @api.depends('order_id', 'move_id', 'product_id')
    def _compute_display_name(self):
        for row in self:
            document = row.order_id.name or row.move_id.sudo().reference
            row.display_name = f"{document} {row.product_id.display_name}"

    # === Documents ===

    def _get_credit_notes(self):
        """The credit notes of these rows, in every state; those made by hand, too."""
        items = self.sale_line_id.sudo().invoice_lines.filtered(
            lambda item: item.move_id.move_type == 'out_refund') | self.line_id.sudo().credit_line_ids
        return items.move_id

    def action_view_return(self):
        self.ensure_one()
        if not self.order_id:
            raise UserError(self.env._(
                "Nobody made a return for this: the delivery was reversed in Inventory. Open its receipt instead."))
        return self.order_id._get_records_action(context={'create': False})

    def action_view_receipts(self):
        pickings = (self.line_id.sudo().move_ids | self.move_id.sudo()).picking_id
        return self._get_documents_action('stock.action_picking_tree_all', pickings, self.env._("Receipts"))

    def action_view_invoices(self):
        invoices = self.sale_line_id.sudo().invoice_lines.move_id.filtered(
            lambda move: move.move_type == 'out_invoice')
        return self._get_documents_action('account.action_move_out_invoice', invoices, self.env._("Invoices"))

    def action_view_credit_notes(self):
        return self._get_credit_notes_action(self._get_credit_notes())

    def action_view_payments(self):
        credit_notes = self._get_credit_notes()
        payments = credit_notes.matched_payment_ids | credit_notes._get_reconciled_payments()
        return self._get_documents_action('account.action_account_payments', payments, self.env._("Payments"))

    def _get_credit_notes_action(self, credit_notes):
        return self._get_documents_action(
            'account.action_move_out_refund_type', credit_notes, self.env._("Credit Notes"))

    def _get_documents_action(self, action_name, documents, title):
        """The window with `documents` as the user may see them: the form of the only one, else their list.

        :raise UserError: when there are none
        """
        documents = documents.sudo(False)
        if not documents:
            raise UserError(self.env._("%(rows)s: no %(documents)s.", documents=title, rows=", ".join(
                self.mapped('display_name'))))
        action = self.env['returns.order']._get_documents_action(action_name, documents)
        return {**action, 'name': title, 'display_name': title, 'path': False}

    # === What is done with chosen rows ===

    def action_post_credit_notes(self):
        """Post the draft credit notes of these rows.

        :raise UserError: when there is no draft among them
        """
        drafts = self._get_credit_notes().sudo(False).filtered(lambda move: move.state == 'draft')
        if not drafts:
            raise UserError(self.env._(
                "No draft credit note among these: create the credit notes of the returns first."))
        drafts.action_post()
        return self._get_credit_notes_action(drafts)

    def action_pay(self):
        """Register the payment of what is open of the posted credit notes of these rows, as Odoo does it.

        :raise UserError: when nothing is open
        """
        owed = self._get_credit_notes().sudo(False).filtered(
            lambda move: move.state == 'posted' and move.payment_state in ('not_paid', 'partial'))
        if not owed:
            raise UserError(self.env._("All posted credit notes among these are paid."))
        return owed.action_register_payment()

    # === As of a day ===

    def _get_action_as_of(self, day):
        """The window that shows all as of `day` (`date`)."""
        action = self.env['ir.actions.act_window']._for_xml_id('returns_management.returns_reconciliation_action')
        title = self.env._("As of %s", format_date(self.env, day))
        return {
            **action,
            'name': title,
            'display_name': title,  # it is what the page shows
            'context': {'returns_as_of': fields.Date.to_string(day)},
            'path': False,
        }

    def action_export(self):
        """The workbook of the day that the list shows, today when it shows no other: all of it, whatever is chosen."""
        self.check_access('read')
        return self._get_export_action(self._get_as_of() or fields.Date.context_today(self))

    def _get_export_action(self, day):
        file = f'{fields.Date.to_string(day)}.xlsx?company={self.env.company.id}'
        return {
            'type': 'ir.actions.act_url',
            'url': f'/returns_management/reconciliation/{file}',
            'target': 'download',
        }
