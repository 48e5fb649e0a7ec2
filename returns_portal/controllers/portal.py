from odoo import fields
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from .request_form import clean_text, read_token


class ReturnsPortal(CustomerPortal):
    """The pages of a customer's returns. Nothing comes from the browser but a wish.

    A record is only found in the customer's own domain, or by its token; what is wished is checked by the model.
    """

    _returns_per_page = 20

    # === My returns ===

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        Return = request.env['returns.order']
        domains = {'return_count': Domain.TRUE, 'return_waiting_count': self._get_returns_filters()['mine']['domain']}
        for counter in domains.keys() & set(counters):
            domain = self._get_returns_domain() & domains[counter]
            values[counter] = Return.search_count(domain) if Return.has_access('read') else 0
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
        domain = domain.optimize_full(Return_sudo)  # once for both queries
        pager = portal_pager(
            url='/my/returns', total=Return_sudo.search_count(domain), page=page, step=self._returns_per_page,
            url_args={'sortby': sortby, 'filterby': filterby, 'search': search or None})
        returns_sudo = Return_sudo.search(
            domain, order=sortings[sortby]['order'], limit=self._returns_per_page, offset=pager['offset'])
        return request.render('returns_portal.portal_my_returns', {
            **self._prepare_portal_layout_values(),
            'is_withdrawable': self._may_withdraw(),
            'page_name': 'return', 'returns': returns_sudo, 'pager': pager, 'default_url': '/my/returns',
            'sortings': sortings, 'sortby': sortby, 'filters': filters, 'filterby': filterby, 'search': search,
        })

    def _may_withdraw(self):
        """Whether the customer who is logged in may withdraw from an order today."""
        Order_sudo, domain = request.env['sale.order'].sudo(), self._get_withdrawal_domain()
        if domain is None:
            return False
        return bool(Order_sudo._get_within_period(Order_sudo._get_last_deliveries(domain)))

    def _get_withdrawal_domain(self):
        """The orders of the customer who is logged in; `None` for businesses, who have no right."""
        partner = request.env.user.partner_id
        if partner.commercial_partner_id.is_company:
            return None
        return Domain(self._prepare_orders_domain(partner)) & Domain('company_id', 'in', request.env.companies.ids)

    # === One return ===

    def _get_return_sudo(self, return_id, access_token=None):
        """The return, if it is one of the customer's own or its token is right.

        :raise AccessError, MissingError: if not
        """
        return_sudo = self._document_check_access(
            'returns.order', return_id, access_token=read_token(access_token))
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
        is_known = user._is_internal() or user.partner_id.commercial_partner_id == return_sudo.partner_id
        return user.partner_id if is_known else return_sudo._get_mail_recipient()

    def _check_may_act(self, operation, return_sudo=None):
        """Pages act with all rights. Colleagues who look at them may do there what they may do elsewhere, no more.

        :raise AccessError: when a colleague may not do `operation` with returns
        """
        if request.env.user._is_internal():
            request.env['returns.order'].browse(return_sudo and return_sudo.id).check_access(operation)

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
