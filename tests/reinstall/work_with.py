"""In Odoo's shell: the addon was installed where returns in every state were; all are as they were without it."""

import json

before = json.loads(env['ir.config_parameter'].get_param(DESCRIPTION))
assert len(before['states']) == 6, f"Returns in these states alone: {before['states']}."
after = json.loads(json.dumps(describe_returns(), default=str))
for what in before:
    changed = [(old, new) for old, new in zip(before[what], after[what], strict=True) if old != new]
    assert not changed, f"{what} have changed: {changed}"
