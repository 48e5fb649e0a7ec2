from lxml import html

from odoo import Command
from odoo.tests import tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestReturnsOrderSlip(ReturnsCommon):
    """The paper that goes into the parcel."""

    def _render(self, return_order):
        content, _type = self.env['ir.actions.report']._render_qweb_html(
            'returns_management.returns_order_slip', return_order.ids)
        return html.fromstring(content).text_content()

    def test_it_says_what_goes_where_and_until_when(self):
        self.warehouse.returns_partner_id = self.env['res.partner'].create({
            'name': "Returns Desk", 'street': "Dock 7", 'company_id': self.company.id})
        return_order = self._create_confirmed_return(self._create_delivered_order())

        text = self._render(return_order)

        for expected in (
            return_order.name, return_order.barcode, "Returns Desk", "Dock 7", "Test Shoe", "2.00", "Does not fit",
            "Refund", return_order.date_deadline.strftime('%m/%d/%Y'), return_order.sale_order_ids.name,
        ):
            with self.subTest(expected=expected):
                self.assertIn(expected, text)

    def test_what_the_customer_keeps_or_was_refused_is_not_to_be_sent(self):
        self.policy.auto_approve = False
        products = [self._create_storable(name) for name in ("Sent Shoe", "Kept Sock", "Refused Hat")]
        return_order = self._create_return(self._create_delivered_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 5}) for product in products]))
        return_order.line_ids[1].resolution_id = self.env.ref('returns_management.returns_resolution_keep')
        return_order.action_submit()
        return_order.line_ids[2].qty_approved = 0
        return_order.action_approve()
        text = self._render(return_order)
        self.assertEqual([product.name in text for product in products], [True, False, False])

    def test_without_approval_it_says_not_to_send_anything(self):
        text = self._render(self._create_return(self._create_delivered_order()))
        self.assertIn("not approved yet", text)

    def test_it_speaks_the_language_of_the_customer(self):
        self.env['res.lang']._activate_lang('fr_FR')
        self.customer.lang = 'fr_FR'
        self.reason.with_context(lang='fr_FR').name = "Mauvaise taille"
        text = self._render(self._create_confirmed_return(self._create_delivered_order()))
        self.assertIn("Mauvaise taille", text)
