from odoo import models
from odoo.tools import formataddr


class SaleOrder(models.Model):
    """What somebody without a login gets about an order: mails to the address that it was placed with."""

    _inherit = 'sale.order'

    def _get_returns_guest_url(self):
        """Where the customer of this order asks for returns without a login, for a while."""
        self.ensure_one()
        token = self.env['returns.guest.request']._make_token(self.partner_id.email_normalized)
        return f'{self.get_base_url()}/returns/orders?access_token={token}'

    def _send_returns_guest_link(self):
        """Mail the link, to the address that it opens the orders of and to no other of the customer's.

        It is in no chatter, and gone with the mail once that is sent.
        """
        for order in self:
            customer = order.partner_id
            order._queue_returns_mail(
                'returns_portal.mail_template_guest_link', formataddr((customer.name, customer.email_normalized)))

    def _queue_returns_mail(self, template_xmlid, email_to, **values):
        """Put a mail about this order into the queue, in the language of its customer.

        Where somebody has deleted the template, the order says so.

        :param values: what the template reads of the context
        """
        self.ensure_one()
        template = self.env.ref(template_xmlid, raise_if_not_found=False)
        if not template:
            self._message_log(body=self.env._("No mail to the customer: the template %s was deleted.", template_xmlid))
            return
        lang = self.partner_id.lang or self.company_id.partner_id.lang
        template = template.with_context(lang=lang, **values)
        rendered = template._generate_template(self.ids, ('subject', 'body_html', 'email_from'))[self.id]
        self.env['mail.mail'].create({
            'subject': rendered['subject'],
            'email_from': rendered['email_from'],
            'email_to': email_to,
            'body_html': template._render_encapsulate(
                'mail.mail_notification_light', rendered['body_html'], context_record=self.with_context(lang=lang),
                add_context={
                    'company': self.company_id,
                    'model_description': self.env['ir.model'].with_context(lang=lang)._get(self._name).display_name,
                }),
            'auto_delete': True,
        })
        self.env.ref('mail.ir_cron_mail_scheduler_action')._trigger()
