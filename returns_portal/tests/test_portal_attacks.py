import uuid
from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PNG, PortalCommon

#: Texts that would do something if they were not just text.
HOSTILE_TEXTS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7 * 7 }}", "${7*7}", "<t t-out='7*7'/>",
    "'; DROP TABLE returns_order; --", "nul\x00nul", "\x1b[31m", "%s %(x)s {0}", "\u202e" + "a" * 1900,
)
#: What no quantity is.
HOSTILE_QUANTITIES = (
    '-1', '0', '1e3', 'NaN', 'nan', 'inf', '-inf', '99999999999999999999', '6', '5.000001', '0x5', '\u0661', '1 2',
    '1,2,3', '1.2.3', '1' * 5000, '[]', '\x00', '5;5',
)
HUGE = 2 ** 63


@tagged('post_install', '-at_install')
class TestPortalAttacks(PortalCommon):
    """Nothing of others is read or changed, whatever is sent; each answer is clean, and the log has no traceback."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign_order = cls._create_delivered_order(partner_id=cls.stranger.id)
        cls.foreign = cls._create_confirmed_return(cls.foreign_order)
        cls.foreign.message_post(
            body="A secret", message_type='comment', subtype_xmlid='mail.mt_comment', attachments=[('a.png', PNG)])
        cls.foreign_file = cls.foreign.message_ids.attachment_ids
        cls.mine = cls._create_confirmed_return(cls.order)

    def _get_pages(self, return_order, order):
        """Every page about these, by GET."""
        url = f'/my/returns/{return_order.id}'
        return (
            url, f'{url}/slip', f'{url}/file/{self.foreign_file.id}', f'{url}/credit_note/1',
            f'/my/orders/{order.id}/return', f'/my/orders/{order.id}/withdraw',
        )

    def _get_forms(self, return_order, order):
        """Every form about these, with values that would change something."""
        url = f'/my/returns/{return_order.id}'
        return {
            f'{url}/sent': {'date_sent': '', 'tracking': "STOLEN"},
            f'{url}/cancel': {},
            f'{url}/message': {'text': "Let me in"},
            f'{url}/dispute': {'text': "Let me in"},
            f'{url}/rating': {'rate': 'bad'},
            f'/my/orders/{order.id}/return': self._prepare_request(order),
            f'/my/orders/{order.id}/withdraw': self._prepare_withdrawal(order),
            f'/my/orders/{order.id}/withdraw/confirm': self._prepare_withdrawal(order),
            f'/my/orders/{order.id}/return/check': self._prepare_request(order),
        }

    def _prepare_withdrawal(self, order, **values):
        return {
            'name': "Mallory", 'email': "mallory@example.com", 'undelivered': '1',
            f'quantity_{self._get_move(order).id}': '1', 'request_key': uuid.uuid4().hex, **values}

    def _get_state(self):
        """All that an attack could change."""
        self.env.invalidate_all()
        returns = self.env['returns.order'].search([])
        return [
            returns.read(['state', 'tracking_ref', 'date_sent', 'partner_id', 'carrier_name']),
            returns.message_ids.ids, returns.line_ids.mapped('product_uom_qty'), returns.rating_ids.ids,
            self.env['ir.attachment'].search_count([('res_model', 'like', 'returns.')]),
            self.env['sale.order'].search([('returns_withdrawn_on', '!=', False)]).ids,
            self.env['mail.mail'].search_count([('email_to', '=', "mallory@example.com")]),
        ]

    def _assert_closed(self, return_order, order, token=None):
        """No page of these opens, no form changes anything."""
        before = self._get_state()
        query = f'?access_token={token}' if token else ''
        for url in self._get_pages(return_order, order):
            with self.subTest(url=url):
                answer = self._get(url + query)
                self.assertIn(answer.status_code, (303, 404))
                self.assertNotIn("secret", answer.text)
                self.assertNotIn(return_order.name, answer.text)
        for url, values in self._get_forms(return_order, order).items():
            with self.subTest(url=url):
                answer = self._post(url, {**values, **({'access_token': token} if token else {})})
                self.assertEqual(answer.status_code, 404)
        self.assertEqual(self._get_state(), before)

    # === Documents of others ===

    def test_nothing_of_another_customer_opens(self):
        self._login()
        self._assert_closed(self.foreign, self.foreign_order)

    def test_nothing_opens_for_nobody(self):
        self._assert_closed(self.foreign, self.foreign_order)

    def test_tokens_of_other_documents_open_nothing(self):
        for token in (
            self.mine.access_token, self.order._portal_ensure_token(), self.foreign.picking_ids.ids[0],
            uuid.uuid4().hex, '%00', 'x' * 5000, 'tök€n',
        ):
            self._assert_closed(self.foreign, self.foreign_order, token)

    def test_the_token_of_a_return_does_not_open_its_order(self):
        url = f'/my/orders/{self.foreign_order.id}/return'
        self.assertEqual(
            self._get(f'{url}?access_token={self.foreign.access_token}').headers['Location'], '/returns?expired=1')

    def test_the_right_token_opens_that_return_and_no_other(self):
        token = self.mine.access_token
        self.assertIn(self.mine.name, self._get(f'/my/returns/{self.mine.id}?access_token={token}').text)
        self.assertNotIn(token, self._get(f'/my/returns/{self.foreign.id}?access_token={token}').text)

    def test_files_and_credit_notes_belong_to_the_return_of_the_address(self):
        self._receive(self.foreign)
        self.foreign.credit_note_ids.action_post()
        self._login()
        url = f'/my/returns/{self.mine.id}'
        internal = self.env['ir.attachment'].create({
            'name': "internal.png", 'raw': PNG, 'res_model': 'returns.order', 'res_id': self.mine.id})
        for path in (
            f'file/{self.foreign_file.id}', f'file/{internal.id}', 'file/0', f'file/{HUGE}',
            f'credit_note/{self.foreign.credit_note_ids.id}', f'credit_note/{HUGE}',
        ):
            with self.subTest(path=path):
                self.assertEqual(self._get(f'{url}/{path}').status_code, 404)

    def test_a_draft_credit_note_is_not_shown(self):
        self._receive(self.mine)
        self._login()
        self.assertEqual(self.mine.credit_note_ids.state, 'draft')
        answer = self._get(f'/my/returns/{self.mine.id}/credit_note/{self.mine.credit_note_ids.id}')
        self.assertEqual(answer.status_code, 404)

    def test_what_staff_prepares_is_not_seen(self):
        draft = self._create_return(self.order, quantity=1)
        self._login()
        self.assertNotIn(draft.name, self._get('/my/returns').text)
        self.assertEqual(self._get(f'/my/returns/{draft.id}').headers['Location'], '/my')
        self.assertEqual(self._get(f'/my/returns/{draft.id}?access_token={draft.access_token}').status_code, 303)

    def test_followers_see_nothing_of_others(self):
        self.foreign.message_subscribe(self.portal_user.partner_id.ids)
        self._login()
        self._assert_closed(self.foreign, self.foreign_order)

    def test_numbers_that_no_record_has(self):
        self._login()
        for number in ('0', '-1', str(HUGE), '1' * 300, 'x', '1.5'):
            for url in (f'/my/returns/{number}', f'/my/returns/{number}/slip', f'/my/orders/{number}/return'):
                with self.subTest(url=url):
                    self.assertIn(self._get(url).status_code, (303, 404))

    def test_the_order_of_somebody_else_is_not_added_to_a_request(self):
        self._login()
        values = {
            **self._prepare_request(quantity=1), **self._prepare_request(self.foreign_order, quantity=1),
            'also': f'{self.foreign_order.id},{HUGE},x,-1,,'}
        self._request(values=values)
        self.assertEqual(self._get_returns(self.foreign_order), self.foreign)
        self.assertNotIn(self.foreign_order, (self._get_returns() - self.mine).sale_order_ids)

    # === What is sent ===

    def test_hostile_quantities_make_no_return(self):
        self._login()
        for quantity in HOSTILE_QUANTITIES:
            with self.subTest(quantity=quantity[:20]):
                self.assertEqual(self._request(quantity=quantity).status_code, 200)
        self.assertEqual(self._get_returns(), self.mine)

    def test_hostile_texts_stay_texts(self):
        self._login()
        for text in HOSTILE_TEXTS:
            values = {**self._prepare_request(quantity=0.5, note=text), 'also': text, 'address': text}
            self._request(values=values)
            return_order = self._get_returns() - self.mine
            url = f'/my/returns/{return_order.id}'
            self._post(f'{url}/sent', {'date_sent': text, 'carrier': text, 'tracking': text})
            self._post(f'{url}/sent', {'date_sent': '', 'carrier': text, 'tracking': text})
            self._post(f'{url}/message', {'text': text})
            for page in (self._get(url), self._get(f'{url}?message={text}'), self._get(f'/my/returns?search={text}')):
                with self.subTest(text=text[:20]):
                    self.assertEqual(page.status_code, 200)
                    self.assertNotIn("<script>alert", page.text)
                    self.assertNotIn("<img src=x", page.text)
                    self.assertNotIn(">49<", page.text)
            return_order.action_cancel()
            return_order.unlink()

    def test_fields_that_nobody_asked_for_change_nothing(self):
        self._login()
        self._request(values={
            **self._prepare_request(), 'state': 'done', 'partner_id': self.stranger.id, 'company_id': '0',
            'source': 'internal', 'user_id': '1', 'amount_expected': '999999', 'line_ids': '[[5]]',
            'legal_basis': 'withdrawal', 'contact_id': self.stranger.id, 'access_token': '', 'id': self.foreign.id,
        })
        self.assertRecordValues(self._get_returns() - self.mine, [{
            'state': 'approved', 'source': 'portal', 'partner_id': self.customer.id, 'amount_expected': 230,
            'legal_basis': 'policy', 'contact_id': self.portal_user.partner_id.id}])

    def test_choices_that_were_not_offered_are_refused(self):
        self._login()
        company = self.env['res.company'].sudo().create({'name': "Other Company"})
        reason = self.env['returns.reason'].sudo().create({
            'name': "Foreign", 'code': "FOREIGN", 'company_id': company.id})
        for values in ({'reason': reason.id}, {'reason': HUGE}, {'wish': HUGE}, {'wish': '-1'}, {'reason': '1;2'}):
            with self.subTest(values=values):
                self.assertEqual(self._request(**values).status_code, 200)
        self._request(wish=self.exchange.id, exchange=self.product.id)
        self.assertFalse((self._get_returns() - self.mine).line_ids.exchange_product_id)

    def test_thousands_of_fields_are_no_lines(self):
        self._login()
        fields = {f'quantity_{number}': '1' for number in range(900000, 900800)}
        answer = self._request(values={**fields, 'request_key': uuid.uuid4().hex})
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self._get_returns(), self.mine)

    def test_the_key_of_another_customers_request_leads_nowhere(self):
        key = uuid.uuid4().hex
        self.foreign.sudo().request_key = key
        self._login()
        answer = self._request(values={**self._prepare_request(), 'request_key': key})
        self.assertIn(f'/my/returns/{(self._get_returns() - self.mine).id}', answer.headers['Location'])

    def test_keys_that_are_none(self):
        self._login()
        for key in ('', 'x', '\x00', "' OR 1=1", 'f' * 5000):
            with self.subTest(key=key[:10]):
                self.assertEqual(
                    self._request(values={**self._prepare_request(quantity=9), 'request_key': key}).status_code, 200)

    @mute_logger('odoo.http')
    def test_a_forged_form_is_refused(self):
        self._login()
        before = self._get_state()
        for url, values in self._get_forms(self.mine, self.order).items():
            for token in ({}, {'csrf_token': ''}, {'csrf_token': 'x' * 50}):
                with self.subTest(url=url, token=token):
                    self.assertEqual(self.url_open(url, data={**values, **token, 'x': 'y'}).status_code, 400)
        self.assertEqual(self._get_state(), before)

    def test_a_form_is_not_sent_by_following_a_link(self):
        self._login()
        before = self._get_state()
        for url in self._get_forms(self.mine, self.order):
            self.assertIn(self._get(url).status_code, (200, 303, 404, 405))
        self.assertEqual(self._get_state(), before)

    def test_what_is_sent_twice_happens_once(self):
        self._login()
        url = f'/my/returns/{self.mine.id}'
        for path, values in (
            ('message', {'text': "Hello"}), ('sent', {'date_sent': '', 'carrier': "DHL", 'tracking': "1"}),
        ):
            count = len(self.mine.message_ids)
            for _time in range(2):
                self._post(f'{url}/{path}', values)
            self.assertEqual(len(self.mine.message_ids.filtered(
                lambda message: message.message_type == 'comment')), count + 1 - len(
                    self.mine.message_ids.filtered(lambda message: message.message_type != 'comment')))

    # === Past the pages ===

    def test_customers_read_only_what_is_theirs_to_know(self):
        mine = self.mine.with_user(self.portal_user)
        mine.read(['name', 'state', 'next_step', 'amount_expected'])
        mine.line_ids.read(['product_uom_qty', 'refusal_note'])
        for record, name in (
            (mine, 'access_token'), (mine, 'parcel_note'), (mine, 'approver_id'), (mine, 'close_note'),
            (mine, 'objection_summary'), (mine.line_ids, 'objection_summary'), (mine.line_ids, 'policy_id'),
            (mine.line_ids, 'origin_move_id'),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                record.read([name])
        with self.assertRaises(AccessError):
            mine.search([('parcel_note', 'ilike', 'brick')])

    def test_customers_find_nothing_of_others(self):
        Return = self.env['returns.order'].with_user(self.portal_user)
        self.assertEqual(Return.search([]), self.mine)
        self.assertEqual(Return.line_ids.search([]), self.mine.line_ids)
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.portal_user).read(['name'])
        with self.assertRaises(AccessError):
            self.foreign.line_ids.with_user(self.portal_user).read(['product_uom_qty'])

    def test_customers_change_nothing_past_the_pages(self):
        mine = self.mine.with_user(self.portal_user)
        before = self._get_state()
        for act in (
            lambda: mine.write({'customer_note': "x"}), lambda: mine.unlink(), lambda: mine.copy(),
            lambda: mine.create({'partner_id': self.customer.id}), lambda: mine.action_approve(),
            lambda: mine.action_cancel(), lambda: mine.action_mark_sent(), lambda: mine.action_create_credit_notes(),
            lambda: mine.line_ids.write({'product_uom_qty': 5}), lambda: mine.line_ids.unlink(),
            lambda: mine.action_ask_customer("x"), lambda: mine.action_reopen(),
        ):
            with suppress(UserError):  # of which AccessError is one
                act()
                self.env.flush_all()
        self.assertEqual(self._get_state(), before)

    def test_a_customer_of_another_company_sees_nothing(self):
        company = self.env['res.company'].sudo().create({'name': "Other Company"})
        user = self._create_portal_user('test_elsewhere', self.stranger)
        user.sudo().write({'company_ids': [(6, 0, company.ids)], 'company_id': company.id})
        self._login(user)
        self._assert_closed(self.mine, self.order)
        self.assertNotIn(self.foreign.name, self._get('/my/returns').text)

    def test_the_list_and_its_search_show_nothing_of_others(self):
        self._login()
        self.assertIn(f'>{self.mine.name}<', self._get('/my/returns').text)
        for query in ('', f'?search={self.foreign.name}', f'?search={self.foreign_order.name}', '?search=%25'):
            with self.subTest(query=query):
                self.assertNotIn(f'>{self.foreign.name}<', self._get(f'/my/returns{query}').text)
        self.assertNotIn(self.foreign_order.name, self._get('/my/returns/new').text)
        counters = self.make_jsonrpc_request(
            '/my/counters', {'counters': ['return_count', 'return_waiting_count']})
        self.assertEqual(counters, {'return_count': 1, 'return_waiting_count': 1})

    def test_a_customer_of_two_companies_sees_in_each_what_is_of_it(self):
        company = self.env['res.company'].sudo().create({'name': "Other Company"})
        self.portal_user.sudo().write({'company_ids': [(6, 0, company.ids)], 'company_id': company.id})
        self._login()
        self._assert_closed(self.mine, self.order)
        for page in ('/my/returns', '/my/returns/new', '/my/returns/withdraw'):
            text = self._get(page).text
            self.assertNotIn(self.mine.name, text)
            self.assertNotIn(self.order.name, text)
        self.assertEqual(self.make_jsonrpc_request('/my/counters', {'counters': ['return_count']}), {'return_count': 0})

    def test_colleagues_do_on_the_pages_only_what_they_may_do_elsewhere(self):
        for user in (self.stock_user, self.accountant):
            self._login(user)
            before = self._get_state()
            forms = self._get_forms(self.mine, self.order)
            forms.popitem()  # what would come of it may be asked by whoever may read the order
            for url, values in forms.items():
                with self.subTest(user=user.login, url=url):
                    answer = self._post(f'{url}?access_token={self.mine.access_token}', values)
                    self.assertEqual(answer.status_code, 404)
            self.assertEqual(self._get_state(), before)
