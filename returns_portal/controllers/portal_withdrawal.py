from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from .portal_request import ReturnsPortalRequest
from .withdrawal_form import WithdrawalForm


class ReturnsPortalWithdrawal(ReturnsPortalRequest):
    """Withdraw from a contract: state it, then confirm it (Directive 2011/83/EU Art. 11a)."""

    @route('/my/orders/<int:order_id>/withdraw', type='http', auth='public', website=True, methods=['GET'],
           readonly=True)
    def portal_withdrawal(self, order_id, access_token=None, **kwargs):
        def show(form):
            customer_sudo = form.contact or form.order_sudo.partner_id
            form.data = {
                'name': customer_sudo.name, 'email': customer_sudo.email_normalized or '', 'undelivered': '1'}
            return self._render_withdrawal('portal_withdrawal', form, access_token)

        return self._answer_withdrawal(order_id, access_token, show)

    @route('/my/orders/<int:order_id>/withdraw', type='http', auth='public', website=True, methods=['POST'],
           readonly=True)
    def portal_withdrawal_state(self, order_id, access_token=None, change=None, **post):
        """The declaration, to be confirmed; nothing is saved."""
        def show(form):
            form.read_all()
            page = 'portal_withdrawal' if form.errors or change else 'portal_withdrawal_confirm'
            return self._render_withdrawal(page, form, access_token)

        return self._answer_withdrawal(order_id, access_token, show, post)

    @route('/my/orders/<int:order_id>/withdraw/confirm', type='http', auth='public', website=True, methods=['POST'])
    def portal_withdrawal_confirm(self, order_id, access_token=None, **post):
        def declare(form):
            return_sudo = form.find_existing()
            if not return_sudo:
                form.read_all()
                return_sudo = self._declare(form)
            if form.errors:
                return self._render_withdrawal('portal_withdrawal', form, access_token)
            if not return_sudo:
                return self._render_withdrawal('portal_withdrawal_done', form, access_token)
            url = self._get_return_url(return_sudo, access_token)
            return request.redirect(url.replace('message=requested', 'message=withdrawn'))

        return self._answer_withdrawal(order_id, access_token, declare, post, operation='create')

    def _answer_withdrawal(self, order_id, access_token, answer, data=None, operation=None):
        """What `answer` says to the form for an order from which its customer may withdraw today; else why not.

        :param answer: function of the form
        :param data: what was entered
        :param str operation: what colleagues need the right to
        """
        try:
            order_sudo = self._get_orders_sudo(order_id, access_token)
            if operation:
                self._check_may_act(operation)
        except (AccessError, MissingError):
            return self._answer_closed(access_token)
        form = self._get_form(order_sudo, data, form_class=WithdrawalForm)
        if order_sudo._filtered_withdrawable():
            return answer(form)
        page = self._render_withdrawal('portal_withdrawal_none', form, access_token)
        page.status_code = 404
        return page

    def _declare(self, form):
        """The return that comes of it, if any; what is wrong the form says."""
        if form.errors:
            return form.Return
        try:
            with request.env.cr.savepoint():
                return form.declare()
        except UserError as error:
            form.errors['form'] = str(error)
            return form.Return

    def _render_withdrawal(self, template, form, access_token):
        return request.render(f'returns_portal.{template}', {
            'page_name': 'return_withdrawal',
            'sale_order_sudo': form.order_sudo,
            'order_url': self._get_order_url(form.order_sudo, access_token),
            'form': form,
            'rows': form.get_rows(),
            'access_token': access_token,
            'res_company': form.order_sudo.company_id,
        })

    @route('/my/returns/withdraw', type='http', auth='user', website=True, methods=['GET'], readonly=True)
    def portal_withdrawals(self, **kwargs):
        """From which contract?"""
        orders_sudo, domain = request.env['sale.order'].sudo(), self._get_withdrawal_domain()
        if domain is not None:
            orders_sudo = orders_sudo.search(
                domain, order='date_order desc, id desc', limit=200)._filtered_withdrawable()
        return request.render('returns_portal.portal_withdrawals', {
            'page_name': 'return_withdrawals', 'orders': orders_sudo})

    def _get_done_texts(self):
        return {
            **super()._get_done_texts(),
            'withdrawn': request.env._("We have received your withdrawal, and acknowledge it by mail."),
        }
