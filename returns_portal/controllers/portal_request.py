from werkzeug.exceptions import NotFound

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from .portal import ReturnsPortal
from .request_form import RequestForm, clean_text, read_id, read_token


class ReturnsPortalRequest(ReturnsPortal):
    """Return items: which order, what of it, why, and what comes of it."""

    def _get_orders_sudo(self, order_id, access_token=None, also=''):
        """The order that goods are returned of, and the others that the customer has added to the same request.

        :param str also: ids of further orders, with commas
        :raise AccessError, MissingError: if the first one is not the customer's own
        """
        order_sudo = self._get_order_sudo(order_id, access_token)
        if order_sudo.state != 'sale':
            raise MissingError(request.env._("This order is not confirmed."))
        orders_sudo = order_sudo
        also_ids = [also_id for text in str(also or '').split(',')[:20] if (also_id := read_id(text))]
        if also_ids and not request.env.user._is_public():
            orders_sudo |= request.env['sale.order'].search(
                self._get_sibling_orders_domain(order_sudo) & Domain('id', 'in', also_ids)).sudo()
        # As the one who found the order: the customer has no rights on deliveries and policies.
        return orders_sudo.with_env(order_sudo.with_company(order_sudo.company_id).env)

    def _get_order_sudo(self, order_id, access_token):
        """The order, if it is one of the customer's own, its token is right, or a guest's link was sent for it.

        :raise AccessError, MissingError: if not
        """
        try:
            return self._document_check_access('sale.order', order_id, access_token=read_token(access_token))
        except AccessError:
            email = self._read_guest_token(access_token)
            order_sudo = request.env['sale.order'].with_user(SUPERUSER_ID).browse(order_id)
            if not email or order_sudo.partner_id.email_normalized != email:
                raise
            return order_sudo

    def _read_guest_token(self, access_token):
        return request.env['returns.guest.request']._read_token(access_token)

    def _get_order_url(self, order_sudo, access_token):
        """Where the customer came from: a guest's link opens the list of the orders, no page of an order."""
        if self._read_guest_token(access_token):
            return f'/returns/orders?access_token={access_token}'
        return f'/my/orders/{order_sudo.id}' + (f'?access_token={access_token}' if access_token else '')

    def _answer_closed(self, access_token):
        """The answer about an order that is not open to who asks. Who came by a link can get a new one.

        :raise NotFound: to a form of somebody else
        """
        is_guest = access_token and request.env.user._is_public()
        if request.httprequest.method != 'POST':
            return request.redirect('/returns?expired=1' if is_guest else '/my')
        if not is_guest:
            raise NotFound
        answer = self._render_guest(is_expired=True)
        answer.status_code = 404
        return answer

    def _render_guest(self, **values):
        return request.render('returns_portal.portal_guest', {
            'page_name': 'return_guest', 'no_breadcrumbs': True, 'errors': {}, **values})

    def _get_sibling_orders_domain(self, order_sudo):
        """The orders whose goods fit into one return with those of `order_sudo`."""
        customer = order_sudo.partner_id.commercial_partner_id
        return (
            Domain('partner_id', 'child_of', customer.id) & Domain('company_id', '=', order_sudo.company_id.id)
            & Domain('currency_id', '=', order_sudo.currency_id.id) & self._get_delivered_orders_domain())

    def _get_delivered_orders_domain(self):
        return Domain('state', '=', 'sale') & Domain('delivery_status', 'in', ('partial', 'full'))

    @route(
        ['/my/returns/new', '/my/returns/new/page/<int:page>'], type='http', auth='user', website=True, readonly=True)
    def portal_return_orders(self, page=1, search=None, **kwargs):
        """Which order do the goods come from?"""
        Order = request.env['sale.order']
        if not Order.has_access('read'):
            return request.redirect('/my')
        search = clean_text(search)[:100]
        domain = Domain(self._prepare_orders_domain(request.env.user.partner_id)) & self._get_delivered_orders_domain()
        if search:
            domain &= Domain('name', 'ilike', search) | Domain('order_line.product_id.name', 'ilike', search)
        # The products of the lines are searched in, too: of the customer's own orders, no others.
        Order_sudo, domain = Order.sudo(), domain & Domain('company_id', 'in', request.env.companies.ids)
        pager = portal_pager(
            url='/my/returns/new', total=Order_sudo.search_count(domain), page=page, step=self._returns_per_page,
            url_args={'search': search or None})
        orders_sudo = Order_sudo.search(
            domain, order='date_order desc, id desc', limit=self._returns_per_page, offset=pager['offset'])
        return request.render('returns_portal.portal_return_orders', {
            **self._prepare_portal_layout_values(),
            'page_name': 'return_orders', 'orders': orders_sudo, 'pager': pager, 'search': search,
        })

    @route(
        '/my/orders/<int:order_id>/return', type='http', auth='public', website=True, methods=['GET'], readonly=True)
    def portal_return_form(self, order_id, access_token=None, also='', **kwargs):
        try:
            orders_sudo = self._get_orders_sudo(order_id, access_token, also)
        except (AccessError, MissingError):
            return self._answer_closed(access_token)
        return self._render_request(self._get_form(orders_sudo), access_token)

    @route('/my/orders/<int:order_id>/return', type='http', auth='public', website=True, methods=['POST'])
    def portal_return_request(self, order_id, access_token=None, also='', **post):
        try:
            orders_sudo = self._get_orders_sudo(order_id, access_token, also)
            self._check_may_act('create')
        except (AccessError, MissingError):
            return self._answer_closed(access_token)
        form = self._get_form(orders_sudo, post, request.httprequest.files)
        return_sudo = form.find_existing()
        if not return_sudo:
            form.read_wishes()
            return_sudo = not form.errors and form.is_seen() and self._create_request(form)
        if not return_sudo:
            return self._render_request(form, access_token)
        return request.redirect(self._get_return_url(return_sudo, access_token))

    def _get_form(self, orders_sudo, data=None, files=None, form_class=RequestForm):
        """The form for these orders. Who is no colleague of the customer sees no address but that of the order."""
        order_sudo, user = orders_sudo[0], request.env.user
        customer_sudo = order_sudo.partner_id.commercial_partner_id
        addresses_sudo = order_sudo.partner_shipping_id
        contact_sudo = addresses_sudo.browse()
        if not user._is_public() and user.partner_id.commercial_partner_id == customer_sudo:
            contact_sudo = user.partner_id
            addresses_sudo |= customer_sudo.search([
                ('id', 'child_of', customer_sudo.id), ('type', 'in', ('contact', 'delivery', 'other'))], limit=50)
        source = 'guest' if user._is_public() else 'portal'
        return form_class(orders_sudo, addresses_sudo, contact_sudo, data, files, source)

    def _create_request(self, form):
        """The new return, or nothing when it cannot be made: then the form says why."""
        try:
            with request.env.cr.savepoint():
                return form.create_return()
        except UserError as error:
            form.errors['form'] = str(error)
            return form.Return

    def _get_return_url(self, return_sudo, access_token):
        """Where the customer goes on: with the token of the return if that of the order has brought him here."""
        url = return_sudo._get_order_page_url(access_token)
        return f"{url}{'&' if '?' in url else '?'}message=requested"

    @route(
        '/my/orders/<int:order_id>/return/check', type='http', auth='public', website=True, methods=['POST'],
        readonly=True)
    def portal_return_check(self, order_id, access_token=None, also='', **post):
        """What comes of the request as it is filled in now, as JSON; nothing is saved."""
        try:
            orders_sudo = self._get_orders_sudo(order_id, access_token, also)
        except (AccessError, MissingError):
            raise NotFound from None
        form = self._get_form(orders_sudo, post)
        form.read_wishes()
        return request.make_json_response({'errors': form.errors, **form.get_summary()})

    def _render_request(self, form, access_token):
        order_sudo = form.orders_sudo[0]
        siblings_sudo = form.orders_sudo.browse()
        if not request.env.user._is_public():
            siblings_sudo = request.env['sale.order'].search(
                self._get_sibling_orders_domain(order_sudo) & Domain('id', 'not in', form.orders_sudo.ids),
                limit=10).sudo()
        return request.render('returns_portal.portal_return_form', {
            'page_name': 'return_request',
            'sale_order_sudo': order_sudo,
            'form': form,
            'rows': form.get_rows(),
            'summary': form.get_summary(),
            'siblings': siblings_sudo,
            'is_withdrawable': bool(order_sudo._filtered_withdrawable()),
            'also': ','.join(map(str, form.orders_sudo[1:].ids)),
            'access_token': access_token,
            'order_url': self._get_order_url(order_sudo, access_token),
            'res_company': order_sudo.company_id,
        })
