from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import format_date

from ..controllers.portal import ReturnsPortal
from ..hooks import post_init_hook
from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestPortalScenarios(PortalCommon):
    """What is left to see of the customer's pages, beside asking for a return and acting on it."""

    def setUp(self):
        super().setUp()
        self._login()

    def _get_mails(self, return_order):
        return self.env['mail.mail'].search([('model', '=', 'returns.order'), ('res_id', '=', return_order.id)])

    def test_the_list_has_pages(self):
        first, second = (self._create_confirmed_return(self.order, quantity=1) for _number in range(2))
        self.patch(ReturnsPortal, '_returns_per_page', 1)
        pages = [self._get(f'/my/returns/page/{number}?sortby=name').text for number in (1, 2)]
        for page, shown, hidden in ((pages[0], second, first), (pages[1], first, second)):
            self.assertIn(f'>{shown.name}<', page)
            self.assertNotIn(f'>{hidden.name}<', page)
            self.assertTrue(html.fromstring(page).xpath("//ul[contains(@class, 'pagination')]"))

    def test_who_has_no_return_reads_so_and_finds_the_way_to_one(self):
        page = self._get('/my/returns').text
        self.assertIn("You have no returns yet", page)
        self.assertIn('/my/returns/new', page)
        self.assertIn("No return fits", self._get('/my/returns?filterby=ended').text)

    def test_the_home_page_says_how_many_wait_for_the_customer(self):
        mine = self._create_confirmed_return(self.order, quantity=1)
        self._create_confirmed_return(self.order, quantity=1)
        mine.date_sent = fields.Date.today()
        names = ['return_count', 'return_waiting_count']
        self.assertEqual(
            self.make_jsonrpc_request('/my/counters', {'counters': names}), dict(zip(names, (2, 1), strict=True)))

    def test_who_may_not_read_returns_is_sent_home(self):
        with patch.object(type(self.env['returns.order']), 'has_access', return_value=False):
            self.assertEqual(self._get('/my/returns').headers['Location'], '/my')

    def test_two_lines_of_an_order_are_one_return(self):
        sock = self._create_storable("Sock")
        order = self._create_order()
        order.write({'order_line': [(0, 0, {'product_id': sock.id, 'product_uom_qty': 3, 'price_unit': 10})]})
        self._deliver(order)
        values = self._prepare_request(order)
        move = order.order_line[1]._get_returns_delivered_moves()
        values |= {f'quantity_{move.id}': '3', f'reason_{move.id}': self.reason.id, f'wish_{move.id}': self.refund.id}
        self._request(order=order, values=values)
        self.assertEqual(self._get_returns(order).line_ids.mapped('product_uom_qty'), [2, 3])

    def test_products_that_are_not_sold_any_more_are_shown(self):
        return_order = self._create_confirmed_return(self.order, quantity=1)
        self.product.action_archive()
        for page in (f'/my/returns/{return_order.id}', f'/my/orders/{self.order.id}/return'):
            self.assertIn(self.product.name, self._get(page).text)
        self._request(quantity=1)
        self.assertEqual(len(self._get_returns()), 2)

    def test_what_came_and_when_is_shown(self):
        return_order = self._create_confirmed_return(self.order)
        self._receive(return_order)
        return_order.line_ids.move_ids.date = '2026-03-05 12:00:00'
        page = ' '.join(html.fromstring(self._get(f'/my/returns/{return_order.id}').content).text_content().split())
        self.assertIn("Parcel arrived: done (03/05/2026)", page)

    def test_who_has_the_token_prints_the_slip_and_shows_the_code(self):
        return_order = self._create_confirmed_return(self.order)
        self._logout()
        query = f'?access_token={return_order.access_token}'
        page = html.fromstring(self._get(f'/my/returns/{return_order.id}{query}').content)
        code, = page.xpath("//section[@name='send']//figure//img")
        self.assertEqual(code.get('alt'), return_order.barcode)
        section, = page.xpath("//section[@name='send']")
        self.assertIn(format_date(self.env, return_order.date_deadline), section.text_content())
        link, = page.xpath("//section[@name='send']//a[contains(@href, '/slip')]/@href")
        answer = self._get(link)
        self.assertEqual(answer.headers['Content-Type'], 'application/pdf')
        self.assertIn(return_order.barcode, answer.text)  # tests draw no PDF, they get what it is drawn from

    def test_what_is_not_to_be_sent_shows_no_address(self):
        self.policy.auto_approve = False
        self._request()
        page = html.fromstring(self._get(f'/my/returns/{self._get_returns().id}').content)
        self.assertFalse(page.xpath("//section[@name='send' or @name='sent']"))

    def test_mails_that_are_switched_off_are_not_sent(self):
        self.company.returns_mail_approved = False
        self._request()
        self.assertFalse(self._get_mails(self._get_returns()))

    def test_without_its_template_a_request_is_taken_all_the_same(self):
        self.env.ref('returns_management.mail_template_approved').unlink()
        self._request()
        self.assertEqual(self._get_returns().state, 'approved')

    def test_the_mails_stand_on_the_page(self):
        return_order = self._request_return()
        self.assertIn("is approved", self._get_mails(return_order).subject)
        messages = html.fromstring(self._get(f'/my/returns/{return_order.id}').content).xpath(
            "//section[@name='messages']")[0]
        self.assertIn("approved", messages.text_content())

    def test_who_is_reminded_finds_the_way_to_the_page(self):
        return_order = self._request_return()
        before = self._get_mails(return_order)
        return_order.sudo().date_deadline = fields.Date.today() + timedelta(days=1)
        return_order.with_context(tracking_disable=False)._remind_customers()
        self.cr.flush()
        mail = self._get_mails(return_order) - before
        self.assertIn(return_order.access_token, mail.body_html)

    def test_staff_sees_the_files_in_the_chatter_and_the_page_as_the_customer_does(self):
        return_order = self._create_confirmed_return(self.order)
        self.assertEqual(return_order.action_preview()['url'], f'/my/returns/{return_order.id}')
        self._login(self.user)
        self.assertIn(return_order.name, self._get(f'/my/returns/{return_order.id}').text)

    def test_pages_load_nothing_from_elsewhere(self):
        return_order = self._create_confirmed_return(self.order)
        for url in (f'/my/returns/{return_order.id}', '/my/returns', '/returns', '/returns/policy'):
            page = html.fromstring(self._get(url).content)
            loaded = page.xpath("//script/@src | //img/@src | //link/@href | //iframe/@src | //form/@action")
            with self.subTest(url=url):
                self.assertEqual([src for src in loaded if not src.startswith(('/', 'data:', self.base_url()))], [])

    def test_returns_from_before_the_pages_get_their_token_with_them(self):
        older, other = (self._create_confirmed_return(self.order, quantity=1) for _number in range(2))
        self.env.flush_all()
        kept = other.access_token
        self.env.cr.execute("UPDATE returns_order SET access_token = NULL WHERE id = %s", (older.id,))
        post_init_hook(self.env)
        self.assertEqual(len(older.access_token), 36)
        self.assertEqual(other.access_token, kept)
