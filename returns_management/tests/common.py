from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

#: What an order line shows of which all that the customer keeps is invoiced.
NOTHING_TO_INVOICE = {
    'qty_to_invoice': 0, 'untaxed_amount_to_invoice': 0, 'amount_to_invoice': 0, 'invoice_status': 'invoiced',
}


class ReturnsCommon(AccountTestInvoicingCommon):
    """A company with 15 % sales tax that values its stock perpetually, and builders that make stories short."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.warehouse = cls.env['stock.warehouse'].search([('company_id', '=', cls.company.id)], limit=1)
        cls.policy = cls.env['returns.policy'].search([
            ('company_id', '=', cls.company.id), ('product_tag_ids', '=', False)])
        cls.policy.auto_approve_limit = 10000
        cls.reason = cls.env.ref('returns_management.returns_reason_fit')
        cls.customer = cls.env['res.partner'].create({'name': "Test Customer", 'is_company': True})
        cls.tax = cls.env['account.tax'].create({'name': "15 %", 'amount': 15, 'type_tax_use': 'sale'})
        cls.category = cls.env['product.category'].create({
            'name': "Valued at average cost",
            'property_cost_method': 'average',
            'property_valuation': 'real_time',
        })
        cls.product = cls._create_storable("Test Shoe")
        cls.user = new_test_user(cls.env, 'test_returns_user', 'returns_management.group_returns_user',
                                 company_id=cls.company.id)
        cls.manager = new_test_user(cls.env, 'test_returns_manager', 'returns_management.group_returns_manager',
                                    company_id=cls.company.id)
        cls.stock_user = new_test_user(cls.env, 'test_stock_user', 'stock.group_stock_user', company_id=cls.company.id)
        cls.accountant = new_test_user(
            cls.env, 'test_accountant', 'account.group_account_invoice', company_id=cls.company.id)

    @classmethod
    def get_default_groups(cls):
        """The user of the tests handles everything; tests about rights say who acts."""
        return (
            super().get_default_groups()
            | cls.env.ref('sales_team.group_sale_manager')
            | cls.env.ref('stock.group_stock_manager')
            | cls.env.ref('returns_management.group_returns_manager')
        )

    @classmethod
    def _create_policy(cls, **values):
        """A policy above all others."""
        return cls.env['returns.policy'].create({
            'name': "Test Policy", 'sequence': 1, 'company_id': cls.company.id, 'auto_approve_limit': 10000, **values})

    @classmethod
    def _create_storable(cls, name, **values):
        product = cls.env['product.product'].create({
            'name': name,
            'is_storable': True,
            'categ_id': cls.category.id,
            'list_price': 100,
            'standard_price': 60,
            'taxes_id': [Command.set(cls.tax.ids)],
            'invoice_policy': 'order',
            **values,
        })
        cls._add_stock(product, 100)
        return product

    @classmethod
    def _add_stock(cls, product, quantity):
        cls.env['stock.quant']._update_available_quantity(product, cls.warehouse.lot_stock_id, quantity)

    @classmethod
    def _create_order(cls, quantity=5, product=None, **values):
        """A confirmed sales order of one line."""
        product = product or cls.product
        order = cls.env['sale.order'].create({
            'partner_id': cls.customer.id,
            'warehouse_id': cls.warehouse.id,
            'order_line': [Command.create({'product_id': product.id, 'product_uom_qty': quantity, 'price_unit': 100})],
            **values,
        })
        order.action_confirm()
        return order

    @classmethod
    def _deliver(cls, order, quantity=None):
        """Deliver what is open of `order`, or `quantity` of each line with the rest on a backorder."""
        return cls._validate(order.picking_ids.with_context(skip_backorder=True), quantity)

    @classmethod
    def _validate(cls, pickings, quantity=None):
        """Validate what is open of `pickings`, or `quantity` of each move; the rest as their operation type says."""
        pickings = pickings.filtered(lambda picking: picking.state not in ('done', 'cancel'))
        for move in pickings.move_ids:
            move.quantity = move.product_uom_qty if quantity is None else quantity
            move.picked = True
        pickings.button_validate()
        return pickings

    @classmethod
    def _invoice(cls, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    @classmethod
    def _create_delivered_order(cls, quantity=5, invoiced=True, **values):
        """A sales order of one line that is delivered and, unless told otherwise, invoiced."""
        order = cls._create_order(quantity, **values)
        cls._deliver(order)
        if invoiced:
            cls._invoice(order)
        return order

    @classmethod
    def _create_delivered_serials(cls, count=2):
        """The serial numbers `SN-1`, `SN-2`… of a new product, and the order they were delivered for."""
        product = cls.env['product.product'].create({
            'name': "Watch", 'is_storable': True, 'tracking': 'serial', 'taxes_id': False, 'list_price': 100})
        serials = cls.env['stock.lot'].create([
            {'name': f"SN-{number + 1}", 'product_id': product.id} for number in range(count)])
        for serial in serials:
            cls.env['stock.quant']._update_available_quantity(product, cls.warehouse.lot_stock_id, 1, lot_id=serial)
        order = cls._create_order(quantity=count, product=product)
        order.picking_ids.button_validate()
        return serials, order

    @classmethod
    def _reverse(cls, picking, quantity):
        """The transfer that core's own wizard makes to take back `quantity` of `picking`, not validated."""
        wizard = cls.env['stock.return.picking'].with_context(
            active_id=picking.id, active_model='stock.picking').create({})
        wizard.product_return_moves.quantity = quantity
        reverse = wizard._create_return()
        reverse.move_ids.picked = True
        return reverse

    @classmethod
    def _credit_by_hand(cls, invoice, quantity):
        """A draft credit note for `quantity` of each line of `invoice`, made without any return."""
        credit_note = invoice._reverse_moves([{'invoice_date': fields.Date.today()}])
        credit_note.invoice_line_ids.quantity = quantity
        return credit_note

    @classmethod
    def _days_ago(cls, days):
        return fields.Datetime.now() - timedelta(days=days)

    @classmethod
    def _create_return(cls, order, quantity=2, **values):
        """A draft return of `quantity` of the first delivery of each line of `order`."""
        return cls.env['returns.order'].create({
            'partner_id': order.partner_id.id,
            'line_ids': [
                Command.create({'sale_line_id': line.id, 'product_uom_qty': quantity, 'reason_id': cls.reason.id})
                for line in order.order_line
            ],
            **values,
        })

    @classmethod
    def _create_confirmed_return(cls, order, quantity=2, **values):
        return_order = cls._create_return(order, quantity, **values)
        return_order.action_confirm()
        return return_order

    @classmethod
    def _receive(cls, return_order, quantity=None):
        """Receive what is announced of `return_order`, or `quantity` of each line with the rest on a backorder."""
        return cls._validate(return_order.picking_ids, quantity)

    @classmethod
    def _create_received_return(cls, order, quantity=2, **values):
        return_order = cls._create_confirmed_return(order, quantity, **values)
        cls._receive(return_order)
        return return_order

    def _each_kind_of_order(self):
        """A delivered and invoiced order of five pieces under each invoicing policy, locked and not."""
        for policy in ('order', 'delivery'):
            for locked in (False, True):
                product = self._create_storable(f"Shoe {policy} {locked}", invoice_policy=policy)
                order = self._create_delivered_order(product=product)
                if locked:
                    order.action_lock()
                with self.subTest(policy=policy, locked=locked):
                    yield order


class ReturnsExchangeCommon(ReturnsCommon):
    """Customers get other goods for what comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exchange = cls.env.ref('returns_management.returns_resolution_exchange')

    @classmethod
    def _create_exchange(cls, order, quantity=2, product=None, **values):
        """An approved return of `quantity` of `order`, for the same product again or for `product`."""
        return_order = cls._create_return(order, quantity, **values)
        return_order.line_ids.write({
            'resolution_id': cls.exchange.id, 'exchange_product_id': product.id if product else False})
        return_order.action_confirm()
        return return_order

    @classmethod
    def _send(cls, return_order, quantity=None):
        """Validate the open deliveries of `return_order`, or `quantity` of each of their lines."""
        return cls._validate(return_order.delivery_ids.with_context(skip_backorder=True), quantity)

    def _create_sizes(self, **values):
        """Two sizes of one product, both in stock."""
        attribute = self.env['product.attribute'].create({
            'name': "Size", 'value_ids': [Command.create({'name': name}) for name in ("M", "L")]})
        template = self.env['product.template'].create({
            'name': "Shirt", 'is_storable': True, 'categ_id': self.category.id, 'list_price': 140,
            'taxes_id': [Command.set(self.tax.ids)], 'invoice_policy': 'order', **values,
            'attribute_line_ids': [Command.create({
                'attribute_id': attribute.id, 'value_ids': [Command.set(attribute.value_ids.ids)]})],
        })
        for size in template.product_variant_ids:
            self._add_stock(size, 100)
        return template.product_variant_ids


class ReturnsMailCommon(ReturnsCommon):
    """Customers are told what happens: mails are not switched off as in other tests."""

    @classmethod
    def default_env_context(cls):
        return {'no_reset_password': True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = 'customer@example.com'
