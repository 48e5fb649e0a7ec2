"""What the web client asks for when somebody looks at a document."""

from lxml import etree

from odoo.tests import Form
from odoo.tools.safe_eval import safe_eval

LIST_LENGTH = 80
#: Up to here the pager of a list counts.
COUNT_LIMIT = 10_001
#: Lists that are opened over all that is in the database: ours and the one of Odoo that accountants know.
PAGES = {
    'reconciliation': 'returns_management.returns_reconciliation_action',
    'journal_items': 'account.action_account_moves_all',
}


def open_form(env, model, ids):
    """Open the form of the first of `ids`. Views are cached for everybody: a first call is not what it costs."""
    Form(env[model].browse(ids[0]))


def open_list(env, model, ids):
    """Show the first page of the list of `ids`."""
    views = env[model].get_views([(False, 'list')])
    arch = etree.fromstring(views['views']['list']['arch'])
    fields = views['models'][model]['fields']
    records = env[model].web_search_read([('id', 'in', ids)], _get_specification(arch, fields), limit=LIST_LENGTH)
    if len(records['records']) != min(LIST_LENGTH, len(ids)):
        raise AssertionError("The list is not complete.")


def open_first_page(env, action):
    """Open the first page of a window action, as a menu does it: its list, its order, counted as far as the pager does.

    :return: number of records that are counted
    """
    action = env['ir.actions.act_window']._for_xml_id(action)
    view_id = next((view_id for view_id, view_type in action['views'] if view_type == 'list'), False)
    views = env[action['res_model']].get_views([(view_id, 'list')])
    arch = etree.fromstring(views['views']['list']['arch'])
    fields = views['models'][action['res_model']]['fields']
    page = env[action['res_model']].web_search_read(
        safe_eval(action['domain'] or '[]'), _get_specification(arch, fields),
        limit=LIST_LENGTH, order=arch.get('default_order'), count_limit=COUNT_LIMIT)
    if len(page['records']) != LIST_LENGTH:
        raise AssertionError("The page is not full.")
    return page['length']


def _get_specification(arch, fields):
    """What is read of the columns of a list: of related records their names, unless the column is never shown."""
    columns = arch.findall('field')
    shown = {node.get('name') for node in columns if node.get('column_invisible') not in ('1', 'True')}
    specification = {node.get('name'): {} for node in columns}
    for name in specification:
        if fields[name]['type'] in ('many2one', 'many2many', 'one2many'):
            specification[name]['fields'] = {'display_name': {}} if name in shown else {}
    return specification
