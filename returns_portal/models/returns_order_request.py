from typing import NamedTuple

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.returns_management.models.locking import serialize

#: Beside which field of the form an objection stands. All others speak against the line as a whole.
FIELD_BY_OBJECTION = {
    'quantity': 'quantity', 'reason': 'reason', 'comment': 'note', 'photo': 'photos', 'resolution': 'wish'}
#: With these a request is taken nevertheless: somebody looks at it.
REVIEWED = {'amount', 'wish'}
#: Exceptions from the right of withdrawal that hold only once the seal is broken.
SEALED = {'sealed_hygiene', 'sealed_media'}


class LineWish(NamedTuple):
    """What a customer wishes for one delivery. Nothing but a wish: the model checks all of it."""

    quantity: float  # in the unit of the delivery
    reason_id: int
    resolution_id: int
    exchange_product_id: int = False
    note: str = ''
    photos: tuple = ()  # values of `ir.attachment`


class ReturnsOrder(models.Model):
    """A return that the customer asks for."""

    _inherit = 'returns.order'

    request_key = fields.Char(
        readonly=True, copy=False, help="Tells the same request, sent twice, from two requests.")

    _request_key_uniq = models.UniqueIndex('(partner_id, request_key) WHERE request_key IS NOT NULL')

    @api.model
    def _get_request_lines(self, orders):
        """All that was delivered for `orders`, of one customer, as lines of a return in memory."""
        moves = orders.order_line._get_returns_delivered_moves()
        if not moves:
            return self.env['returns.order.line']
        return self._new_from_moves(moves).line_ids

    @api.model
    def _find_request(self, orders, key):
        """The return that this request has made already."""
        customer = orders.partner_id.commercial_partner_id
        return self.search([('request_key', '=', key), ('partner_id', '=', customer.id)], limit=1)

    @api.model
    def _prepare_request_vals(self, wishes, values):
        """Values of the return that a customer asks for.

        :param wishes: `LineWish` by delivery, a `stock.move`
        :param dict values: of the return
        """
        moves = self.env['stock.move'].union(*wishes)
        return {
            **self._prepare_customer_vals(moves.sale_line_id.order_id),
            'source': 'portal',
            'user_id': False,
            **values,
            'line_ids': [
                Command.create(self._prepare_request_line_vals(move, wish)) for move, wish in wishes.items()],
        }

    @api.model
    def _prepare_request_line_vals(self, move, wish):
        vals = {
            'sale_line_id': move.sale_line_id.id,
            'origin_move_id': move.id,
            'product_uom_id': move.product_uom.id,
            'product_uom_qty': wish.quantity,
            'reason_id': wish.reason_id,
            'customer_note': wish.note,
        }
        wished = self.env['returns.resolution'].browse(wish.resolution_id)
        if wished:
            vals['wished_resolution_id'] = wished.id
            if wished.action != 'reduce':  # by how much is for us to say
                vals['resolution_id'] = wished.id
            if wished.action == 'exchange':
                vals['exchange_product_id'] = wish.exchange_product_id
        return vals

    @api.model
    def _new_request(self, wishes, values):
        """The return of these wishes in memory, to see what would come of it."""
        return self.new(self._prepare_request_vals(wishes, values))

    @api.model
    def _create_request(self, wishes, values):
        """Make the return of these wishes and submit it.

        :raise UserError: when something speaks against it that nobody could look at
        """
        serialize(self.env['stock.move'].union(*wishes))
        order = self.create(self._prepare_request_vals(wishes, values))
        order._attach_photos(wishes)
        order.line_ids._update_verdict()
        problems = [message for _move, _field, message in order._get_request_problems()]
        if problems:
            raise UserError("\n".join(problems))
        order.action_submit()
        return order

    def _attach_photos(self, wishes):
        self.env['ir.attachment'].create([
            {**photo, 'res_model': 'returns.order.line', 'res_id': line.id}
            for line in self.line_ids for photo in wishes[line.origin_move_id].photos
        ])

    def _get_request_problems(self, wishes=None):
        """What keeps the customer from sending this request.

        :param wishes: with a return in memory, which has no photos yet
        :return: list of (delivery, name of a field or `line`, text)
        """
        problems = []
        for line in self.line_ids:
            move = line.origin_move_id._origin
            for objection in line.objection_ids:
                shown = objection.code == 'photo' and wishes and wishes[move].photos
                if not line._is_reviewed(objection) and not shown:
                    problems.append((
                        move, FIELD_BY_OBJECTION.get(objection.code, 'line'), line._get_customer_objection(objection)))
        return problems


class ReturnsOrderLine(models.Model):
    _inherit = 'returns.order.line'

    def _is_reviewed(self, objection):
        """Whether a request is taken nevertheless: whether a seal is broken, only a person can see."""
        self.ensure_one()
        exception = self.product_id._get_returns_withdrawal_exception()
        return objection.code in REVIEWED or objection.code == 'withdrawal_exception' and exception in SEALED

    def _get_customer_objection(self, objection):
        """What the customer reads of an objection: why not, or what is missing."""
        if objection.code == 'quantity' and self.qty_returnable:
            return self.env._("Only %s can still come back.", self._format_quantity(self.qty_returnable))
        texts = {
            'quantity': self.env._("All of it is on a return already."),
            'not_delivered': self.env._("It was not delivered yet."),
            'kit': self.env._("It was sold as a set. Please contact us to return it."),
            'final_sale': self.env._("It was sold as final and cannot be returned."),
            'customer': self.env._("Please contact us to return it."),
            'comment': self.env._("Please describe what is wrong."),
            'photo': self.env._("Please add a photo."),
            'resolution': self.env._("This is not offered for it. Please choose something else."),
            'reason': self.env._("It cannot be returned for this reason."),
        }
        return texts.get(objection.code, objection.message)

    def _get_why_not(self):
        """Why nothing of this line can come back, before anything is filled in; an empty text when it can."""
        self.ensure_one()
        hindrances = self.objection_ids.filtered(
            lambda objection: objection.code not in FIELD_BY_OBJECTION and not self._is_reviewed(objection))
        if hindrances:
            return self._get_customer_objection(hindrances[0])
        if self.product_uom_id.compare(self.qty_returnable, 0) <= 0:
            return self.env._("All of it is on a return already.")
        return ''

    def _get_request_reasons(self):
        """The reasons a customer may choose, by line; none where nothing can come back.

        What cannot come back in general may for a reason that has a policy of its own.
        """
        reasons = self.env['returns.reason'].search([('company_id', 'in', [False, *self.company_id.ids])])
        hindered = self.filtered(lambda line: line._get_why_not())
        found = {line: reasons - line.policy_id.excluded_reason_ids for line in self - hindered}
        found.update(dict.fromkeys(hindered, reasons.browse()))
        if hindered:
            policies = self.env['returns.policy'].search([
                ('company_id', 'in', self.company_id.ids), ('reason_ids', '!=', False)])
            for reason in policies.reason_ids & reasons:
                for line in hindered._filtered_open_for(reason):
                    found[line] |= reason
        return found

    def _filtered_open_for(self, reason):
        """Those of these lines of a return in memory that could come back for `reason`."""
        trial = self.env['returns.order']._new_from_moves(self.origin_move_id._origin)
        trial.line_ids.reason_id = reason
        open_moves = trial.line_ids.filtered(lambda line: not line._get_why_not()).origin_move_id._origin
        return self.filtered(lambda line: line.origin_move_id._origin in open_moves)
