import logging

from odoo import fields, models

from .apart import RETRY_ERRORS

_logger = logging.getLogger(__name__)


class MailMail(models.Model):
    _inherit = 'mail.mail'

    returns_slip = fields.Boolean(
        "Attach Return Slip", help="The slip is drawn when the mail is sent, not in the click that approves.")

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Override of `mail` to attach the slip of the return."""
        if self.returns_slip:
            self._attach_returns_slip()
        return super()._prepare_outgoing_list(mail_server=mail_server, doc_to_followers=doc_to_followers)

    def _attach_returns_slip(self):
        """Draw the slip and attach it, once. What cannot be drawn keeps no mail back, and is told on the return."""
        self.ensure_one()
        return_order = self.env['returns.order'].browse(self.res_id).exists()
        self.returns_slip = False
        if not return_order:
            return
        try:
            with self.env.cr.savepoint():
                self.attachment_ids += return_order._create_slip_attachment(self.mail_message_id)
                return_order._write_by_system({'date_slip_sent': fields.Datetime.now()})
        except RETRY_ERRORS:
            raise
        except Exception as error:
            _logger.info("The slip of %s could not be drawn", return_order.name, exc_info=error)
            return_order._note(self.env._("The mail went out without the return slip: %s", error))
