from odoo.http import request, route

from .portal_request import ReturnsPortalRequest
from .request_form import clean_text, read_email

#: No number of an order is longer, and no e-mail address.
MAX_NUMBER, MAX_EMAIL = 64, 254


class ReturnsPortalGuest(ReturnsPortalRequest):
    """Customers without a login: a link is mailed to who placed the order, and shown to nobody.

    The answer to a request is the same whether or not there is such an order.
    """

    @route('/returns', type='http', auth='public', website=True, methods=['GET'], readonly=True)
    def portal_guest(self, expired=None, **kwargs):
        return self._render_guest(is_expired=bool(expired))

    @route('/returns', type='http', auth='public', website=True, methods=['POST'])
    def portal_guest_ask(self, number='', email='', **post):
        number, email = clean_text(number), clean_text(email)
        errors = {}
        if not number or len(number) > MAX_NUMBER:
            errors['number'] = request.env._("Enter the number of your order: it stands in the mail about the order.")
        if not read_email(email):
            errors['email'] = request.env._("Enter the e-mail address that you ordered with.")
        if errors:
            return self._render_guest(errors=errors, number=number[:MAX_NUMBER], email=email[:MAX_EMAIL])
        is_taken = request.env['returns.guest.request'].sudo()._ask(number, email, request.httprequest.remote_addr)
        answer = self._render_guest(is_taken=is_taken, is_blocked=not is_taken)
        answer.status_code = 200 if is_taken else 429
        return answer

    @route('/returns/orders', type='http', auth='public', website=True, methods=['GET'], readonly=True)
    def portal_guest_orders(self, access_token=None, **kwargs):
        """The orders of exactly the e-mail that the link was sent to, each with a form of its own."""
        email = self._read_guest_token(access_token)
        if not email:
            return request.redirect('/returns?expired=1')
        Order_sudo = request.env['sale.order'].sudo()
        orders_sudo = Order_sudo.search(
            request.env['returns.guest.request']._get_orders_domain(email), order='date_order desc, id desc', limit=50)
        answer = request.render('returns_portal.portal_guest_orders', {
            'page_name': 'return_guest', 'no_breadcrumbs': True, 'orders': orders_sudo, 'email': email,
            'access_token': access_token, 'withdrawable': orders_sudo._filtered_withdrawable(),
        })
        # The address is a key: it stays with us.
        answer.headers.update({
            'Referrer-Policy': 'same-origin', 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex'})
        return answer
