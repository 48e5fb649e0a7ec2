"""The shop on which everything is measured: made once with Odoo alone, then copied for everybody.

Each order has a customer of its own, so that nobody gains by putting the returns of a customer together. Goods are
valued perpetually at average cost, taxed, and billed as delivered: so in Odoo alone, too, an order credits what came
back.
"""

from odoo import Command

from plan import CHUNK, WARM_UP

#: Ordered, delivered and invoiced of each line, and what comes back of it.
QUANTITY, QUANTITY_BACK = 2, 1
#: Goods of the orders that come back, and of those that do not: the history of the former is not that of the latter.
GOODS, ORDINARY_GOODS = 'goods', 'ordinary goods'
PRODUCT_COUNT = 25


def build(session, plan):
    """Fill the database with delivered and invoiced orders for each shape, and with confirmed ones for the rest."""
    with session.transaction() as env:
        _give_rights(env)
        _create_products(env)
    for shape in (WARM_UP, *plan.shapes):
        for part in _split(shape.returns, 100 // shape.lines or 1):
            with session.transaction() as env:
                orders = _create_orders(env, part, shape.lines, shape.reference, GOODS)
                deliver(orders)
                invoice(orders)
            session.analyze()
    ordinary = {'warm-up': CHUNK, **dict.fromkeys(plan.histories, plan.ordinary_orders)}
    for history, count in ordinary.items():
        for part in _split(count, 100):
            with session.transaction() as env:
                _create_orders(env, part, 1, f'ordinary {history}', ORDINARY_GOODS)
            session.analyze()


def _split(count, size):
    return [min(size, count - start) for start in range(0, count, size)]


def _give_rights(env):
    admin = env.user
    admin.sudo().group_ids += (
        env.ref('stock.group_stock_manager') + env.ref('sales_team.group_sale_manager')
        + env.ref('account.group_account_manager'))


def _create_products(env):
    tax = env['account.tax'].create({'name': "15 %", 'amount': 15, 'type_tax_use': 'sale'})
    category = env['product.category'].create({
        'name': "Valued", 'property_cost_method': 'average', 'property_valuation': 'real_time'})
    products = env['product.product'].create([
        {
            'name': f"{name} {number}", 'is_storable': True, 'categ_id': category.id, 'list_price': 100,
            'standard_price': 60, 'taxes_id': [Command.set(tax.ids)], 'invoice_policy': 'delivery',
        }
        for name in (GOODS, ORDINARY_GOODS) for number in range(PRODUCT_COUNT)
    ])
    stock = env['stock.warehouse'].search([], limit=1).lot_stock_id
    for product in products:
        env['stock.quant'].sudo()._update_available_quantity(product, stock, 1_000_000)


def get_products(env, name):
    return env['product.product'].search([('name', '=like', f'{name} %')])


def _create_orders(env, count, lines, reference, goods):
    products = get_products(env, goods)
    customers = env['res.partner'].create([{'name': f"Customer {reference}", 'country_id': env.ref('base.us').id}
                                           for _number in range(count)])
    orders = env['sale.order'].create([
        {
            'partner_id': customer.id,
            'client_order_ref': reference,
            'order_line': [
                Command.create({'product_id': products[(number + line) % len(products)].id,
                                'product_uom_qty': QUANTITY, 'price_unit': 100})
                for line in range(lines)
            ],
        }
        for number, customer in enumerate(customers)
    ])
    orders.action_confirm()
    return orders


def get_orders(env, reference):
    return env['sale.order'].search([('client_order_ref', '=', reference)], order='id')


def deliver(orders):
    orders.picking_ids.button_validate()


def invoice(orders):
    orders._create_invoices(grouped=True).action_post()


def get_result(env, reference):
    """What returns have made of the orders: to be the same for everybody before costs are compared.

    :return: dict, the same for equal results
    """
    orders = get_orders(env, reference)
    moves = env['account.move'].search([
        ('move_type', '=', 'out_refund'), ('state', '=', 'posted'),
        ('invoice_line_ids.sale_line_ids.order_id', 'in', orders.ids)])
    credited = dict.fromkeys(orders.ids, 0.0)
    for move in moves:
        for order in move.invoice_line_ids.sale_line_ids.order_id:
            credited[order.id] += move.amount_total
    company = orders.company_id
    quants = env['stock.quant']._read_group(
        [('product_id', 'in', get_products(env, GOODS).ids), ('location_id.usage', '=', 'internal'),
         ('company_id', '=', company.id)],
        ['product_id'], ['quantity:sum'])
    return {
        'delivered, invoiced, to invoice': [
            (line.qty_delivered, line.qty_invoiced, line.qty_to_invoice) for line in orders.order_line.sorted('id')],
        'credited by order': [round(credited[order.id], 2) for order in orders],
        'stock by product': sorted((product.name, quantity) for product, quantity in quants),
    }
