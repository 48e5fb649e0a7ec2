from odoo import fields, models
from odoo.exceptions import UserError

from .locking import serialize


class ReturnsOrder(models.Model):
    """What if not all of it comes? The open rest is closed with a reason, what was received stays."""

    _inherit = 'returns.order'

    close_note = fields.Text(
        "Closed Because", readonly=True, copy=False, tracking=True, help="The customer can read it.")

    def action_close_rest(self, reason=None):
        """Expect nothing more: what was received stays, the rest can be returned again.

        A return of which nothing has arrived is cancelled. One without an open rest is left as it is.

        :param str reason: what the customer reads; without it the one that stands on the return
        :raise UserError: naming the returns that are not approved yet, or that have no reason
        """
        self.check_access('write')  # the warehouse is told for the clerk
        early = self.filtered(lambda order: order.state in ('draft', 'requested'))
        if early:
            raise UserError(self.env._(
                "Nothing is expected of %s yet. Refuse or cancel it instead.", ", ".join(early.mapped('name'))))
        open_orders = self.filtered(lambda order: order._has_open_rest())
        silent = open_orders.filtered(lambda order: not (reason or order.close_note or '').strip())
        if silent:
            raise UserError(self.env._(
                "Say why nothing more is expected of %s: the customer reads it.", ", ".join(silent.mapped('name'))))
        if reason:
            open_orders._write_by_system({'close_note': reason})
        open_orders._close_rest()
        return True

    def _has_open_rest(self):
        self.ensure_one()
        return self.state == 'approved' and any(self.line_ids.mapped('qty_to_receive'))

    def _close_rest(self):
        """Cancel the open receipts; where nothing has come and nothing is credited, the whole return."""
        started = self.filtered(lambda order: order._is_started())
        # The clerk who closes a return needs no stock rights to tell the warehouse.
        started.sudo()._get_open_pickings().action_cancel()
        started._tell_later('closed')
        (self - started).action_cancel()

    def _get_open_pickings(self):
        """The receipts that are still expected; the way out of the returns location is none."""
        return self.picking_ids.filtered(
            lambda picking: picking.state not in ('done', 'cancel') and picking.picking_type_code == 'incoming')

    def _is_started(self):
        """Whether goods have arrived or something is credited: what cannot be called off any more."""
        self.ensure_one()
        return any(line.qty_received or line.qty_credited or line.qty_in_draft_credit for line in self.line_ids)

    def action_reopen(self):
        """Decide anew about refused or cancelled returns, for example because the parcel came after all.

        :raise UserError: when somebody else returns the same goods by now
        """
        self._reopen_for_review()
        return True

    def _reopen_for_review(self):
        """Put refused and cancelled returns back to review, with the quantities asked for and approved before.

        Those that are requested already are left as they are.

        :raise UserError: naming the returns that are neither refused nor cancelled, or that never were submitted
        """
        orders = self._get_to_transition('reopen')
        unknown = orders.filtered(lambda order: not order.date_request)
        if unknown:
            raise UserError(self.env._(
                "%s was never submitted. Reset it to draft instead.", ", ".join(unknown.mapped('name'))))
        serialize(orders.line_ids.origin_move_id)
        orders._transition(
            'reopen', date_approval=False, approver_id=False, date_deadline=False, date_sent=False,
            date_reminder=False, refusal_note=False, refusal_ground=False)
        orders.line_ids.origin_move_id._check_returns_claims()
        orders._message_log_batch({order.id: self.env._("Reopened for review.") for order in orders})
