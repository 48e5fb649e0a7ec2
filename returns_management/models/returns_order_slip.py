from odoo import models
from odoo.exceptions import UserError


class ReturnsOrder(models.Model):
    """What goes into the parcel? The slip."""

    _inherit = 'returns.order'

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
