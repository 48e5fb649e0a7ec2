"""What the web client asks for when somebody looks at a document."""

from lxml import etree

from odoo.tests import Form

LIST_LENGTH = 80


def open_form(env, model, ids):
    """Open the form of the first of `ids`. Views are cached for everybody: a first call is not what it costs."""
    Form(env[model].browse(ids[0]))


def open_list(env, model, ids):
    """Show the first page of the list of `ids`."""
    views = env[model].get_views([(False, 'list')])
    arch = etree.fromstring(views['views']['list']['arch'])
    fields = views['models'][model]['fields']
    names = [node.get('name') for node in arch.iterfind('field')]
    records = env[model].web_search_read(
        [('id', 'in', ids)], {name: _get_specification(fields[name]) for name in names}, limit=LIST_LENGTH)
    if len(records['records']) != min(LIST_LENGTH, len(ids)):
        raise AssertionError("The list is not complete.")


def _get_specification(field):
    return {'fields': {'display_name': {}}} if field['type'] in ('many2one', 'many2many', 'one2many') else {}
