import re
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..models.returns_guest_request import (
    MAX_BY_ADDRESS,
    MAX_BY_BOTH,
    MAX_BY_NUMBER,
    MAX_MAILS,
    MAX_WHEN_GUESSED,
)
from .common import GuestCommon


@tagged('post_install', '-at_install')
class TestPortalGuest(GuestCommon):
    """Customers without a login: the link goes to who placed the order, and to nobody else."""

    def test_a_guest_asks_and_returns_without_a_login(self):
        link = self._get_link()
        page = self._get(link)
        self.assertIn(self.guest_order.name, page.text)
        self.assertEqual(page.headers['Referrer-Policy'], 'same-origin')
        token = link.partition('=')[2]
        self.assertIn("Return Items", self._get(f'/my/orders/{self.guest_order.id}/return?access_token={token}').text)
        answer = self._request(order=self.guest_order, token=token)
        return_order = self._get_returns(self.guest_order)
        self.assertRecordValues(return_order, [{
            'source': 'guest', 'state': 'approved', 'partner_id': self.guest.id, 'contact_id': self.guest.id}])
        self.assertIn(return_order.access_token, answer.headers['Location'])
        self.assertIn(return_order.barcode, self._get(answer.headers['Location']).text)
        self.assertIn(return_order.name, self._get(link).text)

    def test_the_answer_is_the_same_for_known_and_unknown_orders(self):
        def ask(number, email):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            answer = self._ask(number, email)
            headers = {name: value for name, value in answer.headers.items() if name not in ('Date', 'Set-Cookie')}
            text = re.sub(r'csrf_token: "\w+"', '', answer.text)
            return answer.status_code, headers, text, self.cr.sql_log_count - before

        ask("S99999", "warm@example.com")
        known = ask(self.guest_order.name, "gina@example.com")
        self.assertIn("on its way", known[2])
        self.assertEqual(ask("S99999", "gina@example.com"), known)
        self.assertEqual(ask(self.guest_order.name, "stranger@example.com"), known)
        self.assertNotIn("access_token", known[2])

    def test_a_mail_is_written_only_when_number_and_address_belong_together(self):
        for number, email in (
            ("S99999", None), (None, "stranger@example.com"), ("%", None), ("_" * len(self.guest_order.name), None),
            (None, "gina@example.com, stranger@example.com"), (self.guest_order.name[:-1], None),
        ):
            self._ask(number, email or "gina@example.com")
        self._ask(self.env['sale.order'].create({'partner_id': self.guest.id}).name)
        self.assertFalse(self._answer())
        self._ask(f" {self.guest_order.name.lower()} ", "GINA@example.com")
        mail = self._answer()
        self.assertEqual(mail.email_to, '"Gina Guest" <gina@example.com>')
        self.assertIn("Your Sales Order", ' '.join(html2plaintext(mail.body_html).split()))

    def test_the_link_goes_to_the_address_it_is_for_and_to_no_other_of_the_customer(self):
        self.guest.email = "gina@example.com, office@example.com"
        self._ask()
        self.assertEqual(self._answer().email_to, '"Gina Guest" <gina@example.com>')

    def test_a_request_that_cannot_be_answered_keeps_nobody_waiting(self):
        def send(order):
            if order:
                raise ValueError("No mail server.")

        self._ask()
        self._ask("S99999")
        with (
            patch.object(type(self.guest_order), '_send_returns_guest_link', send),
            self.assertLogs('odoo.addons.returns_portal.models.returns_guest_request', 'ERROR'),
        ):
            self._answer()
        self.assertFalse(self.env['returns.guest.request'].search([('is_open', '=', True)]))

    def test_the_mail_is_in_no_chatter_and_what_was_entered_is_forgotten(self):
        before = self.guest_order.message_ids
        self._get_link()
        self.assertEqual(self.guest_order.message_ids, before)
        request = self.env['returns.guest.request'].sudo().search([])
        self.assertRecordValues(request, [{'is_open': False, 'number': False, 'email': False}])
        self.assertNotIn('127.0.0.1', str(request.read()))

    def test_a_link_shows_all_orders_of_exactly_that_address(self):
        again = self.guest.copy({'name': "Gina once more", 'email': "gina@EXAMPLE.com"})
        alike = self.guest.copy({'email': "regina@example.com"})
        second, foreign = (self._create_delivered_order(partner_id=partner.id) for partner in (again, alike))
        link = self._get_link()
        page = self._get(link).text
        self.assertIn(second.name, page)
        self.assertNotIn(foreign.name, page)
        token = link.partition('=')[2]
        for order in (self.guest_order, second):
            self._request(order=order, token=token)
        self.assertEqual(self._get_returns(second).partner_id, again)
        self.assertEqual(self._get_returns(self.guest_order).partner_id, self.guest)

    def test_two_orders_of_two_customers_are_never_one_return(self):
        again = self.guest.copy({'email': "gina@example.com"})
        second = self._create_delivered_order(partner_id=again.id)
        values = {**self._prepare_request(self.guest_order), **self._prepare_request(second), 'also': str(second.id)}
        self._request(order=self.guest_order, values=values, token=self._get_token())
        self.assertEqual(self._get_returns(self.guest_order).sale_order_ids, self.guest_order)

    def test_a_link_ends_after_two_hours_and_with_another_address(self):
        link = self._get_link()
        form = f"/my/orders/{self.guest_order.id}/return?{link.partition('?')[2]}"
        self.assertEqual([self._get(url).status_code for url in (link, form)], [200, 200])
        self.guest.email = "new@example.com"
        self.assertNotIn(self.guest_order.name, self._get(link).text)
        self.assertEqual(self._get(form).headers['Location'], '/returns?expired=1')
        self.guest.email = "gina@example.com"
        token = self._get_token()
        with freeze_time(self._days_ago(-1)):
            self.assertFalse(self.env['returns.guest.request']._read_token(token))

    def test_tokens_that_are_none_open_nothing(self):
        token = self._get_token()
        for wrong in (
            '', 'x', '%00', 'x' * 5000, 'tök€n', token[:-4], token[:20] + 'AAAA' + token[24:],
            self.guest_order._portal_ensure_token(),
        ):
            with self.subTest(token=wrong[:20]):
                answer = self._get(f'/returns/orders?access_token={wrong}')
                self.assertEqual(answer.headers['Location'], '/returns?expired=1')

    def _let_an_hour_pass(self):
        self.env.cr.execute("UPDATE returns_guest_request SET create_date = create_date - interval '61 minutes'")

    def _ask_from(self, number, address, email="x@example.com"):
        """Whether an attempt from this internet address is taken."""
        return self.env['returns.guest.request'].sudo()._ask(number, email, address)

    def test_attempts_from_one_address_are_limited_for_an_hour(self):
        for attempt in range(MAX_BY_ADDRESS):
            self.assertEqual(self._ask(f"S9999{attempt}").status_code, 200)
        self.assertEqual(self._ask().status_code, 429)
        self.assertFalse(self._answer())
        self._let_an_hour_pass()
        self.assertEqual(self._ask().status_code, 200)
        self.assertTrue(self._answer())

    def test_from_one_address_only_some_attempts_are_for_one_number(self):
        for attempt in range(MAX_BY_BOTH):
            self.assertEqual(self._ask(email=f"x{attempt}@example.com").status_code, 200)
        self.assertEqual(self._ask().status_code, 429)
        self.assertEqual(self._ask(self.guest_order.name.lower()).status_code, 429)
        self.assertEqual(self._ask("S99999").status_code, 200)
        self.assertFalse(self._answer())

    def test_strangers_lock_nobody_out_of_an_order(self):
        for attempt in range(MAX_BY_NUMBER * 2):
            self._ask_from(self.guest_order.name, f"192.0.2.{attempt + 1}")
        self.assertEqual(self._ask().status_code, 200)
        self.assertEqual(self._answer().email_to, '"Gina Guest" <gina@example.com>')

    def test_where_many_guess_each_address_has_few_attempts_for_that_number_alone(self):
        for attempt in range(MAX_BY_NUMBER):
            self._ask_from(self.guest_order.name, f"192.0.2.{attempt + 1}")
        taken = [self._ask_from(self.guest_order.name, "198.51.100.1") for _attempt in range(MAX_BY_BOTH)]
        self.assertEqual(sum(taken), MAX_WHEN_GUESSED)
        self.assertTrue(self._ask_from("S99999", "198.51.100.1"))

    def test_nobody_is_flooded_with_links(self):
        for attempt in range(MAX_MAILS + 3):
            self._ask_from(self.guest_order.name, f"192.0.2.{attempt + 1}", "gina@example.com")
        self.assertEqual(len(self._answer()), MAX_MAILS)
        self._ask()
        self.assertFalse(self._answer())
        self._let_an_hour_pass()
        self._ask()
        self.assertTrue(self._answer())

    def test_an_expired_link_leads_to_a_new_one(self):
        token = self._get_token()
        values = {**self._prepare_request(self.guest_order), 'access_token': token}
        url = f'/my/orders/{self.guest_order.id}'
        self.guest.email = "new@example.com"
        for page in ('return', 'withdraw'):
            answer = self._get(f'{url}/{page}?access_token={token}')
            self.assertEqual(answer.headers['Location'], '/returns?expired=1')
            form = self._post(f'{url}/{page}', values)
            self.assertEqual(form.status_code, 404)
            self.assertIn("Ask for a new one", form.text)
        self.assertFalse(self._get_returns(self.guest_order))

    def test_who_has_many_long_addresses_is_one(self):
        Request = self.env['returns.guest.request']
        self.assertEqual(Request._get_network('2001:db8::1'), Request._get_network('2001:db8::ffff:2'))
        self.assertNotEqual(Request._get_network('2001:db8::1'), Request._get_network('2001:db8:0:1::1'))
        self.assertEqual(Request._get_network('nonsense'), '')

    def test_attempts_are_forgotten_after_a_day(self):
        self._ask("S99999")
        self.env['returns.guest.request'].sudo()._gc_requests()
        self.assertTrue(self.env['returns.guest.request'].sudo().search([]))
        self.env.cr.execute("UPDATE returns_guest_request SET create_date = create_date - interval '25 hours'")
        self.env['returns.guest.request'].sudo()._gc_requests()
        self.assertFalse(self.env['returns.guest.request'].sudo().search([]))

    def test_what_is_missing_stands_beside_its_field(self):
        page = self._post('/returns', {'number': " ", 'email': "nobody"}).text
        self.assertIn('number_error', page)
        self.assertIn('email_error', page)
        self.assertFalse(self.env['returns.guest.request'].sudo().search([]))
