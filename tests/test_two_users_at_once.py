"""Two users at once, the last unit: with real transactions, which a test inside one transaction cannot have."""

from contextlib import contextmanager

import pytest
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger


@contextmanager
def transaction(commit=False):
    with Registry(get_db_name()).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {'tracking_disable': True})
        if not commit:
            cr.rollback()


@pytest.fixture
def delivered_line_id():
    """A sales order line of one delivered piece, committed. The database is thrown away after the tests."""
    with transaction(commit=True) as env:
        product = env['product.product'].create({'name': "The Last Piece", 'is_storable': True})
        warehouse = env['stock.warehouse'].search([('company_id', '=', env.company.id)], limit=1)
        env['stock.quant']._update_available_quantity(product, warehouse.lot_stock_id, 1)
        order = env['sale.order'].create({
            'partner_id': env['res.partner'].create({'name': "Two Clerks' Customer"}).id,
            'order_line': [Command.create({'product_id': product.id, 'price_unit': 10})],
        })
        order.action_confirm()
        order.picking_ids.move_ids.picked = True
        order.picking_ids.with_context(skip_sms=True).button_validate()
        return order.order_line.id


@pytest.fixture
def return_ids(delivered_line_id):
    """Two drafts of that piece, each by another clerk."""
    with transaction(commit=True) as env:
        line = env['sale.order.line'].browse(delivered_line_id)
        return env['returns.order'].create([
            {'partner_id': line.order_id.partner_id.id, 'line_ids': [Command.create({'sale_line_id': line.id})]}
            for _clerk in range(2)
        ]).ids


def test_only_one_of_two_clerks_gets_the_last_piece(return_ids):
    with transaction() as second:
        second_return = second['returns.order'].browse(return_ids[1])
        assert second_return.state == 'draft'  # its transaction has begun: it sees the database as it is now
        with transaction(commit=True) as first:
            first['returns.order'].browse(return_ids[0]).action_confirm()

        with pytest.raises(SerializationFailure):
            second_return.action_confirm()

    # Odoo runs such a request again:
    with transaction() as again, pytest.raises(UserError, match="More would come back"):
        again['returns.order'].browse(return_ids[1]).action_confirm()


@pytest.fixture
def owed_return_id(delivered_line_id):
    """A return of that piece, invoiced, paid online and credited, but not paid back."""
    with transaction(commit=True) as env:
        order = env['sale.order.line'].browse(delivered_line_id).order_id
        invoice = order._create_invoices()
        invoice.action_post()
        payment = env['payment.transaction'].create({
            'provider_id': env.ref('payment.payment_provider_demo').id,
            'payment_method_id': env.ref('payment_demo.payment_method_demo').id,
            'reference': f"TWO-{invoice.id}", 'amount': invoice.amount_total, 'operation': 'online_direct',
            'currency_id': invoice.currency_id.id, 'partner_id': invoice.partner_id.id,
            'invoice_ids': [Command.set(invoice.ids)],
        })
        payment._set_done()
        payment._post_process()
        return_order = env['returns.order'].create({
            'partner_id': order.partner_id.id, 'line_ids': [Command.create({'sale_line_id': delivered_line_id})]})
        return_order.action_confirm()
        return_order.picking_ids.button_validate()
        return_order.credit_note_ids.action_post()
        return return_order.id


def test_two_accountants_pay_back_once(owed_return_id):
    with transaction() as second:
        second_return = second['returns.order'].browse(owed_return_id)
        assert second_return.payout_status == 'pending'  # its transaction has begun
        with transaction(commit=True) as first:
            first['returns.order'].browse(owed_return_id).action_pay_out()

        with pytest.raises(SerializationFailure):
            second_return.action_pay_out()

    with transaction() as again:
        again_return = again['returns.order'].browse(owed_return_id)
        again_return.action_pay_out()
        assert len(again_return.refund_ids) == 1


def test_who_pays_by_hand_meets_who_pays_online(owed_return_id):
    with transaction() as second:
        credit_note = second['returns.order'].browse(owed_return_id).credit_note_ids
        assert credit_note.payment_state == 'not_paid'
        with transaction(commit=True) as first:
            first['returns.order'].browse(owed_return_id).action_pay_out()

        with pytest.raises(SerializationFailure), mute_logger('odoo.sql_db'):
            second['account.payment.register'].with_context(
                active_model='account.move', active_ids=credit_note.ids).create({}).action_create_payments()
            second.flush_all()
