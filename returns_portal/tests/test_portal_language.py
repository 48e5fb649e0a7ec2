from pathlib import Path

import polib
from lxml import html

from odoo.tests import TransactionCase, tagged

from .common import TIMEOUT, GuestCommon

I18N = Path(__file__).parents[1] / 'i18n'
#: Words that need no translation: it is left empty, as the linter of translations wants it.
THE_SAME = {'ID', 'Name:'}


@tagged('post_install', '-at_install')
class TestPortalTranslations(TransactionCase):

    def test_german_and_chinese_are_complete(self):
        template = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(I18N / 'returns_portal.pot')}
        for lang in ('de', 'zh_CN'):
            entries = [entry for entry in polib.pofile(I18N / f'{lang}.po') if not entry.obsolete]
            with self.subTest(lang=lang):
                self.assertEqual({(entry.msgctxt, entry.msgid) for entry in entries}, template)
                missing = {entry.msgid for entry in entries if entry.fuzzy or not entry.msgstr}
                self.assertLessEqual(missing, THE_SAME)


@tagged('post_install', '-at_install')
class TestPortalLanguage(GuestCommon):
    """Words, dates and numbers are those of the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('de_DE')
        cls.env['ir.module.module']._load_module_terms(['returns_management', 'returns_portal'], ['de_DE'])
        cls.guest.lang = 'de_DE'

    def _get_text(self, url):
        page = html.fromstring(self.url_open(url, timeout=TIMEOUT).content)
        return ' '.join(page.xpath("//div[@id='wrap']")[0].text_content().split())

    def test_the_pages_of_a_customer_with_a_login(self):
        user = self._create_portal_user('test_gina', self.guest)
        user.lang = 'de_DE'
        self._login(user)
        self._get_move(self.guest_order).date = '2026-03-05 12:00:00'
        form = self._get_text(f'/my/orders/{self.guest_order.id}/return')
        self.assertIn("05.03.2026", form)
        self.assertNotIn("How many", form)
        answer = self._post(f'/my/orders/{self.guest_order.id}/return/check', self._prepare_request(self.guest_order))
        self.assertNotIn("Choose", str(answer.json()))

    def test_the_mail_with_the_link_and_the_acknowledgement(self):
        self._ask()
        mail = self._answer()
        self.assertNotIn("Return goods", mail.subject + mail.body_html)
        declaration = self.guest_order._render_declaration("Gina", "gina@example.com", ["2 × Test Shoe"])
        self.assertNotIn("declared on", declaration)
