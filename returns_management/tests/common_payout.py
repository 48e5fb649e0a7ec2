from unittest.mock import patch

from odoo import Command
from odoo.exceptions import ValidationError

from .common import ReturnsCommon


class ReturnsPayoutCommon(ReturnsCommon):
    """Customers pay online, with the provider that Odoo brings for tests. Credit notes are posted at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.credit_note_posting = 'posted'
        cls.provider = cls._create_provider()

    @classmethod
    def _create_provider(cls):
        return cls.env.ref('payment.payment_provider_demo').sudo().copy({'company_id': cls.company.id, 'state': 'test'})

    @classmethod
    def _create_online_payment(cls, document, amount=None, provider=None, **values):
        """A payment of a sales order or an invoice, of all of it unless told otherwise, that is not confirmed yet."""
        provider = provider or cls.provider
        link = 'sale_order_ids' if document._name == 'sale.order' else 'invoice_ids'
        return cls.env['payment.transaction'].sudo().create({
            'provider_id': provider.id,
            'payment_method_id': cls.env.ref('payment_demo.payment_method_demo').id,
            'reference': cls.env['payment.transaction'].sudo()._compute_reference('demo', prefix=f'PAY-{document.id}'),
            'amount': amount or document.amount_total,
            'currency_id': document.currency_id.id,
            'partner_id': document.partner_id.id,
            'operation': 'online_direct',
            link: [Command.set(document.ids)],
            **values,
        })

    @classmethod
    def _pay_online(cls, document, amount=None, provider=None, **values):
        """A confirmed and booked payment, see `_create_online_payment`."""
        payment = cls._create_online_payment(document, amount, provider, **values)
        payment._set_done()
        payment._post_process()
        return payment

    @classmethod
    def _pay_in_parts(cls, document, amounts):
        """A payment that was reserved first, and captured in parts.

        :return: the `payment.transaction` of each part; the reserved one, their source, is linked with the document
        """
        payment = cls._create_online_payment(document, sum(amounts))
        payment._set_authorized()
        parts = payment.browse().union(*map(payment._create_child_transaction, amounts))
        parts._set_done()
        (payment | parts)._post_process()
        return parts

    @classmethod
    def _create_paid_order(cls, quantity=5, **values):
        """A sales order that is delivered, invoiced and paid online.

        :return: the order and its `payment.transaction`
        """
        order = cls._create_delivered_order(quantity, **values)
        return order, cls._pay_online(order.invoice_ids)

    @classmethod
    def _create_credited_return(cls, quantity=2, **values):
        """A return of a paid order with its credit note posted, not paid back yet; and the payment of the order."""
        order, payment = cls._create_paid_order(**values)
        return cls._create_received_return(order, quantity), payment

    @classmethod
    def _create_unpaid_order(cls, **values):
        """A sales order that is delivered and paid online, but not invoiced."""
        order = cls._create_order(**values)
        payment = cls._pay_online(order)
        cls._deliver(order)
        return order, payment

    @classmethod
    def _refund_elsewhere(cls, payment, amount, state='done'):
        """A refund made in the provider's own dashboard, of which a webhook tells."""
        refund = payment._create_child_transaction(amount, is_refund=True)
        refund._process('demo', {'reference': refund.reference, 'simulated_state': state})
        if state == 'done':
            refund._post_process()
        return refund

    @classmethod
    def _patch_provider(cls, answer):
        """While this lasts the provider answers with a state, or with an error that is raised."""
        def send(refund):
            if isinstance(answer, Exception):
                raise answer
            refund._process('demo', {'reference': refund.reference, 'simulated_state': answer})
        return cls._patch_send(send)

    @classmethod
    def _patch_send(cls, send):
        return patch.object(cls.env.registry['payment.transaction'], '_send_refund_request', send)

    @classmethod
    def _refuse_refunds(cls):
        return cls._patch_provider(ValidationError("The card has expired."))

    @classmethod
    def _support(cls, support, provider=None):
        """While this lasts the provider can refund `none`, `full_only` or `partial`."""
        return patch.object(
            cls.env.registry['payment.transaction'], '_get_returns_refund_support', lambda payment: support)
