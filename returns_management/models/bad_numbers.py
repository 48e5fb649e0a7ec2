"""What no form sends but an import or an interface may."""

import math

from odoo.exceptions import UserError


def check_finite(records, vals):
    """No field may hold “not a number” or infinity: every comparison with them goes wrong in silence.

    Texts count as what Odoo would make of them.

    :param records: of the model that `vals` are for; lines within them are looked at, too
    :raise UserError: naming the fields
    """
    wrong = [
        field._description_string(records.env) for field, value in _iter_values(records, vals)
        if field.type in ('float', 'integer', 'monetary') and not _is_finite(value)
    ]
    if wrong:
        raise UserError(records.env._("Enter a number: %s.", ", ".join(wrong)))


def _is_finite(value):
    try:
        return math.isfinite(float(value or 0.0))
    except (TypeError, ValueError):
        return False


def _iter_values(records, vals):
    """Field and value of each of `vals`, and of the commands that create or change lines."""
    for name, value in vals.items():
        field = records._fields.get(name)
        if field is None:
            continue
        yield field, value
        if field.type == 'one2many' and isinstance(value, (list, tuple)):
            for command in value:
                if isinstance(command, (list, tuple)) and len(command) == 3 and isinstance(command[2], dict):
                    yield from _iter_values(records.env[field.comodel_name], command[2])
