"""In Odoo's shell: installed again, returns work for old and new warehouses, companies and orders."""

from odoo import Command

warehouses = env['stock.warehouse'].search([])
for warehouse in warehouses:
    kind = warehouse.returns_type_id
    assert kind.active and warehouse.returns_location_id.active, f"{warehouse.name} takes no returns."
    same = env['stock.picking.type'].with_context(active_test=False).search_count([
        ('warehouse_id', '=', warehouse.id), ('sequence_code', '=', 'RET')])
    assert same == 1, f"{warehouse.name} has {same} operation types for returns."
for company in env['res.company'].search([]):
    assert env['returns.policy'].search_count([('company_id', '=', company.id)]), f"{company.name} has no policy."
    assert env['ir.sequence'].search_count([
        ('code', '=', 'returns.order'), ('company_id', '=', company.id)]) == 1

# An order from the time without us.
order = env['sale.order'].search([('partner_id.name', '=', "Ordinary Customer")])
return_order = env['returns.order'].create({
    'partner_id': order.partner_id.id,
    'line_ids': [Command.create({
        'sale_line_id': order.order_line.id, 'product_uom_qty': 3,
        'reason_id': env.ref('returns_management.returns_reason_fit').id})],
})
assert return_order.line_ids.qty_returnable == 3, "What core took back meanwhile is counted."
env['returns.policy'].search([('company_id', '=', env.company.id)]).auto_approve_limit = 1000
return_order.action_confirm()
assert return_order.state == 'approved', return_order.objection_summary
assert return_order.picking_ids.picking_type_id == order.warehouse_id.returns_type_id
return_order.picking_ids.move_ids.picked = True
return_order.picking_ids.button_validate()
assert return_order.reception_status == 'full'
for model in ('returns.order', 'sale.order', 'stock.picking', 'account.move', 'res.config.settings'):
    env[model].get_views([(False, 'form'), (False, 'search')])
