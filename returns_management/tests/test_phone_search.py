from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestPhoneSearch(ReturnsCommon):
    """Whatever the customer has at hand leads to what was delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref('base.be')
        cls.customer.write({
            'name': "Zacharias Österlund", 'email': "Zach@Example.com", 'phone': "0470 12 34 56", 'ref': "C-4711"})
        cls.order = cls._create_delivered_order(client_order_ref="PO/77-X")
        cls._create_delivered_order(partner_id=cls._create_customer("Somebody Else").id)

    @classmethod
    def _create_customer(cls, name, **values):
        return cls.env['res.partner'].create({'name': name, **values})

    def _search(self, term, **options):
        """As the one on the phone, without any right in sales, stock or accounting."""
        self.env.invalidate_all()
        return self.env['returns.order'].with_user(self.user).search_delivered(term, **options)

    def _check_nothing(self, term):
        with self.subTest(term=term):
            result = self._search(term)
            self.assertFalse(result['lines'] or result['customers'] or result['undelivered'])

    def _check_found(self, term, order=None):
        with self.subTest(term=term):
            lines = self._search(term)['lines']
            self.assertEqual([line['order']['id'] for line in lines], (order or self.order).ids)

    def test_by_order_number_whole_or_in_part(self):
        self._check_found(self.order.name)
        self._check_found(f"  {self.order.name.lower()} ")
        self._check_found(self.order.name[1:])

    def test_by_the_customers_reference(self):
        self._check_found("PO/77-X")
        self._check_found("po/77")

    def test_by_name_and_number_of_the_customer(self):
        self._check_found("Zacharias")
        self._check_found("zacharias österlund")
        self._check_found("C-4711")

    def test_by_email_however_it_is_written(self):
        self._check_found("zach@example.com")
        self._check_found('"Zach" <ZACH@example.com>')

    def test_by_phone_however_it_is_written(self):
        for term in ("0470 12 34 56", "0470123456", "+32 470 12 34 56", "0032470123456", "123456", "0470/12.34.56"):
            self._check_found(term)
        self.customer.phone = "+32 12 34 56"
        self._check_found("012 34 56")

    def test_a_whole_phone_number_is_not_lost_among_those_that_end_alike(self):
        """As the company's country writes it: the library that knows how need not be there."""
        self.customer.phone = "+32470123456"
        self._create_delivered_order(partner_id=self._create_customer("Alike", phone="+49 30 7012 3456").id)
        with patch.object(self.env.registry['res.company'], '_phone_format', lambda *args, **kwargs: "+32470123456"):
            self._check_found("0470 12 34 56")

    def test_a_number_with_letters_is_no_phone_number(self):
        self._check_nothing("RMA/0470123456")

    def test_two_letters_are_compared_as_a_whole(self):
        self._check_nothing(self.order.name[:2])
        self.order.client_order_ref = "X7"
        self._check_found("x7")

    def test_by_invoice_and_delivery(self):
        self._check_found(self.order.invoice_ids.name)
        self._check_found(self.order.picking_ids.name)

    def test_by_credit_note_and_not_hidden_by_other_entries(self):
        invoice = self.order.invoice_ids
        credit_note = self._credit_by_hand(invoice, 1)
        credit_note.action_post()
        self._check_found(credit_note.name)
        bill = self.env['account.move'].create({
            'move_type': 'in_invoice', 'partner_id': self.customer.id, 'name': invoice.name})
        self.assertEqual(bill.name, invoice.name)
        with patch('odoo.addons.returns_management.models.returns_order_search.MAX_FOUND', 1):
            found = self.env['returns.order'].search_delivered(invoice.name)  # by somebody who reads bills, too
        self.assertEqual([line['order']['id'] for line in found['lines']], self.order.ids)

    def test_the_latest_orders_are_looked_at(self):
        namesake = self._create_delivered_order(client_order_ref=self.order.name)
        with patch('odoo.addons.returns_management.models.returns_order_search.MAX_FOUND', 1):
            self._check_found(self.order.name, namesake)

    def test_by_the_number_or_barcode_of_an_earlier_return(self):
        earlier = self._create_confirmed_return(self.order, quantity=1)
        self._check_found(earlier.name)
        self._check_found(earlier.barcode.lower())

    def test_by_tracking_number_where_carriers_deliver(self):
        if 'carrier_tracking_ref' not in self.env['stock.picking']._fields:
            self.assertNotIn("tracking number", self._search("anything")['searched'])
            return
        self.order.picking_ids.carrier_tracking_ref = "JD0140"
        self._check_found("JD0140")

    def test_by_serial_number_proposes_that_one(self):
        lots, order = self._create_delivered_serials()
        line = self._search("sn-2")['lines'][0]
        self.assertEqual(line['order']['id'], order.id)
        self.assertEqual([lot['name'] for lot in line['lots']], lots.mapped('name'))
        self.assertEqual((line['quantity'], line['lot_ids']), (1, lots[1].ids))
        self.assertEqual(self._search(order.name)['lines'][0]['quantity'], 0)

    def test_a_serial_number_that_is_back_is_not_proposed(self):
        lots, order = self._create_delivered_serials(count=3)
        delivery = order.picking_ids
        return_order = self._create_return(order, quantity=1)
        return_order.line_ids.lot_ids = lots[0]
        self.assertEqual(self._search("SN-1")['lines'][0]['lot_ids'], lots[0].ids, "A draft claims nothing.")
        return_order.action_confirm()
        self.assertEqual(self._search("SN-1")['lines'][0]['lot_ids'], [])
        self._reverse(delivery, 2)
        self.assertEqual(self._search("SN-2")['lines'][0]['lot_ids'], [], "Taken back in Inventory.")

    def test_the_product_with_the_serial_number_comes_first(self):
        order = self._create_delivered_serials()[1]
        other = self._create_delivered_order()
        other.picking_ids.move_ids.sale_line_id.order_id = order
        self.assertEqual(
            [line['product']['name'] for line in self._search("SN-2")['lines']], ["Watch", "Test Shoe"])

    def test_special_characters_are_no_wildcards(self):
        for term in ("%%%", "_____", self.order.name[0] + "_" * (len(self.order.name) - 1)):
            self._check_nothing(term)

    def test_a_whole_number_is_not_lost_among_longer_ones(self):
        longer = self._create_delivered_order()
        longer.name = self.order.name + "9"
        self._check_found(self.order.name)

    def test_nothing_found_says_what_was_searched(self):
        self._check_nothing("no such thing")
        self.assertIn("customer's reference", self._search("no such thing")['searched'])

    def test_an_empty_text_finds_nobody(self):
        self._check_nothing("  ")
        self._check_nothing(False)

    def test_an_order_that_was_not_delivered_is_named(self):
        order = self.order.copy()
        self.assertEqual(
            self._search(order.name)['undelivered'], [{'id': order.id, 'name': order.name, 'state': "Quotation"}])
        order.action_confirm()
        self.assertEqual(self._search(order.name)['undelivered'][0]['state'], "Sales Order")

    def test_what_left_for_another_company_of_ours_was_delivered(self):
        self.order.picking_ids.move_ids.location_dest_id = self.env.ref('stock.stock_location_inter_company')
        self._check_found(self.order.name)

    def test_two_customers_of_one_name_are_not_mixed(self):
        namesake = self.customer.copy({'name': self.customer.name, 'city': "Ghent"})
        other_order = self._create_delivered_order(partner_id=namesake.id)

        result = self._search(self.customer.name)

        self.assertFalse(result['lines'])
        self.assertEqual([found['orders'] for found in result['customers']], [[other_order.name], [self.order.name]])
        self.assertIn("Ghent", result['customers'][0]['details'])
        chosen = self._search(self.customer.name, customer=result['customers'][0]['key'])
        self.assertEqual([line['order']['id'] for line in chosen['lines']], other_order.ids)

    def test_a_common_name_lists_a_few_customers_and_says_that_there_are_more(self):
        for number in range(11):
            self._create_delivered_order(partner_id=self._create_customer(f"Common {number}").id, invoiced=False)
        result = self._search("Common")
        self.assertEqual((len(result['customers']), result['has_more']), (10, True))
        self.assertEqual(self._search("Common 7")['customer']['name'], "Common 7")

    def test_two_currencies_of_one_customer_are_not_mixed(self):
        other_order = self._create_delivered_order()
        other_order.currency_id = self.setup_other_currency('EUR')
        result = self._search(self.customer.name)
        self.assertEqual(len(result['customers']), 2)
        self.assertIn("EUR", result['customers'][0]['details'])

    def test_all_orders_of_a_customer(self):
        other_order = self._create_delivered_order()
        lines = self._search("", customer={'partner_id': self.customer.id})['lines']
        self.assertEqual({line['order']['id'] for line in lines}, {self.order.id, other_order.id})

    def test_a_person_of_a_company_finds_what_the_company_bought(self):
        self._create_customer("Wilhelmina", parent_id=self.customer.id)
        self._check_found("Wilhelmina")

    def test_a_line_says_what_people_ask(self):
        self.order.picking_ids.move_ids.date = '2026-03-02 23:30:00'
        self.company.partner_id.tz = 'Europe/Brussels'
        line = self._search(self.order.name)['lines'][0]
        self.assertEqual(line['product']['name'], "Test Shoe")
        self.assertEqual((line['qty_delivered'], line['qty_returnable'], line['unit']), (5, 5, "Units"))
        self.assertEqual(str(line['delivered_on']), '2026-03-03')
        self.assertEqual(str(line['returnable_until']), '2026-04-02')
        self.assertEqual(line['eligibility'], 'review')
        self.assertIn("window closed", line['objections'][0]['message'])

    def test_what_came_back_already_is_shown_with_its_return(self):
        earlier = self._create_confirmed_return(self.order, quantity=5)
        line = self._search(self.order.name)['lines'][0]
        self.assertEqual(line['qty_returnable'], 0)
        self.assertEqual(line['returns'], [{'id': earlier.id, 'name': earlier.name, 'state': "Approved"}])
        earlier.action_cancel()
        self.assertEqual(self._search(self.order.name)['lines'][0]['returns'], [])

    def test_more_lines_than_the_limit_are_announced(self):
        self._create_delivered_order()
        result = self._search(self.customer.name, limit=1)
        self.assertEqual((len(result['lines']), result['has_more']), (1, True))

    def test_another_company_finds_nothing(self):
        other = self.setup_other_company(name="Other Company")['company']
        stranger = new_test_user(
            self.env, 'test_stranger', 'returns_management.group_returns_user',
            company_id=other.id, company_ids=[Command.set(other.ids)])
        for term in (self.order.name, "PO/77-X", self.customer.name, self.order.invoice_ids.name,
                     self.order.picking_ids.name):
            with self.subTest(term=term):
                result = self.env['returns.order'].with_user(stranger).search_delivered(term)
                self.assertFalse(result['lines'] or result['customers'] or result['undelivered'])

    def test_who_handles_no_returns_may_not_search(self):
        employee = new_test_user(self.env, 'test_employee', 'base.group_user')
        seller = new_test_user(self.env, 'test_seller', 'sales_team.group_sale_salesman_all_leads')
        reader = new_test_user(
            self.env, 'test_reader',
            'sales_team.group_sale_salesman_all_leads,stock.group_stock_user,account.group_account_readonly')
        for user in (employee, self.stock_user, seller, reader):
            for term in (self.order.name, "no such thing"):
                with self.subTest(user=user.login, term=term), self.assertRaises(AccessError):
                    self.env['returns.order'].with_user(user).search_delivered(term)

    def test_the_number_of_queries_does_not_grow_with_the_lines(self):
        def count(term):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = len(self._search(term)['lines'])
            return found, self.cr.sql_log_count - before

        large = self._create_delivered_order(order_line=[
            Command.create({'product_id': self._create_storable(f"Shoe {number}").id, 'product_uom_qty': 3})
            for number in range(15)
        ])
        self._search(self.order.name)
        one, few = count(self.order.name)
        fifteen, many = count(large.name)
        self.assertEqual((one, fifteen), (1, 15))
        self.assertLessEqual(many, few, "queries for 15 lines, for 1 line")
