from odoo import Command, api, fields, models


class ReturnsDemo(models.AbstractModel):
    """How money goes back online: refunded, on its way, failed, and paid without an invoice."""

    _inherit = 'returns.demo'

    @api.model
    def _create_payout_stories(self):
        """Told only where Odoo's demo provider of online payments is installed: it needs nobody outside."""
        if self.env.ref('payment.payment_provider_demo').code == 'demo':
            parameters = self.env['ir.config_parameter'].sudo()
            at_once = parameters.get_param('sale.async_emails')
            parameters.set_param('sale.async_emails', True)  # nobody is told now, which would print the orders
            self.with_context(tracking_disable=True)._tell_payout_stories()
            parameters.set_param('sale.async_emails', at_once)

    def _tell_payout_stories(self):
        self._ask_for_refund('cleo', {'lamp': 2}, {'lamp': 1})._send_returns_refunds(save=self.env.flush_all)

        pending = self._ask_for_refund('ben', {'shoe': 2}, {'shoe': 1})
        pending.returns_sent_on = fields.Datetime.now()
        pending._set_pending()

        failed = self._ask_for_refund('paula', {'jacket': 2}, {'jacket': 1})
        failed.returns_sent_on = fields.Datetime.now()
        failed._set_error("The card has expired.")

        self._credit_online('cleo', {'jacket': 3}, {'jacket': 1})
        self._return_before_invoice()

    def _ask_for_refund(self, customer, ordered, returned):
        """The refund of a return, written down and not sent."""
        return self._credit_online(customer, ordered, returned)._pay_out()

    def _credit_online(self, customer, ordered, returned):
        """A return of goods that were paid online, with its credit note posted."""
        return_order = self._create_return(customer, ordered, returned, 'mind')
        self._pay_online(return_order.sale_order_ids.invoice_ids, 'invoice_ids')
        return_order.action_confirm()
        self._receive(return_order)
        return_order.credit_note_ids.action_post()
        return return_order

    def _return_before_invoice(self):
        """The goods were back before the payment was confirmed, and nobody has invoiced them."""
        return_order = self._create_return('ben', {'lamp': 3}, {'lamp': 1}, 'mind', invoiced=False)
        return_order.action_confirm()
        self._receive(return_order)
        self._pay_online(return_order.sale_order_ids, 'sale_order_ids')
        return_order.sale_order_ids.pending_email_template_id = False

    def _pay_online(self, document, link):
        """A confirmed online payment of `document`, to which the field `link` of the payment leads."""
        payment = self.env['payment.transaction'].create({
            'provider_id': self.env.ref('payment.payment_provider_demo').id,
            'payment_method_id': self.env.ref('payment_demo.payment_method_demo').id,
            'reference': f"SHOP-{document.name}",
            'amount': document.amount_total,
            'currency_id': document.currency_id.id,
            'partner_id': document.partner_id.id,
            'operation': 'online_direct',
            link: [Command.set(document.ids)],
        })
        payment._set_done()
        payment._post_process()
