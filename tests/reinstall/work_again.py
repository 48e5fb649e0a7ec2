"""In Odoo's shell: installed again, returns work for old and new warehouses, companies and orders."""

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

# An order from the time without us, of which core took two back; they were credited with the rest.
order = env['sale.order'].search([('partner_id.name', '=', "Ordinary Customer")])
check_return(order, quantity=3)
return_order = check_return(create_delivered_order("New", quantity=2), quantity=2)
assert return_order.credit_status == 'full' or env['returns.inspection'].search_count([
    ('order_id', '=', return_order.id)]), "It is credited, or waits for its inspection."
check_screens(env['ir.model'].search([('model', '=like', 'returns.%'), ('abstract', '=', False)]).mapped('model') + [
    'sale.order', 'stock.picking', 'account.move', 'res.config.settings'])
