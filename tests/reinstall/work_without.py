"""In Odoo's shell: after the uninstallation nothing of ours is left in the way, and ordinary work goes on."""

from odoo import Command

OURS = [('model', '=like', 'returns.%')]
#: Of the demo's data Odoo keeps what orders and transfers are about.
IN_USE = (
    'product.attribute', 'product.attribute.value', 'product.product', 'product.template', 'res.company', 'res.partner')
leftovers = {
    'modules': env['ir.module.module'].search([('name', '=like', 'returns_%'), ('state', '=', 'installed')]),
    'models': env['ir.model'].search(OURS),
    'fields': env['ir.model.fields'].search([('name', '=like', 'returns\\_%')]),
    'views': env['ir.ui.view'].with_context(active_test=False).search([
        '|', ('model', '=like', 'returns.%'), ('arch_db', 'like', 'name="returns\\_')]),
    'windows': env['ir.actions.act_window'].search([('res_model', '=like', 'returns.%')]),
    'scheduled actions': env['ir.cron'].with_context(active_test=False).search([('model_id.model', '=like', 'returns.%')]),
    'mail templates': env['mail.template'].search(OURS),
    'activities': env['mail.activity'].search([('res_model', '=like', 'returns.%')]),
    'rules': env['ir.rule'].search([('model_id.model', '=like', 'returns.%')]),
    'operation types': env['stock.picking.type'].search([('sequence_code', '=', 'RET')]),
    'external ids': env['ir.model.data'].search([('module', '=', 'returns_management'), ('model', 'not in', IN_USE)]),
}
left = {what: records for what, records in leftovers.items() if records}
assert not left, f"Left over: {left}"
for menu in env['ir.ui.menu'].with_context(**{'ir.ui.menu.full_list': True}).search([]):
    assert not menu.action or menu.action.exists(), f"The menu {menu.complete_name} leads nowhere."

views = env['ir.ui.view'].search([('model', 'in', (
    'sale.order', 'stock.picking', 'stock.move', 'account.move', 'res.partner', 'res.config.settings',
    'stock.warehouse', 'product.template', 'product.category', 'product.product'))])
views._check_xml()
for model in set(views.mapped('model')):
    env[model].get_views([(False, kind) for kind in ('form', 'list', 'search')])

# What came back before is still there, and what was announced can still be received.
waiting = env['stock.picking'].search([
    ('picking_type_id.sequence_code', '=', 'RET'), ('picking_type_id.active', '=', False),
    ('state', '=', 'assigned')], limit=1)
assert waiting, "The demo has no announced receipt."
waiting.move_ids.picked = True
waiting.with_context(skip_backorder=True).button_validate()
assert waiting.state == 'done'

# An ordinary sale, delivery, invoice, return and credit note.
product = env['product.product'].create({'name': "Ordinary Thing", 'is_storable': True, 'list_price': 100})
warehouse = env['stock.warehouse'].search([('company_id', '=', env.company.id)], limit=1)
env['stock.quant']._update_available_quantity(product, warehouse.lot_stock_id, 10)
order = env['sale.order'].create({
    'partner_id': env['res.partner'].create({'name': "Ordinary Customer"}).id,
    'order_line': [Command.create({'product_id': product.id, 'product_uom_qty': 5})],
})
order.action_confirm()
delivery = order.picking_ids
delivery.move_ids.picked = True
delivery.button_validate()
invoice = order._create_invoices()
invoice.action_post()
wizard = env['stock.return.picking'].with_context(active_id=delivery.id, active_model='stock.picking').create({})
wizard.product_return_moves.quantity = 2
back = wizard._create_return()
back.move_ids.picked = True
back.button_validate()
assert back.picking_type_id == warehouse.in_type_id, "Without us core takes its own operation type."
assert order.order_line.qty_delivered == 3
credit_note = invoice._reverse_moves([{'invoice_date': invoice.invoice_date}], cancel=True)
assert credit_note.state == 'posted' and invoice.payment_state in ('paid', 'reversed')

# New companies and warehouses.
company = env['res.company'].create({'name': "Founded Without Us"})
env['stock.warehouse'].create({'name': "Built Without Us", 'code': 'BWU', 'company_id': company.id})
env.cr.commit()
