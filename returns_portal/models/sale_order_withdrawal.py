from odoo import SUPERUSER_ID, Command, fields, models
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
        """Those of these orders from which the law lets their customer withdraw today."""
        withdrawable = self.browse()
        for order, last_day in self._get_withdrawal_deadlines().items():
            today = self.env['returns.order.line'].new({'company_id': order.company_id.id})._to_local_date(
                fields.Datetime.now())
            if not last_day or today <= last_day:
                withdrawable |= order
        return withdrawable

    def _get_withdrawal_deadlines(self):
        """The last day to withdraw, by order; `None` while goods are still to be delivered.

        Orders without any right are missing: of businesses, and of countries whose law gives none.
        """
        deadlines = {}
        for order in self.filtered(
            lambda order: order.state == 'sale' and not order.partner_id.commercial_partner_id.is_company,
        ):
            goods = order._get_withdrawal_goods()[:1]
            draft = goods and self.env['returns.order'].new({
                **self.env['returns.order']._prepare_customer_vals(order), 'legal_basis': 'withdrawal',
                'line_ids': [Command.create({'sale_line_id': goods.id})]})
            if draft and draft.withdrawal_right_id:
                deadlines[order] = draft.withdrawal_right_id._get_window_deadline(draft.line_ids)
        return deadlines

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
