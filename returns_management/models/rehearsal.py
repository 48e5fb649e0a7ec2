"""Do it and undo it: to see what would happen, exactly."""

from contextlib import contextmanager

from odoo.tools.misc import Callbacks


@contextmanager
def rehearse(cr):
    """Undo all that is done inside: rows, caches, numbers, and what would happen once the transaction is saved.

    Mails are rows of the queue, numbers of journal entries are rows, too; what waits for the commit (notifications of
    browsers, background jobs) is dropped. What is numbered by a sequence of the database would leave a gap, as after
    every error: nothing that is done inside may take such a number.

    :param cr: the cursor; an error inside is passed on, after everything is undone
    """
    with cr.savepoint() as savepoint:  # what waited until now is done before, not undone
        after_commit, cr.postcommit = cr.postcommit, Callbacks()
        try:
            yield
        finally:
            savepoint.rollback()
            cr.postcommit = after_commit
