"""Years of returns in seconds: rows of returned orders copied by SQL, with all that hangs together among them.

What is copied points to the copies of what it pointed to, and to the same partners, products and accounts. Messages are
not copied, and the stock on hand stays what it is.
"""

import math
from typing import NamedTuple

from odoo.tools import SQL

#: Columns that have to differ from copy to copy.
UNIQUE_COLUMNS = {
    'account_move': {'name'}, 'stock_picking': {'name'}, 'sale_order': {'name'}, 'returns_order': {'name', 'barcode'}}


class Copied(NamedTuple):
    """Rows of a table, and by how much the ids of their copies differ."""

    ids: list
    base: int

    @property
    def span(self):
        return self.ids[-1] - self.ids[0] + 1

    def shift(self, column):
        """The id, in copy `k`, of the row with the id in `column`; that id itself where the row is not copied."""
        return SQL(
            "CASE WHEN %(column)s = ANY(%(ids)s) THEN %(column)s + %(first)s + (k - 1) * %(span)s ELSE %(column)s END",
            column=column, ids=self.ids, first=self.base - self.ids[0] + 1, span=self.span)


def multiply(env, orders, count):
    """Copy `orders`, with their deliveries, invoices, returns and credit notes, until there are `count` more.

    :param int count: rounded up to a multiple of the number of orders
    """
    cr = env.cr
    cr.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
    if cr.fetchone()[0]:  # what is copied was checked when it was made
        cr.execute("SET LOCAL session_replication_role = replica")
    copied = {}
    for table, ids in _get_rows(env, orders).items():
        if ids:
            cr.execute(SQL("SELECT max(id) FROM %s", SQL.identifier(table)))
            copied[table] = Copied(sorted(ids), cr.fetchone()[0])
    copies = math.ceil(count / len(orders))
    references = _get_references(cr)
    for table in copied:
        _copy_rows(cr, table, copied, references, copies)
    for table in _get_relation_tables(cr, copied, references):
        _copy_relations(cr, table, copied, references, copies)


def _get_rows(env, orders):
    """The ids to copy, by table."""
    order_lines = orders.order_line
    moves = order_lines.move_ids
    invoices = env['account.move'].search([('line_ids.sale_line_ids', 'in', order_lines.ids)])
    journal_items = invoices.line_ids
    matches = journal_items.matched_debit_ids + journal_items.matched_credit_ids
    rows = [
        orders, order_lines, moves, moves.picking_id, moves.move_line_ids, moves.reference_ids, invoices, journal_items,
        matches, matches.full_reconcile_id]
    if 'returns.order' in env:
        returns = env['returns.order'].search([('line_ids.sale_line_id', 'in', order_lines.ids)])
        rows += [returns, returns.line_ids]
    return {records._table: records.ids for records in rows}


def _get_references(cr):
    """Which table each foreign key points to: `{(table, column): table}`."""
    cr.execute("""
        SELECT owner.relname, a.attname, referenced.relname
          FROM pg_constraint fk
          JOIN pg_class owner ON owner.oid = fk.conrelid
          JOIN pg_class referenced ON referenced.oid = fk.confrelid
          JOIN pg_attribute a ON a.attrelid = fk.conrelid AND a.attnum = fk.conkey[1]
         WHERE fk.contype = 'f'
    """)
    return {(table, column): referenced for table, column, referenced in cr.fetchall()}


def _get_columns(cr, table):
    cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    return [column for column, in cr.fetchall()]


def _get_relation_tables(cr, copied, references):
    """The tables of many-to-many fields of what is copied."""
    tables = dict.fromkeys(table for (table, _column), referenced in references.items()
                           if referenced in copied)
    return [table for table in tables if 'id' not in _get_columns(cr, table)]


def _copy_rows(cr, table, copied, references, copies):
    columns = _get_columns(cr, table)
    values = []
    for name in columns:
        column = SQL.identifier(name)
        referenced = table if name == 'id' else references.get((table, name))
        if referenced in copied:
            values.append(copied[referenced].shift(column))
        elif name in UNIQUE_COLUMNS.get(table, ()):
            values.append(SQL("%s || '-' || k || '-' || %s", column, copied[table].base))
        else:
            values.append(column)
    cr.execute(SQL(
        "INSERT INTO %(table)s (%(columns)s) "
        "SELECT %(values)s FROM %(table)s, generate_series(1, %(copies)s) k WHERE id = ANY(%(ids)s)",
        table=SQL.identifier(table), columns=SQL(", ").join(map(SQL.identifier, columns)),
        values=SQL(", ").join(values), copies=copies, ids=copied[table].ids))
    cr.execute(SQL("SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM %s))",
                   table, SQL.identifier(table)))


def _copy_relations(cr, table, copied, references, copies):
    columns = _get_columns(cr, table)
    owners = {column: copied.get(references.get((table, column))) for column in columns}
    cr.execute(SQL(
        "INSERT INTO %(table)s (%(columns)s) "
        "SELECT %(values)s FROM %(table)s, generate_series(1, %(copies)s) k WHERE %(condition)s "
        "ON CONFLICT DO NOTHING",
        table=SQL.identifier(table), columns=SQL(", ").join(map(SQL.identifier, columns)),
        values=SQL(", ").join(
            owner.shift(SQL.identifier(column)) if owner else SQL.identifier(column)
            for column, owner in owners.items()),
        copies=copies,
        condition=SQL(" OR ").join(
            SQL("%s = ANY(%s)", SQL.identifier(column), owner.ids) for column, owner in owners.items() if owner)))
