"""Two users at once, the last unit: with real transactions, which a test inside one transaction cannot have."""

from contextlib import contextmanager

import pytest
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name


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
