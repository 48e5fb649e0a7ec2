from werkzeug.exceptions import NotFound

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from .request_form import RequestForm, clean_text, read_id


class ReturnsPortal(CustomerPortal):
    """The pages of a customer's returns. Nothing comes from the browser but a wish.

    A record is only found in the customer's own domain, or by its token; what is wished is checked by the model.
    """

    _returns_per_page = 20

    # === My returns ===

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if 'return_count' in counters:
            Return = request.env['returns.order']
            values['return_count'] = Return.search_count(
                self._get_returns_domain()) if Return.has_access('read') else 0
        return values

    def _get_returns_domain(self):
        """The returns of the customer who is logged in."""
        partner = request.env.user.partner_id.commercial_partner_id
        return Domain('partner_id', 'child_of', partner.id) & Domain('state', '!=', 'draft')

    def _get_returns_sortings(self):
        return {
            'date': {'label': request.env._("Newest first"), 'order': 'date_request desc, id desc'},
            'name': {'label': request.env._("Number"), 'order': 'name desc'},
            'until': {'label': request.env._("What is due first"), 'order': 'date_next, id desc'},
        }

    def _get_returns_filters(self):
        return {
            'all': {'label': request.env._("All"), 'domain': Domain.TRUE},
            'mine': {'label': request.env._("Waiting for me"), 'domain': Domain('next_actor', '=', 'customer')},
            'open': {'label': request.env._("In progress"), 'domain': Domain('state', 'in', ('requested', 'approved'))},
            'ended': {'label': request.env._("Ended"), 'domain': Domain('state', 'in', ('done', 'refused', 'cancel'))},
        }

    def _get_returns_search_domain(self, search):
        """By number of the return or the order, or by product."""
        return (
            Domain('name', 'ilike', search) | Domain('line_ids.sale_line_id.order_id.name', 'ilike', search)
            | Domain('line_ids.product_id.name', 'ilike', search))

    @route(
        ['/my/returns', '/my/returns/page/<int:page>'], type='http', auth='user', website=True, readonly=True)
    def portal_my_returns(self, page=1, sortby=None, filterby=None, search=None, **kwargs):
        Return = request.env['returns.order']
        if not Return.has_access('read'):
            return request.redirect('/my')
        sortings, filters = self._get_returns_sortings(), self._get_returns_filters()
        sortby = sortby if sortby in sortings else 'date'
        filterby = filterby if filterby in filters else 'all'
        search = clean_text(search)[:100]
        domain = self._get_returns_domain() & filters[filterby]['domain']
        # What was searched for lies in documents of their own rights: those of the customer's returns, no others.
        Return_sudo = Return.sudo()
        if search:
            domain &= self._get_returns_search_domain(search)
        domain &= Domain('company_id', 'in', request.env.companies.ids)
        pager = portal_pager(
            url='/my/returns', total=Return_sudo.search_count(domain), page=page, step=self._returns_per_page,
            url_args={'sortby': sortby, 'filterby': filterby, 'search': search or None})
        returns_sudo = Return_sudo.search(
            domain, order=sortings[sortby]['order'], limit=self._returns_per_page, offset=pager['offset'])
        return request.render('returns_portal.portal_my_returns', {
            **self._prepare_portal_layout_values(),
            'page_name': 'return', 'returns': returns_sudo, 'pager': pager, 'default_url': '/my/returns',
            'sortings': sortings, 'sortby': sortby, 'filters': filters, 'filterby': filterby, 'search': search,
        })

    # === One return ===

    def _get_return_sudo(self, return_id, access_token=None):
        """The return, if it is one of the customer's own or its token is right.

        :raise AccessError, MissingError: if not
        """
        return_sudo = self._document_check_access('returns.order', return_id, access_token=access_token)
        if return_sudo.state == 'draft':  # nobody has asked for it yet
            raise AccessError(request.env._("This return is still being prepared."))
        return return_sudo.with_company(return_sudo.company_id)

    @route('/my/returns/<int:return_id>', type='http', auth='public', website=True, readonly=True)
    def portal_my_return(self, return_id, access_token=None, message=None, **kwargs):
        try:
            return_sudo = self._get_return_sudo(return_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        return request.render('returns_portal.portal_my_return', self._prepare_return_values(
            return_sudo, access_token, message=message))

    def _prepare_return_values(self, return_sudo, access_token, message=None, **values):
        """Values of the page of one return. The pager of other documents stays out: it would write their tokens."""
        return {
            **self._get_page_view_values(return_sudo, access_token, {}, 'my_returns_history', False),
            'page_name': 'return',
            'return_order': return_sudo,
            'res_company': return_sudo.company_id,
            'author': self._get_author(return_sudo),
            'rates': return_sudo._get_rates(),
            'today': fields.Date.context_today(return_sudo),
            'done_text': self._get_done_texts().get(message),
            **values,
        }

    def _get_author(self, return_sudo):
        """Who acts: the one who is logged in, else the contact of the return, to whom its token was sent."""
        user = request.env.user
        return return_sudo._get_mail_recipient() if user._is_public() else user.partner_id

    def _get_done_texts(self):
        """What the page says after something was done there."""
        return {
            'requested': request.env._("We have received your request."),
            'sent': request.env._("Thank you, we expect your parcel."),
            'cancel': request.env._("The return is cancelled."),
            'message': request.env._("We have received your message."),
            'dispute': request.env._("We have received your objection."),
            'rating': request.env._("Thank you for your rating."),
        }

    @route('/my/returns/<int:return_id>/slip', type='http', auth='public', website=True, readonly=True)
    def portal_my_return_slip(self, return_id, access_token=None, **kwargs):
        try:
            return_sudo = self._get_return_sudo(return_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        return self._show_report(
            model=return_sudo, report_type='pdf', report_ref='returns_management.returns_order_slip_action')

    # === Return items ===

    def _get_orders_sudo(self, order_id, access_token=None, also=''):
        """The order that goods are returned of, and the others that the customer has added to the same request.

        :param str also: ids of further orders, with commas
        :raise AccessError, MissingError: if the first one is not the customer's own
        """
        order_sudo = self._document_check_access('sale.order', order_id, access_token=access_token)
        if order_sudo.state != 'sale':
            raise MissingError(request.env._("This order is not confirmed."))
        orders_sudo = order_sudo
        also_ids = [also_id for text in str(also or '').split(',')[:20] if (also_id := read_id(text))]
        if also_ids and not request.env.user._is_public():
            orders_sudo |= request.env['sale.order'].search(
                self._get_sibling_orders_domain(order_sudo) & Domain('id', 'in', also_ids)).sudo()
        # As the one who found the order: the customer has no rights on deliveries and policies.
        return orders_sudo.with_env(order_sudo.with_company(order_sudo.company_id).env)

    def _get_sibling_orders_domain(self, order_sudo):
        """The orders whose goods fit into one return with those of `order_sudo`."""
        customer = order_sudo.partner_id.commercial_partner_id
        return (
            Domain('partner_id', 'child_of', customer.id) & Domain('company_id', '=', order_sudo.company_id.id)
            & Domain('currency_id', '=', order_sudo.currency_id.id) & self._get_delivered_orders_domain())

    def _get_delivered_orders_domain(self):
        return Domain('state', '=', 'sale') & Domain('delivery_status', 'in', ('partial', 'full'))

    @route(
        '/my/orders/<int:order_id>/return', type='http', auth='public', website=True, methods=['GET'], readonly=True)
    def portal_return_form(self, order_id, access_token=None, also='', **kwargs):
        try:
            orders_sudo = self._get_orders_sudo(order_id, access_token, also)
        except (AccessError, MissingError):
            return request.redirect('/my')
        return self._render_request(RequestForm(orders_sudo), access_token)

    @route('/my/orders/<int:order_id>/return', type='http', auth='public', website=True, methods=['POST'])
    def portal_return_request(self, order_id, access_token=None, also='', **post):
        try:
            orders_sudo = self._get_orders_sudo(order_id, access_token, also)
        except (AccessError, MissingError):
            raise NotFound from None
        form = RequestForm(orders_sudo, post, request.httprequest.files)
        return_sudo = form.find_existing()
        if not return_sudo:
            form.read()
            return_sudo = not form.errors and form.is_seen() and self._create_request(form)
        if not return_sudo:
            return self._render_request(form, access_token)
        return request.redirect(self._get_return_url(return_sudo, access_token))

    def _create_request(self, form):
        """The new return, or nothing when it cannot be made: then the form says why."""
        try:
            with request.env.cr.savepoint():
                return form.create()
        except UserError as error:
            form.errors['form'] = str(error)
            return form.Return

    def _get_return_url(self, return_sudo, access_token):
        """Where the customer goes on: with the token of the return if that of the order has brought him here."""
        return return_sudo.get_portal_url() if access_token else return_sudo.access_url

    @route(
        '/my/orders/<int:order_id>/return/check', type='http', auth='public', website=True, methods=['POST'],
        readonly=True)
    def portal_return_check(self, order_id, access_token=None, also='', **post):
        """What comes of the request as it is filled in now, as JSON; nothing is saved."""
        try:
            orders_sudo = self._get_orders_sudo(order_id, access_token, also)
        except (AccessError, MissingError):
            raise NotFound from None
        form = RequestForm(orders_sudo, post)
        form.read()
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
            'also': ','.join(map(str, form.orders_sudo[1:].ids)),
            'access_token': access_token,
            'res_company': order_sudo.company_id,
        })
