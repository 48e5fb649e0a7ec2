from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestOrigin(ReturnsCommon):
    """A delivery, an invoice or a customer leads to a return of what it brought."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(quantity=5)
        cls.first = cls._deliver(cls.order, quantity=3)
        cls.first_invoice = cls._invoice(cls.order)

    def _open(self, record):
        action = record.with_user(self.user).action_create_return()
        return Form(self.env['returns.order'].with_user(self.user).with_context(**action['context']))

    def _get_proposed(self, record):
        form = self._open(record)
        return [form.line_ids.edit(index).product_uom_qty for index in range(len(form.line_ids))]

    def test_a_delivery_proposes_what_it_brought(self):
        self._deliver(self.order)
        self.assertEqual(self._get_proposed(self.first), [3])

    def test_the_return_of_a_delivery_is_linked_to_order_move_and_customer(self):
        form = self._open(self.first)
        with form.line_ids.edit(0) as line:
            line.reason_id = self.reason
        return_order = form.save()
        self.assertRecordValues(return_order, [{
            'partner_id': self.customer.id, 'contact_id': self.order.partner_id.id,
            'partner_shipping_id': self.order.partner_shipping_id.id, 'sale_order_ids': self.order.ids}])
        self.assertRecordValues(return_order.line_ids, [{
            'sale_line_id': self.order.order_line.id, 'origin_move_id': self.first.move_ids.id,
            'product_id': self.product.id, 'product_uom_id': self.product.uom_id.id, 'product_uom_qty': 3}])

    def test_a_delivery_proposes_nothing_twice(self):
        self._create_confirmed_return(self.order, quantity=2)
        self.assertEqual(self._get_proposed(self.first), [1])
        self._create_confirmed_return(self.order, quantity=1)
        with self.assertRaisesRegex(UserError, "Nothing of"):
            self.first.action_create_return()

    def test_a_delivery_without_sales_order_says_so(self):
        picking = self.first.copy({'sale_id': False, 'reference_ids': False})
        picking.move_ids.sale_line_id = False
        with self.assertRaisesRegex(UserError, "no sales order"):
            picking.action_create_return()

    def test_an_open_delivery_proposes_nothing(self):
        with self.assertRaisesRegex(UserError, "Nothing of"):
            (self.order.picking_ids - self.first).action_create_return()

    def test_an_invoice_proposes_no_more_than_it_bills(self):
        self.order.order_line.product_id.invoice_policy = 'delivery'
        order = self._create_order(quantity=5)
        self._deliver(order, quantity=2)
        invoice = self._invoice(order)
        self._deliver(order)
        self.assertEqual(self._get_proposed(invoice), [2])
        self.assertEqual(self._get_proposed(self._invoice(order)), [2, 1])

    def test_an_invoice_of_several_orders_proposes_them_all(self):
        orders = self._create_delivered_order(2, invoiced=False) + self._create_delivered_order(1, invoiced=False)
        invoice = self._invoice(orders)
        self.assertEqual(len(invoice), 1)
        self.assertEqual(sorted(self._get_proposed(invoice)), [1, 2])

    def test_an_invoice_without_delivery_says_so(self):
        invoice = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.customer.id,
            'invoice_line_ids': [Command.create({'name': "Advice", 'price_unit': 10})],
        })
        with self.assertRaisesRegex(UserError, "Nothing of"):
            invoice.action_create_return()

    def test_the_smart_buttons_lead_to_the_returns(self):
        person = self.env['res.partner'].create({'name': "Person", 'parent_id': self.customer.id})
        for expected in ([], [1], [1, 1]):
            for quantity in expected[1:] or expected:
                self._create_confirmed_return(self.order, quantity)
            self.env.invalidate_all()
            for record, count in (
                (self.customer, 'returns_order_count'), (person, 'returns_order_count'),
                (self.first, 'returns_origin_count'), (self.order, 'returns_order_count'),
            ):
                record = record.with_user(self.user)
                with self.subTest(record=record, count=len(expected)):
                    self.assertEqual(record[count], len(expected))
                    action = record.action_view_returns()
                    self.assertEqual(action['views'][0][1] == 'form', len(expected) == 1)
                    self.assertNotIn('search_default_open', action['context'])
                    self.assertEqual(
                        len(self.env['returns.order'].search(action['domain'])), len(expected))

    def test_the_customer_leads_to_the_page_with_the_own_orders(self):
        action = self.customer.with_user(self.user).action_find_delivered()
        self.assertEqual(action['tag'], 'returns_management.phone')
        self.assertEqual(action['params'], {'customer': {'partner_id': self.customer.id}})
