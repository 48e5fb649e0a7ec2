from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class ReturnsOrder(models.Model):
    """What goes into the parcel? The slip."""

    _inherit = 'returns.order'

    date_slip_sent = fields.Datetime(
        "Slip E-Mailed On", readonly=True, copy=False, help="When the customer got the slip by e-mail last.")

    def action_send_slip(self):
        """Mail the slip to the customers once more: with the mail about the approval, though that is switched off.

        :return: the notification that says where it goes
        :raise UserError: naming the returns that expect no parcel, or whose customer cannot be written to
        """
        self.check_access('write')
        unexpected = self.filtered(lambda order: not order._has_open_rest())
        if unexpected:
            raise UserError(self.env._(
                "No parcel of %s is expected: there is no slip to send.", ", ".join(unexpected.mapped('name'))))
        unreachable = self.filtered(lambda order: not order._get_mail_recipient().email_normalized)
        if unreachable:
            raise UserError(self.env._(
                "The contact of %s has no valid e-mail address. Enter one, or print the slip.",
                ", ".join(unreachable.mapped('name'))))
        template = self._get_mail_template('approved')
        if not template:
            raise UserError(self.env._("The mail about approved returns was deleted. Print the slip instead."))
        # The clerk who writes to a customer needs no rights on mail templates.
        self.sudo()._queue_mails('approved', template)
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': self.env._("The slip goes to %s.", format_list(self.env, [
                    order._get_mail_recipient().email_normalized for order in self])),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    def _get_returns_address(self):
        """The address that the customer sends the parcel to."""
        self.ensure_one()
        return self.warehouse_id.sudo()._get_returns_address()

    def _create_slip_attachment(self, message):
        """The slip as PDF, in the language of the customer.

        :param message: the `mail.message` it belongs to
        :return: the new `ir.attachment`
        :raise UserError: when this server cannot draw PDF
        """
        self.ensure_one()
        report = self.env['ir.actions.report'].with_context(lang=self._get_customer_lang())
        if report.get_wkhtmltopdf_state() == 'install':
            raise UserError(self.env._("wkhtmltopdf is not installed on this server."))
        content, file_type = report._render_qweb_pdf('returns_management.returns_order_slip', self.ids)
        return self.env['ir.attachment'].create({
            'name': f'{self._get_report_base_filename()}.{file_type}',
            'raw': content,
            'res_model': 'mail.message',
            'res_id': message.id,
        })
