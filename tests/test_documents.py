"""What the documents say is what the code does."""

import re
from pathlib import Path

from odoo.addons.returns_management.models.returns_order_lifecycle import TRANSITIONS

README = Path(__file__).parent.parent / 'README.md'


def test_the_diagram_shows_every_transition_and_no_other():
    drawn = set(re.findall(r'^    (\w+) --> (\w+): (\w+)$', README.read_text(), re.MULTILINE))
    assert drawn == {
        (source, target, verb) for verb, (sources, target) in TRANSITIONS.items() for source in sources
    }
