from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime


class SaleOrder(models.Model):
    """May the customer withdraw from the contract, and what is recorded of it?"""

    _inherit = 'sale.order'

    returns_withdrawn_on = fields.Datetime(
        "Withdrawn On", copy=False, readonly=True,
        help="When the consumer withdrew from what was not delivered yet: it is not to be sent any more.")

    def _get_withdrawal_goods(self):
        return self.order_line.filtered(lambda line: (
            not line.display_type and line.product_id.type == 'consu' and line.product_uom_qty > 0))

    def _filtered_withdrawable(self):
        """Those of these orders from which the law lets their customer withdraw today.

        Of businesses there are none, nor of countries whose law gives no right.
        """
        orders = self.filtered(lambda order: (
            order.state == 'sale' and not order.partner_id.commercial_partner_id.is_company
            and order._get_withdrawal_goods()))
        deliveries = self._get_last_deliveries(Domain('id', 'in', orders.ids)) if orders else {}
        for order in orders:
            deliveries.setdefault(order, (order.company_id, order.partner_shipping_id.country_id, False))
        return self & self._get_within_period(deliveries)

    @api.model
    def _get_last_deliveries(self, domain):
        """What the law asks about the orders of `domain`, in one query.

        :return: dict by order of tuples: the company, the country of the delivery, and the moment of the last one,
            `False` while goods are still to be delivered. Orders without any transfer are missing.
        """
        moves = Domain('sale_line_id.order_id', 'any', domain) & Domain('state', '!=', 'cancel') & (
            Domain('location_dest_id.usage', '=', 'customer') | Domain('location_final_id.usage', '=', 'customer'))
        deliveries = {}
        for order, company, country, state, moment in self.env['stock.move'].sudo()._read_group(moves, [
            'sale_line_id.order_id', 'company_id', 'sale_line_id.order_id.partner_shipping_id.country_id', 'state',
        ], ['date:max']):
            *_place, known = deliveries.get(order, (company, country, moment))
            deliveries[order] = company, country, state == 'done' and known and max(moment, known)
        return deliveries

    @api.model
    def _get_within_period(self, deliveries):
        """The orders that give a right today.

        :param deliveries: what `_get_last_deliveries` returns
        """
        countries = {
            order: country or order.partner_id.commercial_partner_id.country_id or company.country_id
            for order, (company, country, _moment) in deliveries.items()}
        rights = deliveries and self.env['returns.withdrawal.right']._get_by_country(
            self.env['res.country'].union(*countries.values()))
        within = self.browse()
        for order, (company, _country, moment) in deliveries.items():
            right = rights.get(countries[order])
            if right and (not moment or self._is_within_period(right, company, moment)):
                within |= order
        return within

    @api.model
    def _is_within_period(self, right, company, moment):
        """Whether who was told about this right and got the last goods at that moment may withdraw today."""
        draft = self.env['returns.order'].new({
            'company_id': company.id, 'withdrawal_information': 'in_time', 'line_ids': [Command.create({})]})
        to_local_date = draft.line_ids._to_local_date
        return to_local_date(fields.Datetime.now()) <= right._get_last_day(to_local_date(moment), draft, company)

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
