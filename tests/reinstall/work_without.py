"""In Odoo's shell: after the uninstallation nothing of ours is left in the way, and ordinary work goes on."""

OURS = [('model', '=like', 'returns.%')]
leftovers = {
    'modules': env['ir.module.module'].search([('name', '=like', 'returns_%'), ('state', '=', 'installed')]),
    'models': env['ir.model'].search(OURS),
    'fields': env['ir.model.fields'].search([('name', '=like', 'returns\\_%')]),
    'views': env['ir.ui.view'].with_context(active_test=False).search([
        '|', ('model', '=like', 'returns.%'), ('arch_db', 'like', 'name="returns\\_')]),
    'windows': env['ir.actions.act_window'].search([('res_model', '=like', 'returns.%')]),
    'scheduled actions': env['ir.cron'].with_context(active_test=False).search([
        ('model_id.model', '=like', 'returns.%')]),
    'mail templates': env['mail.template'].search(OURS),
    'activities': env['mail.activity'].search([('res_model', '=like', 'returns.%')]),
    'rules': env['ir.rule'].search([('model_id.model', '=like', 'returns.%')]),
    'operation types': env['stock.picking.type'].search([('sequence_code', '=', 'RET')]),
}
left = {what: records for what, records in leftovers.items() if records}
assert not left, f"Left over: {left}"
for module in ('returns_management', 'returns_quality', 'returns_portal'):
    check_nothing_left(module)
check_screens([
    'sale.order', 'stock.picking', 'stock.move', 'account.move', 'res.partner', 'res.config.settings',
    'stock.warehouse', 'product.template', 'product.category', 'product.product'])

# What came back before is still there, and what was announced can still be received.
waiting = env['stock.picking'].search([
    ('picking_type_id.sequence_code', '=', 'RET'), ('picking_type_id.active', '=', False),
    ('state', '=', 'assigned')], limit=1)
assert waiting, "The demo has no announced receipt."
waiting.move_ids.picked = True
waiting.with_context(skip_backorder=True).button_validate()
assert waiting.state == 'done'

# An ordinary sale, delivery, invoice, return and credit note.
order = create_delivered_order("Ordinary")
delivery, invoice = order.picking_ids, order.invoice_ids
wizard = env['stock.return.picking'].with_context(active_id=delivery.id, active_model='stock.picking').create({})
wizard.product_return_moves.quantity = 2
back = wizard._create_return()
back.move_ids.picked = True
back.button_validate()
assert back.picking_type_id == order.warehouse_id.in_type_id, "Without us core takes its own operation type."
assert order.order_line.qty_delivered == 3
credit_note = invoice._reverse_moves([{'invoice_date': invoice.invoice_date}], cancel=True)
assert credit_note.state == 'posted' and invoice.payment_state in ('paid', 'reversed')

# New companies and warehouses.
company = env['res.company'].create({'name': "Founded Without Us"})
env['stock.warehouse'].create({'name': "Built Without Us", 'code': 'BWU', 'company_id': company.id})
env.cr.commit()
