"""Two users at once, the last unit: only one of them may get it."""

from odoo.tools import SQL


def serialize(records):
    """Let only one transaction at a time go on with `records` (of one model), until it ends.

    A row lock alone lets both through under REPEATABLE READ, since the second one still reads the sums as they were
    before. Writing the rows makes it fail to serialise instead, and Odoo runs it again, with the new sums. In id
    order, so that two transactions never wait for each other. Call it before the sums are read.
    """
    if not records:
        return
    records.flush_recordset()
    table, ids = SQL.identifier(records._table), tuple(records.ids)
    for query in (
        SQL("SELECT id FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", table, ids),
        SQL("UPDATE %s SET write_date = write_date WHERE id IN %s", table, ids),
    ):
        records.env.cr.execute(query, log_exceptions=False)  # to fail here is what it is for, no error to report
