from odoo import models
from odoo.exceptions import UserError


class AccountPaymentRegister(models.TransientModel):
    _inherit = 'account.payment.register'

    def _create_payments(self):
        """Override of `account`: what is on its way to the customer already is not paid a second time."""
        credit_notes_sudo = self.sudo().line_ids.move_id.filtered(lambda move: move.move_type == 'out_refund')
        under_way = credit_notes_sudo.transaction_ids.filtered(
            lambda tx: tx.returns_order_id and tx._is_returns_refund_under_way())
        if under_way:
            raise UserError(self.env._(
                "An online refund of %(credit_notes)s is on its way already: %(refunds)s. Wait until it is confirmed, "
                "or press “Refund Did Not Arrive” on the return first.",
                credit_notes=", ".join((under_way.invoice_ids & credit_notes_sudo).mapped('name')),
                refunds=", ".join(under_way.mapped('reference'))))
        return super()._create_payments()
