from datetime import timedelta

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

#: So many days may follow each other without a working day: by so much the end of a period moves at most.
DAYS_OF_REST = 14


class SaleOrder(models.Model):
    """May the customer withdraw from the contract, and what is recorded of it?"""

    _inherit = 'sale.order'

    returns_withdrawn_on = fields.Datetime(
        "Withdrawn On", copy=False, readonly=True,
        help="When the consumer withdrew from what was not delivered yet: it is not to be sent any more.")

    def _get_withdrawal_goods(self):
        return self.order_line.filtered(lambda line: (
            not line.display_type and line.product_id.type == 'consu' and line.product_uom_qty > 0))

    @api.model
    def _get_withdrawable_domain(self):
        """The orders that `_filtered_withdrawable` has to look at: what it lets through is among them.

        Those of which something is still to be delivered, or was delivered not long ago.
        """
        longest = max(self.env['returns.withdrawal.right'].search([]).mapped('window_days'), default=0)
        since = fields.Datetime.now() - timedelta(days=longest + DAYS_OF_REST)
        return Domain('state', '=', 'sale') & (
            Domain('delivery_status', '!=', 'full')
            | Domain('order_line.move_ids', 'any', Domain('state', '=', 'done') & Domain('date', '>=', since)))

    def _filtered_withdrawable(self):
        """Those of these orders from which the law lets their customer withdraw today.

        Of businesses there are none, nor of countries whose law gives no right.
        """
        lines = self._get_withdrawal_lines()
        countries = {order: line._get_country()._origin for order, line in lines.items()}
        rights = lines and self.env['returns.withdrawal.right']._get_by_country(
            self.env['res.country'].union(*countries.values()))
        now, withdrawable = fields.Datetime.now(), self.browse()
        for order, line in lines.items():
            right = rights.get(countries[order])
            last_day = right and right._get_window_deadline(line)
            if right and (not last_day or line._to_local_date(now) <= last_day):
                withdrawable |= order
        return withdrawable

    def _get_withdrawal_lines(self):
        """For each order of a consumer a line of a return in memory, of which the law says until when: dict."""
        goods = {
            order: order._get_withdrawal_goods()[:1] for order in self
            if order.state == 'sale' and not order.partner_id.commercial_partner_id.is_company}
        by_customer = self.filtered(goods.get).grouped(
            lambda order: (order.partner_id.commercial_partner_id, order.company_id))
        lines = {}
        for (customer, company), orders in by_customer.items():
            draft = self.env['returns.order'].new({
                'partner_id': customer.id, 'company_id': company.id, 'legal_basis': 'withdrawal',
                'line_ids': [Command.create({'sale_line_id': goods[order].id}) for order in orders]})
            lines.update(zip(orders, draft.line_ids, strict=True))
        return lines

    def _record_withdrawal(self, return_order, author, name, email, products, is_undelivered):
        """Record the declaration with its time where it is handled, and acknowledge it by mail.

        :param return_order: of what was delivered; empty when nothing was
        :param author: the `res.partner` who declares it
        :param str name: of the consumer, as it was entered
        :param str email: where the acknowledgement goes
        :param list products: from what the consumer withdraws, as texts
        :param bool is_undelivered: whether something of that was not delivered yet
        """
        self.ensure_one()
        declaration = self._render_declaration(name, email, products)
        message = {
            'body': declaration, 'author_id': author.id, 'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment'}
        if return_order:
            return_order.message_post(**message)
        if is_undelivered:
            self.returns_withdrawn_on = fields.Datetime.now()
            self.message_post(**message)
            self.activity_schedule(
                'mail.mail_activity_data_todo', user_id=self.user_id.id or SUPERUSER_ID,
                summary=self.env._("Withdrawn before the delivery"),
                note=self.env._("Do not send what was not delivered yet, and pay back what was paid for it."))
        self._queue_returns_mail(
            'returns_portal.mail_template_withdrawal', email, returns_name=name,
            returns_declaration=declaration, returns_url=return_order and return_order._get_customer_url())

    def _render_declaration(self, name, email, products):
        """What was declared, when, by whom: as HTML, in the language of the customer."""
        order = self.with_context(
            lang=self.partner_id.lang or self.company_id.partner_id.lang,
            tz=self.env['returns.order.line'].new({'company_id': self.company_id.id})._get_timezone())
        return self.env['ir.qweb'].with_context(**order.env.context)._render('returns_portal.withdrawal_declaration', {
            'order': order, 'name': name, 'email': email, 'products': products,
            'moment': format_datetime(order.env, fields.Datetime.now(), dt_format='long'),
        })
