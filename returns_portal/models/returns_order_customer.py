import hashlib
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, html2plaintext, plaintext2html

#: So many minutes the same message, sent again, is one and the same.
MINUTES_OF_ECHO = 10
#: So many files of customers are kept for one return.
MAX_FILES_KEPT = 50
#: What customers choose from, and what Odoo's rating makes of it.
RATES = {'good': 5, 'okay': 3, 'bad': 1}


class ReturnsOrder(models.Model):
    """What the customer does after the request: send, answer, call off, rate. Each of it twice is the same as once."""

    _name = 'returns.order'
    _inherit = ['rating.mixin', 'returns.order']

    carrier_name = fields.Char("Carrier", copy=False, help="Who brings the parcel, as the customer says.")

    # === What is possible ===

    def _can_be_sent_by_customer(self):
        self.ensure_one()
        return self.state == 'approved' and self.reception_status in ('pending', 'partial')

    def _can_be_cancelled_by_customer(self):
        """As long as nothing has moved."""
        self.ensure_one()
        return self.state in ('requested', 'approved') and not self.date_sent and not self._is_started()

    def _can_be_rated(self):
        self.ensure_one()
        return self.state in ('done', 'refused')

    # === What is done ===

    def _mark_sent_by_customer(self, author, date_sent, carrier, tracking, uploads=()):
        """The customer has given the parcel away.

        :param author: the `res.partner` who says so
        :param list uploads: the proof, values of `ir.attachment`
        :raise UserError: when nothing is expected, or when the day cannot be
        """
        if not self._can_be_sent_by_customer():
            raise UserError(self.env._("We expect no parcel for this return."))
        # Today is a range: the customer may live a day ahead of us, or behind.
        earliest, latest = self.date_approval - timedelta(hours=12), fields.Datetime.now() + timedelta(hours=14)
        if not (earliest.date() <= date_sent <= latest.date()):
            raise UserError(self.env._("The day must lie between the approval of the return and today."))
        values = {'date_sent': date_sent, 'carrier_name': carrier, 'tracking_ref': tracking}
        if not uploads and all((self[name] or '') == (value or '') for name, value in values.items()):
            return
        self.write(values)
        self._post_from_customer(author, self.env._(
            "Sent on %(day)s with %(carrier)s %(tracking)s", day=format_date(self.env, date_sent),
            carrier=carrier or self.env._("a carrier"), tracking=tracking).strip(), uploads)

    def _cancel_by_customer(self, author):
        if self.state == 'cancel':
            return
        if not self._can_be_cancelled_by_customer():
            raise UserError(self.env._("This return cannot be cancelled any more: something has moved already."))
        self._post_from_customer(author, self.env._("Please cancel this return."))
        self.action_cancel()

    def _post_from_customer(self, author, text, uploads=()):
        """What the customer writes. On a return that waits for an answer it is the answer.

        :param author: `res.partner`
        :param list uploads: values of `ir.attachment`
        :raise UserError: when there would be too many of them
        """
        if self._is_echo(author, text, uploads):
            return
        if uploads and len(self._get_customer_attachments()) + len(uploads) > MAX_FILES_KEPT:
            raise UserError(self.env._("This return has too many files already. Please write us without."))
        self.message_post(
            body=plaintext2html(text), author_id=author.id, message_type='comment', subtype_xmlid='mail.mt_comment',
            attachments=[(upload['name'], upload['raw']) for upload in uploads])

    def _is_echo(self, author, text, uploads):
        """Whether the last message says the same with the same files: the form was sent twice."""
        last = self._get_customer_messages()[:1]
        return (
            last.author_id == author
            and (fields.Datetime.now() - last.date).total_seconds() < MINUTES_OF_ECHO * 60
            and html2plaintext(last.body) == html2plaintext(plaintext2html(text))
            and set(last.attachment_ids.mapped('checksum')) == {
                hashlib.sha1(upload['raw']).hexdigest() for upload in uploads}
        )

    def _dispute_by_customer(self, author, text, uploads=()):
        if not self._can_be_disputed():
            raise UserError(self.env._("There is nothing to dispute any more. Write us a message instead."))
        self._post_from_customer(author, text, uploads)
        self._dispute(text)

    def _rate_by_customer(self, author, rate, feedback):
        """How the customer found the handling; who rates again, rates anew.

        :param str rate: one of `RATES`
        """
        if not self._can_be_rated():
            raise UserError(self.env._("Please rate it when the return has ended."))
        if author.commercial_partner_id != self.partner_id:
            raise UserError(self.env._("Only the customer can rate it."))
        rating = self._get_rating_of(author) or self.env['rating.rating'].create({
            'res_model_id': self.env['ir.model']._get_id(self._name), 'res_id': self.id,
            'partner_id': author.id, 'rated_partner_id': self._rating_get_operator().id})
        self.rating_apply(RATES[rate], rating=rating, feedback=feedback, subtype_xmlid='mail.mt_note')

    def _get_rates(self):
        """What the customer chooses from: list of code, value of the rating, text."""
        texts = {'good': self.env._("Good"), 'okay': self.env._("It was okay"), 'bad': self.env._("Bad")}
        return [(code, value, texts[code]) for code, value in RATES.items()]

    def _get_rating_of(self, author):
        return self.rating_ids.filtered(lambda rating: rating.partner_id == author)[:1]

    def action_view_ratings(self):
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('rating.rating_rating_action')
        action.update(domain=[('res_model', '=', self._name), ('res_id', '=', self.id)], context={'create': False})
        return action

    # === What is seen ===

    def _get_customer_messages(self):
        """What was written between us and the customer, the latest first; no internal notes."""
        return self.env['mail.message'].search([
            ('model', '=', self._name), ('res_id', '=', self.id), ('is_internal', '=', False),
            ('subtype_id', '=', self.env.ref('mail.mt_comment').id),
            ('message_type', 'in', ('comment', 'email', 'email_outgoing', 'auto_comment')),
        ], limit=100)

    def _get_customer_attachments(self):
        """The files of those messages, and those that the customer sent with the request."""
        return self._get_customer_messages().attachment_ids | self._get_line_attachments()

    def _get_line_attachments(self):
        return self.env['ir.attachment'].search([
            ('res_model', '=', 'returns.order.line'), ('res_id', 'in', self.line_ids.ids)])

    def _get_mail_thread_data_attachments(self):
        """Override: staff sees beside the messages what the customer sent with the request."""
        attachments = super()._get_mail_thread_data_attachments()
        # Who may read the return may read what belongs to its lines.
        return attachments | self.sudo()._get_line_attachments().sudo(False)

    def _get_customer_credit_notes(self):
        """What accounting has posted; drafts are for us."""
        return self.credit_note_ids.filtered(lambda note: note.state == 'posted')
