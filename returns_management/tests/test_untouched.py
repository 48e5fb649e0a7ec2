from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.stock.models.stock_location import StockLocation as CoreLocation

from .common import ReturnsCommon

#: What is delivered, invoiced and credited in every company, with returns or without.
MODELS = (
    'account.move', 'account.move.line', 'account.cash.rounding', 'sale.order', 'sale.order.line', 'stock.move',
    'stock.move.line', 'stock.picking', 'stock.rule',
)


@tagged('post_install', '-at_install')
class TestUntouched(ReturnsCommon):
    """Users without returns pay nothing: documents that have to do with none cost what they cost Odoo alone."""

    @contextmanager
    def _core_alone(self):
        """As long as this lasts, no method of ours overrides one of Odoo."""
        removed = {}  # once, also where several models share a class
        for model in MODELS:
            classes = self.env.registry[model].__mro__
            ours = [cls for cls in classes if cls.__module__.startswith('odoo.addons.returns_')]
            names = {name for cls in classes if cls not in ours and cls is not object for name in vars(cls)}
            removed.update({
                (cls, name): value for cls in ours for name, value in vars(cls).items()
                if callable(value) and name in names and not name.startswith('__')})
        for cls, name in removed:
            delattr(cls, name)
        try:
            yield
        finally:
            for (cls, name), value in removed.items():
                setattr(cls, name, value)

    def _count_queries(self, step):
        self.env.flush_all()
        self.env.transaction.reset()  # as a request of its own begins: the time zone of the user is read again, too
        before = self.cr.sql_log_count
        step()
        self.env.flush_all()
        self.cr.precommit.run()
        return self.cr.sql_log_count - before

    def _count_steps(self, steps):
        return {name: self._count_queries(step) for name, step in steps()}

    def _check_costs_as_core(self, steps):
        """Each of `steps` takes as many queries as Odoo alone.

        :param steps: method without arguments; gives the names and the functions of the steps, one after the other
        """
        with self._core_alone():
            self._count_steps(steps)  # the first time fills the caches
        self._count_steps(steps)
        ours = self._count_steps(steps)
        with self._core_alone():
            core = self._count_steps(steps)
        self.assertEqual(ours, core)

    def test_which_locations_are_outside_is_said_as_by_core_and_our_own_without_a_query(self):
        transit = self.env.ref('stock.stock_location_inter_company')
        below = self.env['stock.location'].create({
            'name': "Below", 'usage': 'internal', 'location_id': transit.id, 'company_id': False})
        locations = self.warehouse.lot_stock_id + self.warehouse.returns_location_id + transit + below
        for usage in ('customer', 'supplier', 'transit', 'view', 'inventory', 'internal'):
            locations += self.env['stock.location'].create({'name': usage, 'usage': usage})
        outside = locations.filtered(lambda location: CoreLocation._is_outgoing(location))
        self.assertIn(below, outside)
        self.assertEqual(locations.filtered(lambda location: location._is_outgoing()), outside)
        before = self.cr.sql_log_count
        self.assertFalse(self.warehouse.lot_stock_id._is_outgoing())
        self.assertEqual(self.cr.sql_log_count, before)

    def test_the_locations_of_customers_are_remembered_until_one_changes(self):
        transit = self.env.ref('stock.stock_location_inter_company')
        self.env['stock.location']._get_returns_customer_ids()
        locations = transit + self.env['stock.location'].create([
            *({'name': usage, 'usage': usage, 'location_id': transit.id, 'company_id': False}
              for usage in ('transit', 'internal')),
            {'name': "Elsewhere", 'usage': 'transit'},
            {'name': "Shelf", 'usage': 'internal'},
        ])
        for usage in (None, 'customer', 'internal'):
            if usage:
                locations[-1].usage = usage
            remembered = locations.browse(self.env['stock.location']._get_returns_customer_ids())
            with self.subTest(usage):
                self.assertEqual(locations & remembered, locations.filtered(
                    lambda location: location._is_returns_customer()))

    def _get_sales_steps(self):
        order = self.env['sale.order'].create({
            'partner_id': self.customer.id,
            'order_line': [Command.create({'product_id': self.product.id, 'product_uom_qty': 5})]})
        yield 'confirm', order.action_confirm
        yield 'deliver', lambda: self._deliver(order)
        yield 'invoice', order._create_invoices
        invoice = order.invoice_ids
        yield 'change', lambda: invoice.write({'invoice_line_ids': [
            Command.update(invoice.invoice_line_ids.id, {'quantity': 4})]})
        yield 'post', invoice.action_post
        note = invoice._reverse_moves([{}])
        yield 'credit', note.action_post
        yield 'reset', note.button_draft
        yield 'cancel', note.button_cancel
        yield 'raise', lambda: order.order_line.write({'product_uom_qty': 6})

    def test_from_the_order_to_the_credit_note(self):
        self._check_costs_as_core(self._get_sales_steps)

    def _get_plain_steps(self):
        invoices = self.env['account.move']
        for move_type in ('out_invoice', 'in_invoice', 'out_refund'):
            vals = {
                'move_type': move_type, 'partner_id': self.customer.id, 'invoice_date': '2026-01-01',
                'invoice_line_ids': [Command.create({'product_id': self.product.id, 'quantity': 2, 'price_unit': 9})]}
            created = []
            yield f'create {move_type}', lambda: created.append(invoices.create(vals))  # noqa: B023
            yield f'write {move_type}', lambda: created[0].write({  # noqa: B023
                'invoice_line_ids': [Command.update(created[0].invoice_line_ids.id, {'quantity': 3})]})  # noqa: B023
            yield f'post {move_type}', created[0].action_post
            yield f'reset {move_type}', created[0].button_draft
            yield f'delete {move_type}', created[0].unlink

    def test_invoices_and_bills_without_an_order(self):
        self._check_costs_as_core(self._get_plain_steps)

    def _get_tracked_item(self):
        invoice = self._create_delivered_order().invoice_ids.with_context(tracking_disable=False)
        invoice.button_draft()
        return invoice.invoice_line_ids

    def test_a_journal_item_is_written_without_describing_all_its_fields(self):
        item = self._get_tracked_item()
        with patch.object(fields.Field, 'get_description', side_effect=AssertionError("Described in vain.")):
            item.write({'sequence': 7})
        self.assertIn('debit', item.fields_get([]), "Whoever else names no field asks for all.")

    def test_what_odoo_tracks_of_a_journal_item_is_told(self):
        item = self._get_tracked_item()
        item.name = "Red shoe"
        self.assertIn("Red shoe", item.move_id.message_ids.tracking_value_ids.mapped('new_value_char'))
