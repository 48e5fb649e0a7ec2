import re
import uuid

from werkzeug.urls import url_encode

from odoo import Command
from odoo.http import Controller
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import GuestCommon
from .test_portal_attacks import HOSTILE_QUANTITIES, HOSTILE_TEXTS, HUGE

#: Each route of ours, and where it is attacked: by ids and tokens of others, forged forms, hostile entries.
ATTACKED = {
    # test_portal_attacks.py: `_get_pages`
    '/my/returns/<int:return_id>', '/my/returns/<int:return_id>/slip',
    '/my/returns/<int:return_id>/file/<int:attachment_id>',
    '/my/returns/<int:return_id>/credit_note/<int:credit_note_id>',
    '/my/orders/<int:order_id>/return', '/my/orders/<int:order_id>/withdraw',
    # `_get_forms`
    '/my/returns/<int:return_id>/sent', '/my/returns/<int:return_id>/cancel', '/my/returns/<int:return_id>/message',
    '/my/returns/<int:return_id>/dispute', '/my/returns/<int:return_id>/rating',
    '/my/orders/<int:order_id>/return/check',
    '/my/orders/<int:order_id>/withdraw/confirm',
    # Lists, of the own alone: `LISTS`
    '/my/returns', '/my/returns/page/<int:page>', '/my/returns/new', '/my/returns/new/page/<int:page>',
    '/my/returns/withdraw', '/returns', '/returns/orders', '/returns/policy',
}
LISTS = (
    '/my/returns', '/my/returns/page/2', '/my/returns/new', '/my/returns/new/page/2', '/my/returns/withdraw',
    '/returns', '/returns/orders', '/returns/policy',
)
PARAMETERS = ('access_token', 'search', 'sortby', 'filterby', 'expired', 'message', 'x')
HOSTILE_EMAILS = (
    "a@example.com\nBcc: b@example.com", "a@example.com,b@example.com", "<script>@example.com", "a@b", "@", "x" * 5000,
    '"a b"@example.com', "a@example.com\x00", "%@example.com", "gina@example.com>, <b@example.com",
)


@tagged('post_install', '-at_install')
class TestPortalAttacksGuest(GuestCommon):
    """What strangers send to the pages of guests and of withdrawals; and no route without an attack."""

    def _get_routes(self):
        """The routes that our controllers have, by what they are marked with."""
        def get_classes(parent):
            for child in parent.__subclasses__():
                yield child
                yield from get_classes(child)

        return {
            url: method.original_routing
            for child in get_classes(Controller) if child.__module__.startswith('odoo.addons.returns_portal.')
            for method in vars(child).values() if hasattr(method, 'original_routing')
            for url in method.original_routing['routes']}

    def _prepare_withdrawal(self, order=None, **values):
        move = self._get_move(order or self.guest_order)
        return {
            'name': "Gina", 'email': "gina@example.com", f'quantity_{move.id}': '1', 'request_key': uuid.uuid4().hex,
            **values}

    def test_each_route_is_attacked(self):
        self.assertEqual(set(self._get_routes()), ATTACKED)

    def test_no_form_does_without_the_protection_of_its_session(self):
        for url, routing in self._get_routes().items():
            with self.subTest(url=url):
                self.assertNotIn('csrf', routing)
                self.assertIn(routing['auth'], ('public', 'user'))

    def test_what_only_shows_only_reads(self):
        """Of the pages that are got, one alone may write: Odoo keeps the document of an invoice that it has printed."""
        writing = {
            url for url, routing in self._get_routes().items()
            if 'POST' not in (routing.get('methods') or ()) and not routing.get('readonly')}
        self.assertEqual(writing, {'/my/returns/<int:return_id>/credit_note/<int:credit_note_id>'})

    def test_no_page_writes_while_it_is_read(self):
        return_order = self._create_confirmed_return(self.guest_order, quantity=1)
        link = self._get_link()
        user = self._create_portal_user('test_gina', self.guest)
        url, query = f'/my/orders/{self.guest_order.id}', link.partition('?')[2]
        with self.assertNoLogs('odoo.http', 'WARNING'):  # Odoo would repeat it with a cursor that writes
            for page in (link, f'{url}/return?{query}', f'{url}/withdraw?{query}', '/returns', '/returns/policy'):
                self.assertEqual(self._get(page).status_code, 200)
            self._login(user)
            for page in (*LISTS[:5], f'/my/returns/{return_order.id}', f'/my/returns/{return_order.id}/slip'):
                self.assertEqual(self._get(page).status_code, 200)

    def test_lists_take_whatever_stands_in_their_address(self):
        for user in (self.stranger_user, None):
            self._login(user) if user else self._logout()
            for url in LISTS:
                for text in (*HOSTILE_TEXTS, str(HUGE), '-1', 'x' * 5000):
                    answer = self._get(f'{url}?{url_encode(dict.fromkeys(PARAMETERS, text))}')
                    with self.subTest(url=url, text=text[:20]):
                        self.assertIn(answer.status_code, (200, 303))
                        self.assertNotIn(self.guest_order.name, answer.text)
                        self.assertNotIn("<script>alert", answer.text)

    def test_a_guests_link_opens_nothing_of_others(self):
        token = self._get_token()
        for order in (self.order, self._create_delivered_order(partner_id=self.stranger.id)):
            url = f'/my/orders/{order.id}'
            for page in (f'{url}/return', f'{url}/withdraw'):
                self.assertEqual(
                    self._get(f'{page}?access_token={token}').headers['Location'], '/returns?expired=1')
            for form, values in (
                ('return', self._prepare_request(order)), ('return/check', self._prepare_request(order)),
                ('withdraw', self._prepare_withdrawal(order)), ('withdraw/confirm', self._prepare_withdrawal(order)),
            ):
                self.assertEqual(self._post(f'{url}/{form}', {**values, 'access_token': token}).status_code, 404)
            self.assertFalse(self._get_returns(order))

    def test_a_guests_link_opens_no_return_and_no_page_of_odoo(self):
        token = self._get_token()
        return_order = self._create_confirmed_return(self.guest_order)
        for url in (f'/my/returns/{return_order.id}', f'/my/orders/{self.guest_order.id}'):
            answer = self._get(f'{url}?access_token={token}')
            self.assertEqual(answer.status_code, 303)
            self.assertNotIn(return_order.name, answer.text)
        self.assertEqual(
            self._post(f'/my/returns/{return_order.id}/cancel', {'access_token': token}).status_code, 404)

    def test_the_guests_form_takes_hostile_texts(self):
        for text in HOSTILE_TEXTS:
            for values in ({'number': text, 'email': "a@example.com"}, {'number': "S00001", 'email': text}):
                answer = self._post('/returns', {**values, 'access_token': text, 'id': text, 'x[]': text})
                with self.subTest(text=text[:20]):
                    self.assertIn(answer.status_code, (200, 429))
                    self.assertNotIn("<script>alert", answer.text)
                    self.assertNotIn(">49<", answer.text)
        self.assertFalse(self._answer())

    def test_hostile_addresses_get_no_mail(self):
        for email in HOSTILE_EMAILS:
            self.assertIn(self._ask(email=email).status_code, (200, 429))
        self.assertFalse(self._answer())
        url = f'/my/orders/{self.guest_order.id}/withdraw/confirm'
        for email in HOSTILE_EMAILS[:-3]:
            self._post(url, self._prepare_withdrawal(email=email, access_token=self.guest_order._portal_ensure_token()))
        mails = self.env['mail.mail'].search([('subject', 'ilike', "withdrawal")])
        for mail in mails:
            self.assertRegex(mail.email_to, r'^[^\s,<>]+@[^\s,<>]+$')

    @mute_logger('odoo.http')
    def test_forged_forms_are_refused(self):
        for url, values in (
            ('/returns', {'number': self.guest_order.name, 'email': "gina@example.com"}),
            (f'/my/orders/{self.guest_order.id}/withdraw/confirm', self._prepare_withdrawal(
                access_token=self.guest_order._portal_ensure_token())),
        ):
            for token in ({}, {'csrf_token': ''}, {'csrf_token': 'x' * 50}):
                self.assertEqual(self.url_open(url, data={**values, **token}).status_code, 400)
        self.assertFalse(self.env['returns.guest.request'].sudo().search([]))
        self.assertFalse(self._get_returns(self.guest_order))

    def test_a_withdrawal_takes_nothing_but_what_it_asks_for(self):
        url = f'/my/orders/{self.guest_order.id}/withdraw/confirm'
        token = self.guest_order._portal_ensure_token()
        before = self._create_confirmed_return(self.guest_order, quantity=1)
        for quantity in (*HOSTILE_QUANTITIES, '5'):
            move = self._get_move(self.guest_order)
            answer = self._post(url, self._prepare_withdrawal(access_token=token, **{f'quantity_{move.id}': quantity}))
            with self.subTest(quantity=quantity[:20]):
                self.assertEqual(answer.status_code, 200)
        self.assertEqual(self._get_returns(self.guest_order), before)
        foreign = self._get_move(self.order)
        self._post(url, self._prepare_withdrawal(
            access_token=token, partner_id=self.stranger.id, legal_basis='policy', state='done', also=self.order.id,
            date_declared='2020-01-01', contact_id=self.stranger.id, address=self.stranger.id,
            **{f'quantity_{foreign.id}': '1', 'reason_id': HUGE}))
        self.assertRecordValues(self._get_returns(self.guest_order) - before, [{
            'legal_basis': 'withdrawal', 'state': 'approved', 'partner_id': self.guest.id, 'contact_id': self.guest.id,
            'partner_shipping_id': self.guest.id}])
        self.assertFalse(self._get_returns(self.order))

    def test_hostile_names_of_who_withdraws_stay_texts(self):
        token = self.guest_order._portal_ensure_token()
        for number, text in enumerate(HOSTILE_TEXTS):
            answer = self._post(f'/my/orders/{self.guest_order.id}/withdraw/confirm', self._prepare_withdrawal(
                access_token=token, name=text, email=f"g{number}@example.com",
                **{f'quantity_{self._get_move(self.guest_order).id}': '0.25'}))
            mail = self.env['mail.mail'].search([('email_to', '=', f"g{number}@example.com")])
            pages = [answer.text, *mail.mapped('body_html')]
            with self.subTest(text=text[:20]):
                self.assertIn(answer.status_code, (200, 303))
                for page in pages:
                    for code in ("<script>alert", "<img src=x", ">49<"):
                        self.assertNotIn(code, page)

    def test_units_returned_are_not_withdrawn_from_again(self):
        self._create_confirmed_return(self.guest_order, quantity=4)
        url, token = f'/my/orders/{self.guest_order.id}/withdraw/confirm', self.guest_order._portal_ensure_token()
        move = self._get_move(self.guest_order)
        page = self._post(url, self._prepare_withdrawal(access_token=token, **{f'quantity_{move.id}': '2'})).text
        self.assertTrue(re.search(r'id="quantity_\d+_error"', page))
        self.assertEqual(len(self._get_returns(self.guest_order)), 1)

    def test_nobody_reads_or_writes_the_attempts(self):
        self._ask()
        for user in (self.portal_user, self.user, self.manager, self.env.ref('base.public_user').sudo()):
            with self.subTest(user=user.login):
                self.assertFalse(self.env['returns.guest.request'].with_user(user).has_access('read'))
                self.assertFalse(self.env['returns.guest.request'].with_user(user).has_access('create'))

    def test_an_order_of_another_company_is_found_by_its_own_customer_only(self):
        company = self.env['res.company'].sudo().create({'name': "Other Company"})
        self.stranger_user.sudo().write({'company_ids': [Command.set(company.ids)], 'company_id': company.id})
        self._login(self.stranger_user)
        for path in ('return', 'withdraw'):
            self.assertEqual(self._get(f'/my/orders/{self.guest_order.id}/{path}').headers['Location'], '/my')
