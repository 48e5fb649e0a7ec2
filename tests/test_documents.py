"""What the documents say is what the code does."""

import re
from pathlib import Path

import polib
import pytest

from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name
from odoo.tools.translate import TranslationModuleReader

from odoo.addons.returns_management.models.returns_order_lifecycle import TRANSITIONS

ROOT = Path(__file__).parent.parent
ADDONS = sorted(manifest.parent.name for manifest in ROOT.glob('*/__manifest__.py'))


def test_the_diagram_shows_every_transition_and_no_other():
    drawn = set(re.findall(r'^    (\w+) --> (\w+): (\w+)$', (ROOT / 'README.md').read_text(), re.MULTILINE))
    assert drawn == {
        (source, target, verb) for verb, (sources, target) in TRANSITIONS.items() for source in sources
    }


@pytest.mark.parametrize('addon', ADDONS)
def test_the_translation_template_is_current(addon):
    """`make pot` writes it anew."""
    with Registry(get_db_name()).cursor() as cr:
        source_terms = {row[4] for row in TranslationModuleReader(cr, modules=[addon])}
    template = polib.pofile(str(ROOT / addon / 'i18n' / f'{addon}.pot'))
    assert {entry.msgid for entry in template} == source_terms
