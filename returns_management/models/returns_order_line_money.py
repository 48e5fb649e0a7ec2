from collections import defaultdict

from odoo import Command, api, fields, models

from .allocation import allocate
from .locking import serialize


class ReturnsOrderLine(models.Model):
    """Was the customer made whole? What is credited of this line, and what is still to be."""

    _inherit = 'returns.order.line'

    credit_line_ids = fields.One2many(
        'account.move.line', 'returns_line_id', string="Credit Note Lines", copy=False, readonly=True)
    qty_credited = fields.Float(
        "Credited", digits='Product Unit', compute='_compute_credited', store=True, help="By posted credit notes.")
    qty_in_draft_credit = fields.Float(
        "In Draft Credit Notes", digits='Product Unit', compute='_compute_credited', store=True)
    qty_to_credit = fields.Float("To Credit", digits='Product Unit', compute='_compute_qty_to_credit', store=True)
    qty_drafted_by_hand = fields.Float(
        "Drafted by Hand", digits='Product Unit', compute='_compute_qty_to_credit', store=True,
        help="Somebody's own draft credit note stands for it.")
    amount_expected = fields.Monetary(
        "Expected Credit", compute='_compute_amount_expected', store=True, help="Taxes included.")
    amount_credited = fields.Monetary(
        "Credited Amount", compute='_compute_credited', store=True, help="By posted credit notes, taxes included.")
    amount_to_credit = fields.Monetary(
        compute='_compute_amount_to_credit', help="Taxes included.")

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

    @api.depends(
        'qty_accepted', 'qty_to_receive', 'qty_credited', 'qty_in_draft_credit', 'qty_kept', 'resolution_id',
        'exchange_product_id',
    )
    def _compute_qty_to_credit(self):
        """What was accepted and is invoiced, but not credited: goods that were never invoiced need no credit note.

        Invoices are not among the dependencies, so that they cost nothing where there are no returns: `account.move`
        tells the returns of its order lines when they change.
        """
        lines_to_compute = set(self._ids)
        for sale_line, lines in self.sale_line_id._origin.returns_line_ids.grouped('sale_line_id').items():
            creditable = sale_line._get_returns_creditable_qty()
            invoiced = sum(sale_line._get_returns_invoice_rooms().values())
            drafted = sale_line._get_returns_qty_drafted_by_hand()
            for line in lines.sorted('id', reverse=True):  # what came last is what is too much
                uncredited = max(0.0, line._get_qty_due() - line.qty_credited - line.qty_in_draft_credit)
                wanted = line._convert_qty(uncredited, line.product_id.uom_id)
                reduced = line._get_action() == 'reduce'  # uses no unit up: it may still be returned
                part = min(invoiced if reduced else creditable, wanted)
                part_by_hand = min(drafted, wanted - part)
                creditable -= 0.0 if reduced else part
                drafted -= part_by_hand
                if line.id in lines_to_compute:
                    line.qty_to_credit = min(uncredited, line._convert_product_qty(part))
                    line.qty_drafted_by_hand = line._convert_product_qty(part_by_hand)
        for line in self.filtered(lambda line: not line._origin):
            line.qty_to_credit = line.qty_drafted_by_hand = 0.0

    def _get_qty_due(self):
        """How much of this line is credited in all, as things stand."""
        self.ensure_one()
        if self._get_action() == 'reduce':
            return self.qty_kept
        return self._get_qty_in_advance() + (self.qty_accepted if self._is_credited_for_goods() else 0.0)

    def _get_qty_in_advance(self):
        """What is credited before it arrives, or though it never will.

        All that is on its way, when the policy says so; all that the customer keeps.
        """
        self.ensure_one()
        if self._get_action() == 'keep':
            return self.qty_kept
        in_advance = self._is_credited_for_goods() and self.policy_id.credit_trigger == 'on_approval'
        return self.qty_to_receive if in_advance else 0.0

    def _update_qty_to_credit(self):
        """Have it computed anew, with all that follows from it: an invoice or a credit note has changed."""
        self.env.add_to_compute(self._fields['qty_to_credit'], self)
        self.modified(['qty_to_credit'])

    def _get_unit_price(self):
        """What one unit of this line was sold for, taxes included, in the currency of the order."""
        self.ensure_one()
        return self.sale_line_id.product_uom_id._compute_price(
            self.sale_line_id.price_reduce_taxinc, self.product_uom_id)

    @api.depends(
        'sale_line_id', 'product_uom_id', 'product_uom_qty', 'qty_approved', 'order_id.state', 'resolution_id',
        'exchange_product_id', 'reduction_percent', 'reduction_amount',
    )
    def _compute_amount_expected(self):
        for line in self:
            if not line.product_uom_id:  # still being filled in
                line.amount_expected = 0.0
                continue
            line.amount_expected = line._round_amount(line._get_qty_wanted() * line._get_unit_credit())

    @api.depends('qty_to_credit')
    def _compute_amount_to_credit(self):
        for line in self:
            line.amount_to_credit = (
                line._round_amount(line.qty_to_credit * line._get_unit_credit()) if line.qty_to_credit else 0.0)

    def _round_amount(self, amount):
        return self.currency_id.round(amount) if self.currency_id else amount

    def _create_credit_notes(self):
        """Credit what is to be credited: one credit note per return and original invoice, all made in one batch.

        Clerks have no accounting rights, so the notes are made for them. They stay drafts unless the policy of all
        their lines says *post*.

        :return: the new `account.move` records, empty when there was nothing to credit
        """
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
        lines_sudo.sale_line_id.invoice_lines.fetch(['tax_ids', 'sale_line_ids'])
        shares = defaultdict(list)
        for sale_line, lines in lines_sudo.grouped('sale_line_id').items():
            rooms = sale_line._get_returns_invoice_rooms()
            for line in lines:
                quantity = line._convert_qty(line.qty_to_credit, line.product_id.uom_id)
                rooms_of_line = dict(rooms) if line._get_action() == 'reduce' else rooms
                for invoice_line, part in allocate(quantity, rooms_of_line):
                    shares[line.order_id, invoice_line.move_id].append(
                        line._prepare_credit_note_line_vals(invoice_line, line._convert_product_qty(part)))
        return shares

    def _prepare_credit_note_line_vals(self, invoice_line, quantity):
        """Values of one credit note line: it says what `invoice_line` said.

        :param invoice_line: the `account.move.line` of the original invoice
        :param float quantity: in the unit of this return line
        :return: dict for `account.move.line.create`
        """
        self.ensure_one()
        price_unit = invoice_line.product_uom_id._compute_price(invoice_line.price_unit, self.product_uom_id)
        vals = {
            'returns_line_id': self.id,
            'product_id': invoice_line.product_id.id,
            'name': invoice_line.name,
            'quantity': quantity,
            'product_uom_id': self.product_uom_id.id,
            'price_unit': price_unit * self._get_credited_share(invoice_line, quantity),
            'discount': invoice_line.discount,
            'tax_ids': [Command.set(invoice_line.tax_ids.ids)],
            'account_id': invoice_line.account_id.id,
            'analytic_distribution': invoice_line.analytic_distribution,
            'sale_line_ids': [Command.set(invoice_line.sale_line_ids.ids)],
        }
        if self._get_action() == 'reduce':  # the order keeps its quantities: it is not told
            vals.update(
                name=self.env._("Price reduction: %s", invoice_line.name), sale_line_ids=[Command.clear()])
        return vals
