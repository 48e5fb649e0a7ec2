from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from .bad_numbers import check_finite


class ReturnsOrder(models.Model):
    """A return made while the customer is on the phone, out of lines that `search_delivered` has found.

    What comes from the browser are deliveries, quantities and reasons; all else follows from the deliveries.
    """

    _inherit = 'returns.order'

    @api.model
    def check_phone_lines(self, lines, values=None):
        """What the policy says to these lines, before anything is saved.

        :param lines: list of dicts of `move_id`, `quantity` (in the unit of the delivery), `reason_id`, `lot_ids`
        :param dict values: of the return, those of `_get_phone_fields`
        :return: dict of `amount`, what the customer can expect, as a text; and `verdicts`, see `_prepare_verdict`, by
            delivery (as a text: JSON knows no other keys). No amount when something is not allowed.
        """
        self.check_access('create')
        lines = self._get_chosen_lines(lines)
        if not lines:
            return {'amount': False, 'verdicts': {}}
        draft = self.new(self._prepare_phone_vals(lines, values))
        is_allowed = 'refused' not in draft.line_ids.mapped('eligibility')
        return {
            'amount': is_allowed and formatLang(self.env, draft.amount_expected, currency_obj=draft.currency_id),
            'verdicts': {str(line.origin_move_id._origin.id): self._prepare_verdict(line) for line in draft.line_ids},
        }

    @api.model
    def create_by_phone(self, lines, values=None):
        """Make the return of these lines and confirm it. What only a manager may overrule stays requested.

        :param lines: see `check_phone_lines`, as `values`
        :return: dict of `id`, `name`, `state`, and `message`: what to tell the customer
        :raise UserError: when nothing is chosen, a reason is missing, or more would come back than can
        """
        lines = self._get_chosen_lines(lines)
        if not lines:
            raise UserError(self.env._("Choose at least one product: enter how many of it come back."))
        return_order = self.create(self._prepare_phone_vals(lines, values))
        return_order.line_ids._check_phone_lines()
        return_order.action_confirm()
        return {
            'id': return_order.id, 'name': return_order.name, 'state': return_order.state,
            'message': return_order._get_phone_message(),
        }

    @api.model
    def _get_chosen_lines(self, lines):
        for line in lines:
            check_finite(self.env['returns.order.line'], {'product_uom_qty': line.get('quantity')})
        return [line for line in lines if float(line.get('quantity') or 0.0) > 0]

    @api.model
    def _get_phone_fields(self):
        """Names of the fields of a return that the page asks for; extend it together with the page."""
        return ['customer_note', 'legal_basis']

    @api.model
    def _prepare_phone_vals(self, lines, values):
        """Values of the return of `lines`. Of the other `values` only those that the page asks for are taken.

        :raise UserError: when one of the deliveries is none that the user may read
        """
        moves = self.env['stock.move'].search(
            self._get_delivered_domain() & self._get_ids_domain('id', self._browse_moves(lines)))
        if len(moves) < len({line['move_id'] for line in lines}):
            raise UserError(self.env._("Some of these products are not there any more. Search again."))
        return {
            **{name: value for name, value in (values or {}).items() if name in self._get_phone_fields()},
            **self._prepare_customer_vals(moves.sale_line_id.order_id),
            'line_ids': [
                Command.create({
                    'sale_line_id': move.sale_line_id.id,
                    'origin_move_id': move.id,
                    'product_uom_id': move.product_uom.id,
                    'product_uom_qty': line['quantity'],
                    'reason_id': line.get('reason_id'),
                    'lot_ids': [Command.set(line.get('lot_ids') or [])],
                })
                for line, move in zip(lines, self._browse_moves(lines), strict=True)
            ],
        }

    @api.model
    def _browse_moves(self, lines):
        return self.env['stock.move'].browse(line['move_id'] for line in lines)

    @api.model
    def _prepare_verdict(self, line):
        """What policy and law say to `line`, as people see it."""
        labels = dict(line._fields['eligibility']._description_selection(self.env))
        return {
            'eligibility': line.eligibility,
            'verdict': labels.get(line.eligibility, ''),
            'returnable_until': line._get_window_deadline(),
            'objections': [
                {'message': objection.message, 'waivable': objection.waivable} for objection in line.objection_ids],
        }

    def _get_phone_message(self):
        """What the clerk can tell the customer now."""
        self.ensure_one()
        if self.state == 'requested':
            return self.env._(
                "It waits for a returns administrator, since something speaks against it:\n%s", self.objection_summary)
        if self.date_deadline:
            return self.env._(
                "It is approved. The goods are to be sent back by %s.", format_date(self.env, self.date_deadline))
        return self.env._("It is approved.")
