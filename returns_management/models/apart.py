"""One that fails keeps nobody else from going on."""

import psycopg2.errors

#: Two users met: the database asks to run the whole transaction again, which nobody may swallow.
RETRY_ERRORS = (
    psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected, psycopg2.errors.LockNotAvailable)


def act_apart(records, act, caught=Exception):
    """Do `act(records)`. A batch that fails is halved until the records that fail stand alone.

    Each try has a savepoint of its own, so that nothing half done stays; what the database asks to be run again as
    a whole is passed on.

    :param act: function of a recordset
    :param caught: the exceptions that mean “this one cannot”; others are passed on
    :return: dict of the error by record, empty when all went well
    """
    if not records:
        return {}
    try:
        with records.env.cr.savepoint():
            act(records)
        return {}
    except RETRY_ERRORS:
        raise
    except caught as error:
        if len(records) == 1:
            return {records: error}
    middle = len(records) // 2
    return {**act_apart(records[:middle], act, caught), **act_apart(records[middle:], act, caught)}
