"""In Odoo's shell, before the others: what they look at."""

from odoo import Command

#: Of the demo's data Odoo keeps what orders and transfers are about, and who was a user.
IN_USE = (
    'product.attribute', 'product.attribute.value', 'product.product', 'product.template', 'res.company', 'res.partner',
    'res.users')

#: Where the returns are described, between two steps.
DESCRIPTION = 'returns_management.reinstall'


def check_nothing_left(module):
    """Whatever came with the addon is gone, but for what is in use."""
    left = env['ir.model.data'].search([('module', '=', module), ('model', 'not in', IN_USE)])
    assert not left, f"Left over of {module}: {left.mapped('complete_name')}"
    state = env['ir.module.module'].search([('name', '=', module)]).state
    assert state == 'uninstalled', f"{module} is {state}."


def check_screens(models):
    """Every view of these models can be opened, and every menu leads somewhere."""
    views = env['ir.ui.view'].search([('model', 'in', models)])
    views._check_xml()
    for model in models:
        kinds = {view.type for view in views if view.model == model} | {'form', 'list', 'search'}
        env[model].get_views([(False, kind) for kind in kinds])
    for menu in env['ir.ui.menu'].with_context(**{'ir.ui.menu.full_list': True}).search([]):
        assert not menu.action or menu.action.exists(), f"The menu {menu.complete_name} leads nowhere."


def create_delivered_order(name, quantity=5):
    """An order of something new, delivered and invoiced."""
    product = env['product.product'].create({'name': f"{name} Thing", 'is_storable': True, 'list_price': 100})
    warehouse = env['stock.warehouse'].search([('company_id', '=', env.company.id)], limit=1)
    env['stock.quant']._update_available_quantity(product, warehouse.lot_stock_id, 2 * quantity)
    order = env['sale.order'].create({
        'partner_id': env['res.partner'].create({'name': f"{name} Customer"}).id,
        'order_line': [Command.create({'product_id': product.id, 'product_uom_qty': quantity})],
    })
    order.action_confirm()
    order.picking_ids.move_ids.picked = True
    order.picking_ids.button_validate()
    order._create_invoices().action_post()
    return order


def check_return(order, quantity):
    """A return of `order` goes from the request to the posted credit note."""
    return_order = env['returns.order'].create({
        'partner_id': order.partner_id.id,
        'line_ids': [Command.create({
            'sale_line_id': order.order_line.id, 'product_uom_qty': quantity,
            'reason_id': env.ref('returns_management.returns_reason_fit').id})],
    })
    assert return_order.line_ids.qty_returnable == quantity, "What core took back meanwhile is counted."
    return_order.action_submit()
    if return_order.state == 'requested':
        return_order.action_approve()
    assert return_order.state == 'approved', return_order.objection_summary
    assert return_order.picking_ids.picking_type_id == order.warehouse_id.returns_type_id
    return_order.picking_ids.move_ids.picked = True
    return_order.picking_ids.button_validate()
    assert return_order.reception_status == 'full'
    assert not return_order.attention_note, return_order.attention_note
    return_order.credit_note_ids.filtered(lambda note: note.state == 'draft').action_post()
    return return_order


def describe_returns():
    """What everybody sees of the returns: where they stand, and how much of each line counts."""
    orders = env['returns.order'].search([], order='id')
    return {
        'states': sorted(set(orders.mapped('state'))),
        'orders': orders.read([
            'name', 'state', 'reception_status', 'credit_status', 'replacement_status', 'next_step', 'next_actor']),
        'lines': orders.line_ids.sorted('id').read([
            'qty_received', 'qty_accepted', 'qty_refused', 'qty_credited', 'qty_to_credit', 'credit_share']),
    }
