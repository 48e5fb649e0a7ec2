def uninstall_hook(env):
    """Leave Odoo as it was to work with: what has a history stays, out of sight.

    The operation types keep the receipts they have numbered, and are found again by a new installation. A returns
    location stays visible as long as goods lie in it.
    """
    warehouses = env['stock.warehouse'].with_context(active_test=False).search([])
    warehouses.returns_type_id.active = False
    locations = warehouses.returns_location_id
    in_use = env['stock.quant'].search([('location_id', 'in', locations.ids), ('quantity', '!=', 0)]).location_id
    (locations - in_use).active = False
