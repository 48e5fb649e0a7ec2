from lxml import html

from odoo import Command, fields
from odoo.tests import tagged

from .common import PNG, PortalCommon


@tagged('post_install', '-at_install')
class TestPortal(PortalCommon):
    """A customer asks for a return: what is shown before, what comes of it."""

    def setUp(self):
        super().setUp()
        self._login()

    def _get_form(self, order=None):
        """The form for `order`, as a parsed page."""
        return html.fromstring(self._get(f'/my/orders/{(order or self.order).id}/return').content)

    def _get_errors(self, answer):
        """What the page says beside the fields, by field without the number."""
        page = html.fromstring(answer.content)
        return {
            error.get('id').split('_')[0]: error.text_content().strip()
            for error in page.xpath("//*[contains(@class, 'invalid-feedback')]")}

    def test_a_customer_asks_for_a_return_and_sees_it(self):
        answer = self._request()
        return_order = self._get_returns()
        self.assertEqual(answer.headers['Location'], f'/my/returns/{return_order.id}?message=requested')
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'source': 'portal', 'amount_expected': 230, 'partner_id': self.customer.id,
            'contact_id': self.portal_user.partner_id.id, 'user_id': False}])
        page = self._get(f'/my/returns/{return_order.id}').text
        for text in (return_order.barcode, "230.00", self.product.name, "Send the parcel to"):
            self.assertIn(text, page)
        self.assertIn(return_order.name, self._get('/my/returns').text)

    def test_before_anything_is_filled_in_the_page_says_until_when(self):
        move = self._get_move()
        move.date = self._days_ago(10)
        page = self._get_form().text_content()
        self.assertIn("5 can come back until", page)
        self.assertIn("20 days left", page)

    def test_what_cannot_come_back_says_why_and_has_no_fields(self):
        self._get_move().date = self._days_ago(40)
        page = self._get_form()
        self.assertIn("window closed", page.text_content())
        self.assertFalse(page.xpath("//input[starts-with(@name, 'quantity_')]"))
        self._request()
        self.assertFalse(self._get_returns())

    def test_final_sale_is_refused_by_the_server_too(self):
        self._create_policy(returnable=False, product_category_ids=[Command.set(self.category.ids)])
        self.assertIn("sold as final", self._get_form().text_content())
        self._request()
        self.assertFalse(self._get_returns())

    def test_a_reason_may_have_a_policy_of_its_own(self):
        defect = self.env.ref('returns_management.returns_reason_defect')
        self._create_policy(name="Defects", reason_ids=[Command.set(defect.ids)], window_days=700)
        self._get_move().date = self._days_ago(40)
        reasons = self._get_form().xpath("//select[starts-with(@name, 'reason_')]/option/text()")
        self.assertEqual([reason.strip() for reason in reasons], ["Choose …", "Defective"])
        self._request(reason=defect.id)
        self.assertEqual(self._get_returns().state, 'approved')

    def test_who_is_blocked_reads_no_internal_reason(self):
        self.customer.write({'returns_blocked': True, 'returns_blocked_reason': "Fraud suspected"})
        page = self._get_form().text_content()
        self.assertIn("Please contact us", page)
        self.assertNotIn("Fraud", page)
        self._request()
        self.assertFalse(self._get_returns())

    def test_without_having_seen_the_amount_nothing_is_sent(self):
        answer = self._post(f'/my/orders/{self.order.id}/return', self._prepare_request())
        self.assertEqual(answer.status_code, 200)
        self.assertIn("230.00", answer.text)
        self.assertFalse(self._get_returns())

    def test_an_amount_that_has_changed_is_shown_again(self):
        values = self._prepare_request()
        url = f'/my/orders/{self.order.id}/return'
        seen = self._post(f'{url}/check', values).json()['seen']
        values[f'quantity_{self._get_move().id}'] = '3'
        answer = self._post(url, {**values, 'amount_seen': seen})
        self.assertIn("345.00", answer.text)
        self.assertFalse(self._get_returns())

    def test_what_is_missing_stands_beside_its_field(self):
        parts = self.env.ref('returns_management.returns_reason_missing')
        cases = [
            ({'reason': ''}, {'reason': "Choose why it comes back."}),
            ({'reason': parts.id}, {'note': "Please describe what is wrong."}),
            ({'quantity': 6}, {'quantity': "Only 5 can still come back."}),
            ({'quantity': 'two'}, {'quantity': "Enter a number from 0 to 5."}),
            ({'wish': ''}, {'wish': "Choose what you would like."}),
        ]
        for entered, expected in cases:
            with self.subTest(entered=entered):
                self.assertEqual(self._get_errors(self._request(**entered)), expected)
        self.assertFalse(self._get_returns())

    def test_a_photo_that_is_needed_has_to_be_there(self):
        self.policy.needs_photo = True
        self.assertEqual(self._get_errors(self._request()), {'photos': "Please add a photo."})
        values = {**self._prepare_request(), 'amount_seen': f'{self.order.currency_id.name} 230.000000'}
        photos = [(f'photos_{self._get_move().id}', ('shoe.png', PNG, 'image/png'))]
        self._post(f'/my/orders/{self.order.id}/return', values, files=photos)
        line = self._get_returns().line_ids
        self.assertEqual(line.order_id.state, 'approved')
        self.assertRecordValues(line.order_id._get_line_attachments(), [{
            'mimetype': 'image/png', 'public': False, 'res_id': line.id}])
        self.assertIn(line.order_id._get_line_attachments(), line.order_id._get_mail_thread_data_attachments())

    def test_what_is_worth_more_waits_for_somebody(self):
        self.policy.auto_approve_limit = 100
        self._request()
        return_order = self._get_returns()
        self.assertRecordValues(return_order, [{'state': 'requested', 'next_step': 'review'}])
        self.assertIn("We look at your request", self._get(f'/my/returns/{return_order.id}').text)

    def test_what_is_sent_twice_is_one_return(self):
        values = self._prepare_request()
        first, second = self._request(values=values), self._request(values=values)
        self.assertEqual(first.headers['Location'], second.headers['Location'])
        self.assertEqual(len(self._get_returns()), 1)

    def test_decimals_are_read_with_point_and_comma(self):
        metre = self.env.ref('uom.product_uom_meter')
        order = self._create_delivered_order(product=self._create_storable("Rope", uom_id=metre.id))
        for quantity in ('0.25', '0,5'):
            self._request(order=order, quantity=quantity)
        self.assertEqual(sorted(self._get_returns(order).line_ids.mapped('product_uom_qty')), [0.25, 0.5])
        self.assertIn('quantity', self._get_errors(self._request(order=order, quantity='0.001')))

    def test_several_orders_in_one_request(self):
        other = self._create_delivered_order(quantity=1)
        page = self._get_form()
        self.assertTrue(page.xpath(f"//a[contains(@href, 'also={other.id}')]"))
        values = {**self._prepare_request(), **self._prepare_request(other, quantity=1), 'also': str(other.id)}
        self._request(values=values)
        return_order = self._get_returns()
        self.assertEqual(return_order.sale_order_ids, self.order | other)
        self.assertEqual(return_order.amount_expected, 345)

    def test_orders_in_another_currency_are_not_offered(self):
        pricelist = self.env['product.pricelist'].create({
            'name': "Other", 'currency_id': self.env.ref('base.CHF').sudo().id})
        pricelist.currency_id.active = True
        other = self._create_delivered_order(pricelist_id=pricelist.id, invoiced=False)
        self.assertFalse(self._get_form().xpath(f"//a[contains(@href, 'also={other.id}')]"))

    def test_exchange_for_another_size(self):
        size = self.env['product.attribute'].create({
            'name': "Size", 'value_ids': [Command.create({'name': name}) for name in ("38", "39")]})
        template = self.env['product.template'].create({
            'name': "Boot", 'is_storable': True, 'list_price': 100, 'attribute_line_ids': [Command.create({
                'attribute_id': size.id, 'value_ids': [Command.set(size.value_ids.ids)]})]})
        small, large = template.product_variant_ids
        self._add_stock(small, 5)
        order = self._create_delivered_order(product=small, quantity=1)
        options = self._get_form(order).xpath("//select[starts-with(@name, 'exchange_')]/option")
        self.assertEqual([option.text_content().strip() for option in options], ["The same again", "39"])
        self._request(order=order, quantity=1, wish=self.exchange.id, exchange=large.id)
        self.assertRecordValues(self._get_returns(order).line_ids, [{
            'wished_resolution_id': self.exchange.id, 'resolution_id': self.exchange.id,
            'exchange_product_id': large.id}])

    def test_goods_are_kept_only_where_the_policy_says_so(self):
        keep = self.env.ref('returns_management.returns_resolution_keep')
        wishes = "//select[starts-with(@name, 'wish_')]/option/@value"
        self.assertNotIn(str(keep.id), self._get_form().xpath(wishes))
        self.assertEqual(self._get_errors(self._request(wish=keep.id)), {'wish': "Choose what you would like."})
        self.policy.resolution_ids = self.refund | keep
        self.assertEqual(self._get_form().xpath(wishes), [str(self.refund.id), str(keep.id)])

    def test_a_lower_price_is_a_wish_that_somebody_looks_at(self):
        reduce = self.env.ref('returns_management.returns_resolution_reduce')
        self.policy.resolution_ids = self.refund | reduce
        self._request(wish=reduce.id)
        return_order = self._get_returns()
        self.assertEqual(return_order.state, 'requested')
        self.assertEqual(return_order.line_ids.objection_ids.code, 'wish')

    def test_one_of_the_own_addresses_may_be_chosen(self):
        depot, foreign = self.env['res.partner'].create([
            {'name': "Depot", 'parent_id': self.customer.id, 'type': 'delivery'}, {'name': "Elsewhere"}])
        self._request(values={**self._prepare_request(quantity=1), 'address': str(depot.id)})
        self.assertEqual(self._get_returns().partner_shipping_id, depot)
        self._request(values={**self._prepare_request(quantity=1), 'address': str(foreign.id)})
        self.assertNotIn(foreign, self._get_returns().partner_shipping_id)

    def test_with_the_token_of_the_order_nobody_has_to_log_in(self):
        self._logout()
        answer = self._request(token=self.order._portal_ensure_token())
        return_order = self._get_returns()
        self.assertEqual(return_order.contact_id, self.order.partner_id)
        page = self._get(answer.headers['Location'])
        self.assertIn(return_order.barcode, page.text)

    def test_a_draft_order_and_what_was_not_delivered_cannot_be_returned(self):
        quotation = self.order.copy()
        self.assertEqual(self._get(f'/my/orders/{quotation.id}/return').headers['Location'], '/my')
        confirmed = self._create_order()
        self.assertIn("Nothing of this order", self._get_form(confirmed).text_content())
        self.assertEqual(self._post(f'/my/orders/{quotation.id}/return', {}).status_code, 404)

    def test_a_unit_that_is_asked_for_twice_comes_back_once(self):
        self._request(quantity=4)
        self.assertIn('quantity', self._get_errors(self._request(quantity=2)))
        self.assertEqual(len(self._get_returns()), 1)

    def test_the_list_sorts_filters_and_searches(self):
        self._request(quantity=1)
        first = self._get_returns()
        self._request(quantity=2)
        second = self._get_returns() - first
        first._cancel_by_customer(self.customer)
        for query, expected in (
            ('', {first, second}), ('?filterby=mine', {second}), ('?filterby=ended', {first}),
            (f'?search={first.name}', {first}), (f'?search={self.order.name}', {first, second}),
            ('?search=Test+Shoe&sortby=name', {first, second}), ('?search=nothing', set()),
            ('?sortby=nonsense&filterby=nonsense', {first, second}),
        ):
            with self.subTest(query=query):
                page = self._get(f'/my/returns{query}').text
                self.assertEqual({order for order in (first, second) if f'>{order.name}<' in page}, expected)

    def test_a_page_is_named_by_what_it_shows(self):
        return_order = self._request_return()
        self.assertIn(f"<title>{return_order.name}</title>", self._get(f'/my/returns/{return_order.id}').text)
        self.assertIn("<title>Your Returns</title>", self._get('/my/returns').text)

    def test_the_home_page_counts_returns(self):
        self._request()
        counters = self.make_jsonrpc_request('/my/counters', {'counters': ['return_count']})
        self.assertEqual(counters['return_count'], 1)
        self.assertIn('/my/returns', self._get('/my').text)

    def test_the_order_page_leads_to_the_form_and_shows_returns_once(self):
        self._request()
        return_order = self._get_returns()
        page = self._get(f'/my/orders/{self.order.id}').text
        self.assertIn(f'/my/orders/{self.order.id}/return', page)
        self.assertIn(f'/my/returns/{return_order.id}', page)
        self.assertNotIn(return_order.picking_ids.name, page)
        self.assertNotIn('/my/picking/return/pdf', page)

    def test_the_order_page_still_shows_what_was_reversed_without_a_return(self):
        reverse = self._reverse(self.order.picking_ids, 1)
        self.assertIn(reverse.name, self._get(f'/my/orders/{self.order.id}').text)

    def test_the_pages_where_an_order_is_chosen(self):
        undelivered = self._create_order()
        page = self._get('/my/returns/new').text
        self.assertIn(f'/my/orders/{self.order.id}/return', page)
        self.assertNotIn(f'/my/orders/{undelivered.id}/return', page)
        self.assertIn("No delivered order fits", self._get('/my/returns/new?search=nothing').text)

    def test_who_pays_is_said_with_the_amount(self):
        self.policy.return_freight = 'fault'
        wrong = self.env.ref('returns_management.returns_reason_wrong')
        url = f'/my/orders/{self.order.id}/return/check'
        for reason, expected in ((self.reason, "You pay for sending it back."), (wrong, "We pay for sending it back.")):
            costs = self._post(url, self._prepare_request(reason=reason.id)).json()['costs']
            self.assertEqual(costs, [expected])

    def test_fees_are_said_and_deducted_before_anything_is_sent(self):
        self.policy.write({
            'fee_type': 'percent', 'fee_percent': 10,
            'fee_product_id': self.env['product.product'].create({
                'name': "Restocking", 'type': 'service', 'taxes_id': [Command.set(self.tax.ids)]}).id})
        answer = self._post(f'/my/orders/{self.order.id}/return/check', self._prepare_request()).json()
        self.assertIn("207.00", answer['amount'])
        self.assertIn("23.00", answer['costs'][0])

    def test_days_are_those_of_the_company(self):
        self.company.partner_id.tz = 'Pacific/Auckland'
        self._get_move().date = fields.Datetime.to_datetime('2026-03-01 20:00:00')
        self.assertIn("03/02/2026", self._get_form().text_content())
