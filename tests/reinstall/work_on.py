"""In Odoo's shell: without the addon that `$ADDON` names, all that the others do still works."""

import json
import os

addon = os.environ['ADDON']
check_nothing_left(addon)
fields_left = env['ir.model.fields'].search([('model', '=like', 'returns.%')]).filtered(
    lambda field: addon in field.modules.split(', '))
assert not fields_left, f"Fields left over of {addon}: {fields_left.mapped('display_name')}"
check_screens(env['ir.model'].search([('model', '=like', 'returns.%'), ('abstract', '=', False)]).mapped('model') + [
    'sale.order', 'stock.picking', 'account.move', 'res.config.settings'])

# Returns from before can be read and go on, a new one goes all the way.
for record in env['returns.order'].search([]):
    record.web_read({name: {} for name in record._fields})
return_order = check_return(create_delivered_order(f"Without {addon}", quantity=3), quantity=3)
assert return_order.credit_status == 'full', "What came in is credited when nobody inspects it."
env['ir.config_parameter'].set_param(DESCRIPTION, json.dumps(describe_returns(), default=str))
env.cr.commit()
