from odoo import fields

from ..models.returns_order_request import LineWish
from .request_form import RequestForm, clean_text, read_email

#: No name is longer.
MAX_NAME = 120


class WithdrawalForm(RequestForm):
    """What a consumer states who withdraws: who, from what, and where the acknowledgement goes. The reason is nobody's
    business.
    """

    def _get_lines(self):
        lines = super()._get_lines()
        lines.order_id.legal_basis = 'withdrawal'
        return lines

    @property
    def order_sudo(self):
        return self.orders_sudo[0]

    # === What is shown ===

    def get_rows(self):
        return [self._get_row(line) for line in self.lines]

    def _get_row(self, line):
        move = line.origin_move_id._origin
        why_not = line._get_why_not()
        is_sealed = not why_not and 'withdrawal_exception' in line.objection_ids.mapped('code')
        return {
            'id': move.id, 'line': line, 'is_open': not why_not, 'max': line.qty_returnable,
            'step': 1 if line._is_in_pieces() else 'any',
            'info': why_not or (is_sealed and self.env._("Only while the seal is not broken.")) or '',
            'quantity': self.data.get(f'quantity_{move.id}', f'{line.qty_returnable:g}'),
        }

    def get_open_lines(self):
        """The lines of the order of which something is still to be delivered."""
        if self.order_sudo.returns_withdrawn_on:
            return self.order_sudo.order_line.browse()
        return self.order_sudo._get_withdrawal_goods().filtered(self._is_awaited)

    def _is_awaited(self, line):
        """Whether something of an order line is still to be delivered, in however many steps; replacements aside."""
        moves = line.move_ids.filtered(lambda move: not move.returns_delivery_line_id and (
            move.location_final_id or move.location_dest_id)._is_returns_customer())
        if moves.filtered(lambda move: move.state not in ('done', 'cancel')):
            return True
        return not moves and line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) < 0

    def get_entered(self):
        """What is declared, as the confirmation sends it again."""
        names = ['name', 'email', 'undelivered', *(f'quantity_{line.origin_move_id._origin.id}' for line in self.lines)]
        return {'request_key': self.key, **{name: self.data[name] for name in names if self.data.get(name)}}

    def get_products(self):
        """From what the consumer withdraws, in words."""
        products = [
            f'{line._format_quantity(line.product_uom_qty)} × {line.product_id.display_name}'
            for line in (self.draft.line_ids if self.draft else ())]
        if self.is_undelivered():
            products += [
                self.env._("%s (not delivered yet)", line.product_id.display_name) for line in self.get_open_lines()]
        return products

    # === What was entered ===

    def is_undelivered(self):
        return bool(self.data.get('undelivered') and self.get_open_lines())

    def get_name(self):
        return clean_text(self.data.get('name')).replace('\n', ' ')[:MAX_NAME]

    def get_email(self):
        return read_email(self.data.get('email'))

    def read_all(self):
        """Read what was entered; what is wrong stands in `errors`, by field."""
        if not self.get_name():
            self.errors['name'] = self.env._("Enter your name.")
        if not self.get_email():
            self.errors['email'] = self.env._("Enter one e-mail address: we acknowledge your withdrawal there.")
        self.read_wishes()
        if self.is_undelivered() and not self.wishes:
            self.errors.pop('form', None)

    def _read_wish(self, line):
        move = line.origin_move_id._origin
        quantity = not line._get_why_not() and self._read_quantity(line, move)
        if not quantity:
            return None
        reason = self.env.ref('returns_management.returns_reason_mind', raise_if_not_found=False)
        refund = self.env.ref('returns_management.returns_resolution_refund', raise_if_not_found=False)
        return LineWish(
            quantity=quantity, reason_id=reason.id if reason else False, resolution_id=refund.id if refund else False)

    def read_values(self):
        declared_on = self.lines[:1]._to_local_date(fields.Datetime.now())
        return {**super().read_values(), 'legal_basis': 'withdrawal', 'date_declared': declared_on}

    # === What comes of it ===

    def declare(self):
        """Make the return of what was delivered, record the declaration and acknowledge it.

        :return: the return; empty when nothing was delivered of what is withdrawn from
        """
        products, is_undelivered = self.get_products(), self.is_undelivered()
        return_sudo = self.Return
        if self.wishes:
            # Today is the day of the company, not that of the server.
            return_sudo = self.Return.with_context(tz=self.lines[:1]._get_timezone())._create_request(
                self.wishes, {**self.read_values(), 'request_key': self.key})
        self.order_sudo._record_withdrawal(
            return_sudo, self.contact or self.order_sudo.partner_id, self.get_name(), self.get_email(), products,
            is_undelivered)
        return return_sudo
