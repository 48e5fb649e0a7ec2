from werkzeug.exceptions import NotFound

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from ..models.returns_order_customer import RATES
from ..uploads import read_uploads
from .portal import ReturnsPortal
from .request_form import MAX_TEXT, clean_text

#: No number of a parcel and no name of a carrier is longer.
MAX_NAME = 80


class ReturnsPortalActions(ReturnsPortal):
    """What customers do with a return that they asked for; each page answers with the return as it is then."""

    def _act(self, return_id, access_token, name, act):
        """Do `act` with the return and go back to its page; what went wrong is said beside the form `name`.

        :param act: function of the return, of who acts, and of the uploaded files; may raise UserError
        """
        try:
            return_sudo = self._get_return_sudo(return_id, access_token)
        except (AccessError, MissingError):
            raise NotFound from None
        try:
            with request.env.cr.savepoint():
                uploads = read_uploads(return_sudo.env, request.httprequest.files.getlist('files'))
                act(return_sudo, self._get_author(return_sudo), uploads)
        except UserError as error:
            return request.render('returns_portal.portal_my_return', self._prepare_return_values(
                return_sudo, access_token, errors={name: str(error)}, entered=request.params))
        url = return_sudo.get_portal_url() if access_token else return_sudo.access_url
        separator = '&' if '?' in url else '?'
        return request.redirect(f'{url}{separator}message={name}#o_returns_{name}')

    def _read_text(self, text, limit=MAX_TEXT):
        """:raise UserError: when it is empty or too long"""
        text = clean_text(text)
        if not text:
            raise UserError(request.env._("Please write something."))
        if len(text) > limit:
            raise UserError(request.env._("Write at most %s characters.", limit))
        return text

    def _read_day(self, text):
        try:
            return fields.Date.from_string(text) or fields.Date.context_today(request.env.user)
        except ValueError:
            raise UserError(request.env._("Enter a day.")) from None

    @route('/my/returns/<int:return_id>/sent', type='http', auth='public', website=True, methods=['POST'])
    def portal_return_sent(self, return_id, access_token=None, date_sent='', carrier='', tracking='', **post):
        def act(return_sudo, author, uploads):
            return_sudo._mark_sent_by_customer(
                author, self._read_day(clean_text(date_sent)[:10]), clean_text(carrier)[:MAX_NAME],
                clean_text(tracking)[:MAX_NAME], uploads)

        return self._act(return_id, access_token, 'sent', act)

    @route('/my/returns/<int:return_id>/cancel', type='http', auth='public', website=True, methods=['POST'])
    def portal_return_cancel(self, return_id, access_token=None, **post):
        def act(return_sudo, author, _uploads):
            return_sudo._cancel_by_customer(author)

        return self._act(return_id, access_token, 'cancel', act)

    @route('/my/returns/<int:return_id>/message', type='http', auth='public', website=True, methods=['POST'])
    def portal_return_message(self, return_id, access_token=None, text='', **post):
        def act(return_sudo, author, uploads):
            # A photo needs no words.
            text_read = '' if uploads and not clean_text(text) else self._read_text(text)
            return_sudo._post_from_customer(author, text_read, uploads)

        return self._act(return_id, access_token, 'message', act)

    @route('/my/returns/<int:return_id>/dispute', type='http', auth='public', website=True, methods=['POST'])
    def portal_return_dispute(self, return_id, access_token=None, text='', **post):
        def act(return_sudo, author, uploads):
            return_sudo._dispute_by_customer(author, self._read_text(text), uploads)

        return self._act(return_id, access_token, 'dispute', act)

    @route('/my/returns/<int:return_id>/rating', type='http', auth='public', website=True, methods=['POST'])
    def portal_return_rating(self, return_id, access_token=None, rate='', feedback='', **post):
        def act(return_sudo, author, _uploads):
            if rate not in RATES:
                raise UserError(request.env._("Choose how it went."))
            return_sudo._rate_by_customer(author, rate, clean_text(feedback)[:MAX_TEXT])

        return self._act(return_id, access_token, 'rating', act)

    # === Files ===

    @route(
        '/my/returns/<int:return_id>/file/<int:attachment_id>', type='http', auth='public', website=True,
        methods=['GET'], readonly=True)
    def portal_return_file(self, return_id, attachment_id, access_token=None, **kwargs):
        """A file of the conversation, or one that came with the request."""
        try:
            return_sudo = self._get_return_sudo(return_id, access_token)
        except (AccessError, MissingError):
            raise NotFound from None
        attachment_sudo = return_sudo._get_customer_attachments().filtered(lambda file: file.id == attachment_id)
        if not attachment_sudo:
            raise NotFound
        is_picture = attachment_sudo.mimetype in ('image/jpeg', 'image/png', 'image/webp', 'image/gif')
        return request.env['ir.binary']._get_stream_from(attachment_sudo).get_response(as_attachment=not is_picture)

    @route(
        '/my/returns/<int:return_id>/credit_note/<int:credit_note_id>', type='http', auth='public', website=True,
        methods=['GET'])
    def portal_return_credit_note(self, return_id, credit_note_id, access_token=None, **kwargs):
        try:
            return_sudo = self._get_return_sudo(return_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        credit_note_sudo = return_sudo._get_customer_credit_notes().filtered(lambda note: note.id == credit_note_id)
        if not credit_note_sudo:
            raise NotFound
        return self._show_report(
            model=credit_note_sudo, report_type='pdf', report_ref='account.account_invoices', download=True)
