"""Two users at once, the last unit: with real transactions, which a test inside one transaction cannot have."""

from contextlib import contextmanager

import pytest

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
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


@pytest.fixture
def requested_return_id(return_ids):
    """One of them, submitted, and waiting for a decision."""
    with transaction(commit=True) as env:
        return_order = env['returns.order'].browse(return_ids[0])
        env['returns.policy'].search([]).auto_approve = False
        return_order.action_submit()
        assert return_order.state == 'requested'
        return return_order.id


@pytest.fixture
def received_return_id(delivered_line_id, return_ids):
    """One of them, received, its piece invoiced, and nothing credited yet."""
    with transaction(commit=True) as env:
        invoice = env['sale.order.line'].browse(delivered_line_id).order_id._create_invoices()
        invoice.action_post()
        return_order = env['returns.order'].browse(return_ids[0])
        env['returns.policy'].search([]).credit_trigger = 'manual'
        return_order.action_confirm()
        return_order.picking_ids.move_ids.picked = True
        return_order.picking_ids.with_context(skip_sms=True).button_validate()
        assert return_order.line_ids.qty_to_credit == 1
        return return_order.id


@pytest.fixture
def inspection_id(return_ids):
    """One of them, received, and waiting to be inspected."""
    with transaction(commit=True) as env:
        return_order = env['returns.order'].browse(return_ids[0])
        env['returns.checklist'].create({
            'name': "The Last Piece",
            'product_tmpl_ids': [Command.set(return_order.line_ids.product_id.product_tmpl_id.ids)]})
        return_order.action_confirm()
        return_order.picking_ids.move_ids.picked = True
        return_order.picking_ids.with_context(skip_sms=True).button_validate()
        return return_order.inspection_ids.id


def run_after(first, second):
    """Let `second` begin, `first` end before it, and Odoo run `second` again when that is in its way.

    :param first, second: functions that take an environment
    :return: what `second` gave, and how often it ran
    """
    runs = []
    with transaction() as second_env:
        second_env['returns.order'].search([], limit=1).state  # noqa: B018  it sees the database as it is now
        with transaction(commit=True) as first_env:
            first(first_env)

        def run():
            runs.append(1)
            return second(second_env)
        try:
            return retrying(run, second_env), len(runs)
        except UserError as error:
            return error, len(runs)


def count_receipts(return_id):
    with transaction() as env:
        return len(env['returns.order'].browse(return_id).picking_ids)


def count_credited(return_id):
    """Posted and drafted quantity of the last piece, on all credit notes of its order line."""
    with transaction() as env:
        lines = env['returns.order'].browse(return_id).line_ids.sale_line_id.invoice_lines
        return sum(lines.filtered(lambda line: line.move_id.move_type == 'out_refund').mapped('quantity'))


def test_only_one_of_two_clerks_gets_the_last_piece(return_ids):
    error, runs = run_after(*(
        lambda env, return_id=return_id: env['returns.order'].browse(return_id).action_confirm()
        for return_id in return_ids))
    assert runs == 2
    assert "More would come back" in str(error)
    with transaction() as env:
        assert env['returns.order'].browse(return_ids).mapped('state') == ['approved', 'draft']


def test_two_clerks_who_approve_the_same_return_announce_it_once(requested_return_id):
    def approve(env):
        return env['returns.order'].browse(requested_return_id).action_approve()
    assert run_after(approve, approve) == (True, 2)
    assert count_receipts(requested_return_id) == 1


def test_only_one_of_two_clerks_approves_the_last_piece(return_ids):
    """The other one had been cancelled, and is opened again for review."""
    with transaction(commit=True) as env:
        second = env['returns.order'].browse(return_ids[1])
        env['returns.policy'].search([]).auto_approve = False
        second.action_submit()
        second.action_cancel()
        env['returns.order'].browse(return_ids[0]).action_submit()

    def approve_first(env):
        env['returns.order'].browse(return_ids[0]).action_approve()

    def approve_second(env):
        second = env['returns.order'].browse(return_ids[1])
        second.action_reopen()
        second.action_approve()
    error, runs = run_after(approve_first, approve_second)
    assert runs == 2
    assert "More would come back" in str(error)
    assert (count_receipts(return_ids[0]), count_receipts(return_ids[1])) == (1, 0)


def test_two_crediting_runs_credit_the_last_piece_once(received_return_id):
    def credit(env):
        return len(env['returns.order'].browse(received_return_id)._create_credit_notes())
    assert run_after(credit, credit) == (0, 2)
    assert count_credited(received_return_id) == 1


def test_only_one_of_two_accountants_posts_a_credit_note_for_the_last_piece(received_return_id):
    with transaction(commit=True) as env:
        return_order = env['returns.order'].browse(received_return_id)
        invoice = return_order.line_ids.sale_line_id.invoice_lines.move_id
        ours = return_order._create_credit_notes()
        by_hand = invoice._reverse_moves([{'invoice_date': '2026-01-31'}])
        note_ids = [ours.id, by_hand.id]
    error, runs = run_after(*(
        lambda env, note_id=note_id: env['account.move'].browse(note_id).action_post() for note_id in note_ids))
    assert runs == 2
    assert "More would be credited than is owed" in str(error)
    with transaction() as env:
        assert env['account.move'].browse(note_ids).mapped('state') == ['posted', 'draft']


@pytest.fixture
def owed_return_id(received_return_id):
    """That return, credited, its invoice paid online and nothing paid back yet."""
    with transaction(commit=True) as env:
        return_order = env['returns.order'].browse(received_return_id)
        invoice = return_order.line_ids.sale_line_id.invoice_lines.move_id
        payment = env['payment.transaction'].create({
            'provider_id': env.ref('payment.payment_provider_demo').id,
            'payment_method_id': env.ref('payment_demo.payment_method_demo').id,
            'reference': f"TWO-{invoice.id}", 'amount': invoice.amount_total, 'operation': 'online_direct',
            'currency_id': invoice.currency_id.id, 'partner_id': invoice.partner_id.id,
            'invoice_ids': [Command.set(invoice.ids)],
        })
        payment._set_done()
        payment._post_process()
        return_order.action_create_credit_notes()
        return_order.credit_note_ids.filtered(lambda move: move.state == 'draft').action_post()
        assert return_order.payout_status == 'pending'
        return return_order.id


def count_refunds(return_id):
    with transaction() as env:
        return len(env['returns.order'].browse(return_id).refund_ids)


def test_two_accountants_pay_back_once(owed_return_id):
    def pay_out(env):
        return env['returns.order'].browse(owed_return_id).action_pay_out()
    _action, runs = run_after(pay_out, pay_out)
    assert runs == 2
    assert count_refunds(owed_return_id) == 1


def test_who_pays_by_hand_meets_who_pays_online(owed_return_id):
    def pay_by_hand(env):
        credit_note = env['returns.order'].browse(owed_return_id).credit_note_ids
        env['account.payment.register'].with_context(
            active_model='account.move', active_ids=credit_note.ids).create({}).action_create_payments()
        env.flush_all()
    with mute_logger('odoo.sql_db'):
        error, runs = run_after(lambda env: env['returns.order'].browse(owed_return_id).action_pay_out(), pay_by_hand)
    assert runs == 2
    assert isinstance(error, UserError)


def test_two_inspectors_who_finish_the_same_inspection_move_the_goods_once(inspection_id):
    def finish(env):
        env['returns.inspection'].browse(inspection_id).action_pass_all()

    _result, runs = run_after(finish, finish)
    assert runs == 2
    with transaction() as env:
        inspection = env['returns.inspection'].browse(inspection_id)
        assert inspection.goods_state == 'moved'
        assert len(inspection.stock_move_ids) == 1
