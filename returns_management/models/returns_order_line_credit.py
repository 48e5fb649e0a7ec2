from collections import defaultdict

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .allocation import allocate
from .locking import serialize


class ReturnsOrderLine(models.Model):
    """The credit notes: which invoice lines are credited, and each of them to the cent."""

    _inherit = 'returns.order.line'

    def _create_credit_notes(self):
        """Credit what is to be credited: one credit note per return and original invoice, all made in one batch.

        Clerks have no accounting rights, so the notes are made for them. They stay drafts unless the policy of all
        their lines says *post*.

        :return: the new `account.move` records, empty when there was nothing to credit
        """
        shares = self.filtered(lambda line: line._is_credit_owed())._get_credit_shares()
        vals_list = []
        for (return_order, invoice), line_vals in shares.items():
            vals_list.append({
                **return_order._prepare_credit_note_vals(invoice),
                'invoice_line_ids': [Command.create(vals) for vals in line_vals],
            })
        credit_notes_sudo = self.env['account.move'].sudo().create(vals_list)
        credit_notes_sudo._complete_returns_rounding()
        credit_notes_sudo._remember_returns_contents()
        to_post_sudo = credit_notes_sudo.filtered(lambda credit_note: all(
            policy.credit_note_posting == 'posted'
            for policy in credit_note.invoice_line_ids.returns_line_id.policy_id))
        if to_post_sudo:
            to_post_sudo.action_post()
        return credit_notes_sudo.sudo(False)

    def _is_credit_owed(self):
        self.ensure_one()
        return bool(self.qty_to_credit)

    def _get_credit_shares(self):
        """Which invoice lines the lines are credited from: the oldest posted invoice with room comes first.

        :return: credit note line values by (return, invoice)
        """
        lines_sudo = self.sudo()  # invoices belong to accounting, the clerk only asks for the credit
        invoice_lines = lines_sudo._get_invoice_lines_to_credit()
        serialize(invoice_lines)
        lines_sudo.sale_line_id.invoice_lines.fetch(['tax_ids', 'sale_line_ids'])
        ledgers = invoice_lines._get_returns_ledgers()
        shares = defaultdict(list)
        for sale_line, lines in lines_sudo.grouped('sale_line_id').items():
            rooms = sale_line._get_returns_invoice_rooms()
            for line in lines:
                for invoice_line, vals in line._prepare_credits(rooms, ledgers):
                    shares[line.order_id, invoice_line.move_id].append(vals)
        return shares

    def _get_invoice_lines_to_credit(self):
        """The posted invoice lines that credit note lines of these lines may credit."""
        return self.sale_line_id._get_returns_invoice_lines()

    def _prepare_credits(self, rooms, ledgers):
        """Credit note lines for what is owed of this line.

        :param dict rooms: quantity that each invoice line still has to give; what is credited is taken off
        :param dict ledgers: `CreditLedger` by invoice line; what is credited is entered
        :return: list of (invoice line, dict for `account.move.line.create`)
        """
        self.ensure_one()
        quantity = self._convert_qty(self.qty_to_credit, self.product_id.uom_id)
        reduced = self._get_action() == 'reduce'  # uses no unit up: it may still be returned
        share = self._get_reduction_share() if reduced else self._get_next_share()
        part = 'price' if reduced else 'goods'
        return [
            (invoice_line, self._prepare_credit(invoice_line, ledgers[invoice_line], qty, qty * share, part))
            for invoice_line, qty in allocate(quantity, dict(rooms) if reduced else rooms)
        ]

    def _get_next_share(self):
        """Which part of the price is credited for what is to be credited next, 0 to 1."""
        self.ensure_one()
        return 1.0

    def _prepare_credit(self, invoice_line, ledger, quantity, units, part):
        """Values of a credit note line that amounts to what `units` cost, to the cent.

        Never more than is left of the invoice: of goods that became cheaper and come back later the rest is credited.

        :param invoice_line: the `account.move.line` that is credited
        :param ledger: its `CreditLedger`
        :param float quantity: in the unit of the product
        :param float units: how much of the quantity is credited at full price, in the unit of the product
        :param str part: what is credited, a value of `account.move.line.returns_part`
        :return: dict for `account.move.line.create`
        """
        self.ensure_one()
        if part == 'price':
            self._check_room(invoice_line, ledger, units)
        credited = min(units, ledger.get_room())
        vals = self._prepare_credit_note_line_vals(invoice_line, self._convert_product_qty(quantity))
        as_invoiced = self._get_price_unit(invoice_line) == vals['price_unit'] and (
            invoice_line.discount == vals['discount'])
        vals.update(
            returns_part=part, returns_share=units / quantity, returns_invoice_line_id=invoice_line.id,
            price_unit=vals['price_unit'] * credited / quantity)
        amounts = ledger.take(credited)
        if as_invoiced:  # else another addon has set a price of its own
            vals['extra_tax_data'] = invoice_line._prepare_returns_tax_data(amounts, vals)
        return vals if part == 'goods' else self._prepare_amount_vals(vals, part)

    def _prepare_share_vals(self, invoice_line, share, part, amounts):
        """Values of a credit note line for a share of what is no goods: an amount, the order keeps its quantities.

        :param invoice_line: the `account.move.line` that is credited
        :param float share: 0 to 1
        :param str part: what is credited, a value of `account.move.line.returns_part`
        :param dict amounts: what the share amounts to, by key of the ledger
        :return: dict for `account.move.line.create`
        """
        vals = {
            **self._prepare_credit_note_line_vals(invoice_line, invoice_line.quantity),
            'product_uom_id': invoice_line.product_uom_id.id,
            'price_unit': invoice_line.price_unit * share,
            'sale_line_ids': [Command.clear()],
            'returns_part': part,
            'returns_share': share,
            'returns_invoice_line_id': invoice_line.id,
        }
        return {**vals, 'extra_tax_data': invoice_line._prepare_returns_tax_data(amounts, vals)}

    def _prepare_amount_vals(self, vals, part):
        """`vals` of a credit note line for an amount only: the order keeps its quantities, it is not told."""
        titles = {
            'price': self.env._("Price reduction: %s", vals['name']),
            'share': self.env._("Further credit: %s", vals['name']),
        }
        return {**vals, 'name': titles[part], 'sale_line_ids': [Command.clear()]}

    def _check_room(self, invoice_line, ledger, units):
        """:raise UserError: when a price would be lowered by more than is left of the invoice"""
        room = ledger.get_room()
        if self.product_id.uom_id.compare(units, room) <= 0:
            return
        amount = invoice_line.price_subtotal / ledger.quantity * room
        raise UserError(self.env._(
            "The price of %(product)s cannot be lowered by that much: only %(rest)s of %(invoice)s is not credited "
            "yet, taxes not included. Lower the reduction: cancel the return and make a new one.",
            product=self.product_id.display_name, invoice=invoice_line.move_id.name,
            rest=formatLang(self.env, abs(amount), currency_obj=invoice_line.currency_id)))

    def _get_price_unit(self, invoice_line):
        """The price of one unit of this line on `invoice_line`."""
        return invoice_line.product_uom_id._compute_price(invoice_line.price_unit, self.product_uom_id)

    def _prepare_credit_note_line_vals(self, invoice_line, quantity):
        """Values of one credit note line: it says what `invoice_line` said.

        What is credited is a share of its price: all of it, unless the customer keeps something or sends it in damaged.
        The amounts are set to the cent afterwards, as long as price and discount are those of the invoice.

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
            'price_unit': self._get_price_unit(invoice_line),
            'discount': invoice_line.discount,
            'tax_ids': [Command.set(invoice_line.tax_ids.ids)],
            'account_id': invoice_line.account_id.id,
            'analytic_distribution': invoice_line.analytic_distribution,
            'sale_line_ids': [Command.set(invoice_line.sale_line_ids.ids)],
        }

    # === Credit notes by hand ===

    def _get_claimant(self, credit_line):
        """The oldest of these lines that is owed all that `credit_line` credits; none when it stands for no return."""
        for line in self.sorted('id'):
            owed = line.qty_to_credit + line.qty_drafted_by_hand
            quantity = credit_line.product_uom_id._compute_quantity(
                credit_line.quantity, line.product_uom_id, rounding_method='HALF-UP')
            if line.state in ('approved', 'done') and line.product_id == credit_line.product_id and (
                line.product_uom_id.compare(quantity, owed) <= 0
            ):
                return line
        return self.browse()
