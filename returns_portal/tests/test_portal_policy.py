import json

from lxml import html

from odoo import Command
from odoo.tests import tagged

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestPortalPolicy(PortalCommon):
    """The public page says what the policies say, to people and to search engines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref('base.public_user').sudo().write({
            'company_ids': [Command.link(cls.company.id)], 'company_id': cls.company.id})
        cls.company.country_id = cls.env.ref('base.de')

    def _get_page(self):
        """What is read, and what search engines read."""
        page = html.fromstring(self._get('/returns/policy').content)
        data = json.loads(page.xpath("//script[@type='application/ld+json']")[0].text)
        return page.xpath("//div[@id='wrap']")[0].text_content(), data['hasMerchantReturnPolicy']

    def test_a_policy_that_changes_changes_page_and_data(self):
        text, (data,) = self._get_page()
        self.assertIn("30 days from the delivery", text)
        self.assertEqual(data['merchantReturnDays'], 30)
        self.assertEqual(data['applicableCountry'], ['DE'])
        self.assertTrue(data['returnFees'].endswith('ReturnFeesCustomerResponsibility'))
        fee = self.env['product.product'].create({'name': "Fee", 'type': 'service'})
        self.policy.write({
            'window_days': 100, 'return_freight': 'company', 'refund_days': 5, 'fee_type': 'percent',
            'fee_percent': 12.5, 'fee_product_id': fee.id})
        text, (data,) = self._get_page()
        for words in ("100 days from the delivery", "We pay the way back", "Within 5 days", "12.5"):
            self.assertIn(words, text.replace("12.50", "12.5"))
        self.assertEqual((data['merchantReturnDays'], data['restockingFee']), (100, 12.5))
        self.assertTrue(data['returnFees'].endswith('FreeReturn'))

    def test_what_customers_get_is_what_the_form_offers(self):
        text, (data,) = self._get_page()
        self.assertIn("Exchange", text)
        self.assertEqual(len(data['refundType']), 2)
        self.policy.resolution_ids = self.refund
        text, (data,) = self._get_page()
        self.assertNotIn("Exchange", text)
        self.assertEqual(data['refundType'], ['https://schema.org/FullRefund'])

    def test_a_fixed_fee_and_who_is_at_fault(self):
        fee = self.env['product.product'].create({'name': "Fee", 'type': 'service'})
        self.policy.write({
            'fee_type': 'amount', 'fee_amount': 4.9, 'fee_product_id': fee.id, 'return_freight': 'fault'})
        text, (data,) = self._get_page()
        self.assertIn("4.90", text)
        self.assertEqual(data['restockingFee'], {
            '@type': 'MonetaryAmount', 'value': 4.9, 'currency': self.company.currency_id.name})
        self.assertTrue(data['itemDefectReturnFees'].endswith('FreeReturn'))

    def test_what_holds_for_some_goods_is_told_to_people_only(self):
        self._create_policy(returnable=False, product_category_ids=[Command.set(self.category.ids)])
        text, data = self._get_page()
        self.assertIn("Sold as final", text)
        self.assertEqual(len(data), 1)

    def test_what_single_customers_are_granted_and_other_companies_is_not_published(self):
        tag = self.env['res.partner.category'].create({'name': "Best friends"})
        self._create_policy(window_days=365, partner_tag_ids=[Command.set(tag.ids)])
        self._create_policy(window_days=366, date_to='2020-01-01')
        other = self.env['res.company'].sudo().create({'name': "Other Company"})
        policies = self.env['returns.policy'].sudo().search([('company_id', '=', other.id)])
        policies.filtered('returnable').window_days = 367
        text, _data = self._get_page()
        for words in ("Best friends", "365", "366", "367"):
            self.assertNotIn(words, text)

    def test_names_are_no_code(self):
        self.company.name = "</script><script>alert(1)</script>"
        page = self._get('/returns/policy').text
        self.assertNotIn("<script>alert(1)", page)
        self.assertIn("\\u003cscript\\u003ealert(1)", page)
