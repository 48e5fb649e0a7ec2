import logging

import requests

from odoo import api, fields, models, modules
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from .apart import RETRY_ERRORS
from .locking import serialize

_logger = logging.getLogger(__name__)


class PaymentTransaction(models.Model):
    """Refunds are asked for once, and only when all around them is saved.

    A provider cannot be told that a transaction was rolled back. So a refund is first written down, with all the rest.
    Then, in transactions of its own, it is marked as sent, that is saved, and only then the provider is asked: whatever
    goes wrong after that, nobody asks a second time by mistake.
    """

    _inherit = 'payment.transaction'

    returns_sent_on = fields.Datetime("Sent to the Provider", readonly=True, copy=False)

    def _send_returns_refunds_soon(self):
        """Have these refunds asked for, as soon as the transaction is saved.

        In tests nothing is saved and nothing runs in the background, so it is done at once, as with Odoo's own mails.
        """
        if not self:
            return
        if modules.module.current_test:
            self._send_returns_refunds(save=self.env.flush_all)
        else:
            self.env.ref('returns_management.ir_cron_send_refunds')._trigger()

    @api.model
    def _cron_send_returns_refunds(self):
        cron = self.env['ir.cron']
        refunds = self.search(self._get_returns_unsent_domain(), order='id')
        cron._commit_progress(remaining=len(refunds))
        for refund in refunds:
            refund = refund[0].try_lock_for_update().filtered_domain(self._get_returns_unsent_domain())
            refund._send_returns_refunds(save=lambda: cron._commit_progress(0))
            if not cron._commit_progress(1):
                break

    def _send_returns_refunds(self, save):
        """Ask the providers for these refunds, one by one: what fails is seen on its return, the others go on.

        :param save: function that makes permanent what was done so far
        """
        for refund in self:
            serialize(refund.source_transaction_id)
            if problem := refund._get_returns_refund_problem():
                refund._set_canceled(state_message=problem)
                continue
            refund.returns_sent_on = fields.Datetime.now()
            refund._log_sent_message()
            save()
            refund._ask_provider_for_refund()
            save()
            if refund.state == 'done':
                refund._post_process()
                save()

    def _ask_provider_for_refund(self):
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._send_refund_request()
        except RETRY_ERRORS:
            raise
        except Exception as error:
            if isinstance(error, ValidationError) and not self._is_returns_answer_lost(error):  # the provider says no
                self._set_error(str(error))
                return
            # Nobody knows what it did: it stays pending until somebody has looked.
            _logger.warning("No clear answer about the refund %s", self.reference, exc_info=error)
            self.state_message = self.env._("No clear answer: %s", error)

    @staticmethod
    def _is_returns_answer_lost(error):
        """Whether the provider may have refunded although `error` was raised: its answer did not come, or was broken.

        Odoo raises the same for a line that breaks off and for a provider that refuses; what it came from tells them
        apart.
        """
        cause = error.__context__
        if isinstance(cause, requests.exceptions.HTTPError):
            return cause.response is None or cause.response.status_code >= 500
        return isinstance(cause, requests.exceptions.RequestException)

    def _get_returns_refund_problem(self):
        """Why this refund is not asked for any more, since it was written down; None when it is."""
        self.ensure_one()
        payment = self.source_transaction_id
        refunded = -sum(payment._get_returns_refunds().mapped('amount'))
        if payment.currency_id.compare_amounts(refunded, payment.amount) > 0:
            return self.env._("More would be refunded than was paid.")
        if self.invoice_ids:
            owed = sum(self.invoice_ids.filtered(lambda move: move.state == 'posted').mapped('amount_residual'))
            asked = -sum(self.invoice_ids.transaction_ids.filtered(
                lambda refund: refund._is_returns_refund_under_way()).mapped('amount'))
        else:
            orders = payment._get_returns_linked().sale_order_ids
            owed = sum(order._get_returns_overpaid() for order in orders) - self.amount
            asked = -self.amount
        if self.currency_id.compare_amounts(asked, owed) > 0:
            return self.env._("It is not owed any more: %s is.", formatLang(
                self.env, max(0.0, owed), currency_obj=self.currency_id))
        return None
