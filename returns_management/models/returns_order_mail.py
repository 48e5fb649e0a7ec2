import logging

from odoo import Command, api, fields, models, tools
from odoo.tools import format_date

from .apart import act_apart

_logger = logging.getLogger(__name__)

#: What customers are told, the weightier the later: of what happens in one transaction they are told the last.
EVENTS = ('reminder', 'submitted', 'question', 'approved', 'refused', 'received', 'goods_refused', 'closed', 'credited')
#: Under this key the news of a transaction wait for its end.
NEWS_KEY = 'returns_management.news'


class ReturnsOrder(models.Model):
    """What does the customer know? One mail for each event, saying what happens next and until when.

    Verbs say what happened by `_tell_later`. The mails are written when the transaction ends, all those of one event in
    one batch: who is approved at once reads only that, who is credited and done reads one mail. They are put into the
    queue, which sends them and draws the slip of each then (`mail.mail`).
    """

    _inherit = 'returns.order'

    approval_note = fields.Text(
        "Note to the Customer", copy=False, readonly=True, help="The customer reads it with the approval.")

    def _tell_later(self, event):
        """Tell the customers of these returns that `event` happened, when the transaction ends.

        As everywhere in Odoo, the context `tracking_disable` keeps imports and demo data quiet.
        """
        orders = self.filtered('id')
        if not orders or self.env.context.get('tracking_disable'):
            return
        precommit = self.env.cr.precommit
        if NEWS_KEY not in precommit.data:
            precommit.data[NEWS_KEY] = {}
            precommit.add(self.env['returns.order']._tell_news)
        news = precommit.data[NEWS_KEY]
        events = self._get_mail_events()
        for order in orders:
            if events.index(event) >= events.index(news.get(order.id, event)):
                news[order.id] = event

    @api.model
    def _get_mail_events(self):
        """What customers are told, the weightier the later. Each has a field `returns_mail_<event>` on the company."""
        return EVENTS

    @api.model
    def _get_mail_template(self, event):
        """The `mail.template` of what is written about `event`; empty when somebody has deleted it."""
        return self.env.ref(f'returns_management.mail_template_{event}', raise_if_not_found=False)

    def _get_mail_attachments(self, event):
        """The `ir.attachment` records that go with the mail about `event`; empty for none."""
        self.ensure_one()
        return self.env['ir.attachment']

    @api.model
    def _tell_news(self):
        """Write the mails of all that happened in this transaction."""
        event_by_id = self.env.cr.precommit.data.pop(NEWS_KEY, {})
        orders_sudo = self.sudo().browse(event_by_id).exists()
        orders_sudo._drop_overdue_activities()
        for event, orders in orders_sudo.grouped(lambda order: event_by_id[order.id]).items():
            orders._tell(event)

    def _tell(self, event):
        """Write the mail about `event`; where that is not possible, say so on the return and go on.

        :param str event: one of `_get_mail_events`
        """
        wanted = self.filtered(lambda order: order.company_id[f'returns_mail_{event}'] and order.state != 'draft')
        template = self._get_mail_template(event)
        if not template:
            _logger.info("No mail template for the event %s of returns", event)
            wanted._note(self.env._("No mail about this to the customer: its template was deleted."))
            return
        unreachable = wanted.filtered(lambda order: not order._get_mail_recipient().email_normalized)
        unreachable._note(self.env._("No mail about this to the customer: the contact has no valid e-mail address."))
        failed = act_apart(wanted - unreachable, lambda orders: orders._queue_mails(event, template))
        for order, error in failed.items():
            _logger.info("The mail about %s of %s could not be written", event, order.name, exc_info=error)
            order._note(self.env._("The mail to the customer could not be written: %s", error))

    def _get_qty_credited(self):
        """What is credited by now, to see whether a step credited more: only good to be compared."""
        self.ensure_one()
        return sum(self.line_ids.mapped('qty_credited'))

    def _note(self, text):
        if self:
            self._message_log_batch(dict.fromkeys(self.ids, text))

    def _queue_mails(self, event, template):
        """Put one mail for each return into the queue, and into its chatter, where the customer may read it too."""
        messages = self._create_mail_messages(event, template)
        mails = self.env['mail.mail'].create([
            {
                'mail_message_id': message.id,
                'body_html': order._wrap_mail(template, message.body),
                'recipient_ids': order._get_mail_recipient().ids,
                'references': message.message_id,
                'auto_delete': template.auto_delete,
                'returns_slip': event == 'approved',
            }
            for order, message in zip(self, messages, strict=True)
        ])
        self.env['mail.notification'].create([
            {
                'mail_message_id': mail.mail_message_id.id,
                'mail_mail_id': mail.id,
                'author_id': mail.author_id.id,
                'res_partner_id': mail.recipient_ids.id,
                'notification_type': 'email',
                'is_read': True,
            }
            for mail in mails
        ])
        self.env.ref('mail.ir_cron_mail_scheduler_action')._trigger()

    def _create_mail_messages(self, event, template):
        """What stands in the chatter about `event`, a message for each return, in the same order."""
        values_by_id = template._generate_template(self.ids, ('subject', 'body_html'))
        senders = {order: order._get_mail_sender() for order in self}
        reply_to = self._notify_get_reply_to_batch(
            defaults={order.id: email for order, (_author, email) in senders.items()},
            author_ids={order.id: author.id for order, (author, _email) in senders.items()})
        return self.env['mail.message'].create([
            {
                'model': self._name,
                'res_id': order.id,
                'message_type': 'auto_comment',
                'subtype_id': self.env.ref('mail.mt_comment').id,
                'subject': values_by_id[order.id]['subject'],
                'body': values_by_id[order.id]['body_html'],
                'author_id': author.id,
                'email_from': email,
                'reply_to': reply_to[order.id],
                'partner_ids': order._get_mail_recipient().ids,
                'record_name': order.name,
                'attachment_ids': [Command.set(order._get_mail_attachments(event).ids)],
            }
            for order, (author, email) in senders.items()
        ])

    def _wrap_mail(self, template, body):
        """The `body` in the layout of Odoo's mails, in the language of the customer."""
        self.ensure_one()
        lang = self._get_customer_lang()
        return template.with_context(lang=lang)._render_encapsulate(
            template.email_layout_xmlid or 'mail.mail_notification_light', body,
            context_record=self.with_context(lang=lang),
            add_context={
                'company': self.company_id,
                'model_description': self.env['ir.model'].with_context(lang=lang)._get(self._name).display_name,
            })

    # === What a mail says: for its template ===

    def _get_mail_recipient(self):
        """Who gets the mails: the contact, else the customer."""
        self.ensure_one()
        return self.contact_id if self.contact_id.email_normalized else self.partner_id

    def _get_customer_lang(self):
        """The language in which the customer reads, or the next best one that is installed."""
        self.ensure_one()
        installed = dict(self.env['res.lang'].get_installed())
        partners = (self._get_mail_recipient(), self.partner_id, self.company_id.partner_id)
        return next((partner.lang for partner in partners if partner.lang in installed), 'en_US')

    def _get_mail_sender(self):
        """Author and address: the responsible, else the company, else whatever address Odoo sends from.

        :return: tuple of a `res.partner` and a formatted address
        """
        self.ensure_one()
        company = self.company_id
        for partner in (self.user_id.partner_id, company.partner_id):
            if partner.email_normalized:
                return partner, partner.email_formatted
        address = company.alias_domain_id.default_from_email or self.env.ref('base.partner_root').email
        return company.partner_id, tools.formataddr((company.name, address))

    def _get_customer_url(self):
        """Where the customer sees this return: an address with everything needed to open it, or False.

        Without customer pages there is none. An addon that brings them overrides this method.
        """
        self.ensure_one()
        return False

    def _get_next_step_text(self):
        """What happens next and until when, said to the customer; empty when nothing does."""
        self.ensure_one()
        if not self.next_step or self.next_step == 'none':
            return ''
        text, dated_text = self._get_next_step_texts()[self.next_step]
        return dated_text % format_date(self.env, self.date_next) if self.date_next and dated_text else text

    def _get_next_step_texts(self):
        """For each next step what the customer reads: without a date, and with one."""
        return {
            'review': (self.env._("We look at your request and write to you."), ''),
            'answer': (
                self.env._("Please answer this mail. We go on as soon as we know."),
                self.env._("Please answer this mail until %s. We go on as soon as we know.")),
            'send': (
                self.env._("Please send the goods back to us."),
                self.env._("Please send the goods back to us until %s.")),
            'receive': (self.env._("We expect your parcel. We write to you when it has arrived."), ''),
            'inspect': (self.env._("We look at what you sent us, and write to you when that is done."), ''),
            'ship': (self.env._("We send you the goods, and write to you when that is done."), ''),
            'credit': (
                self.env._("You get a credit note from us."),
                self.env._("You get a credit note from us until %s.")),
            'pay': (
                self.env._("We pay the money back."),
                self.env._("We pay the money back until %s.")),
        }
