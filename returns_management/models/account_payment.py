from odoo import models


class AccountPayment(models.Model):
    _inherit = 'account.payment'

    def _compute_reconciliation_status(self):
        """Override of `account` to tell the returns whether all of a refund pays for something."""
        super()._compute_reconciliation_status()
        refunds = self.filtered(lambda payment: payment.payment_type == 'outbound' and payment.payment_transaction_id)
        refunds.sudo().payment_transaction_id.returns_order_id._update_payout_status()
