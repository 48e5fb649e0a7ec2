from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestReturnsReport(ReturnsCommon):
    """Numbers counted by hand."""

    def _read(self, *groupby, aggregates=('qty_delivered:sum', 'qty_returned:sum', 'return_rate:avg'), domain=(),
              company=None):
        company = company or self.company
        self.env.flush_all()
        report = self.env['returns.report'].with_context(allowed_company_ids=company.ids)
        return report._read_group([('company_id', 'in', company.ids), *domain], groupby, aggregates)

    def _get_total(self, **kwargs):
        return self._read(**kwargs)[0]

    def _create_reason(self, name):
        return self.env['returns.reason'].create({'name': name, 'code': name})

    def test_the_rate_of_a_group_is_a_ratio_of_sums_not_an_average_of_ratios(self):
        rare = self._create_storable("Test Rare")
        self._create_received_return(self._create_delivered_order(1), quantity=1)  # 1 of 1
        self._create_received_return(self._create_delivered_order(9, product=rare), quantity=2)  # 2 of 9
        self.assertEqual(self._read('product_id'), [(self.product, 1, 1, 1), (rare, 9, 2, 2 / 9)])
        self.assertEqual(self._read('categ_id'), [(self.category, 10, 3, 0.3)])
        self.assertEqual(self._read('partner_id'), [(self.customer, 10, 3, 0.3)])
        self.assertEqual(self._get_total(), (10, 3, 0.3))

    def test_the_rate_of_a_reason_is_its_share_of_all_that_was_delivered(self):
        defect = self._create_reason("Test defect")
        self._create_received_return(self._create_delivered_order(6), quantity=3)
        other = self._create_return(self._create_delivered_order(4), quantity=1)
        other.line_ids.reason_id = defect
        other.action_confirm()
        self._receive(other)
        rates = {reason: rate for reason, rate in self._read('reason_id', aggregates=['return_rate:avg']) if reason}
        self.assertEqual(rates, {self.reason: 0.3, defect: 0.1})
        self.assertEqual(
            self._get_total(domain=[('reason_id', '=', defect.id)]), (10, 1, 0.1),
            "A filter on the reason leaves the deliveries in.")

    def test_pivot_totals_are_right_on_every_level(self):
        rare = self._create_storable("Test Rare")
        self._create_received_return(self._create_delivered_order(5), quantity=1)
        self._create_received_return(self._create_delivered_order(5, product=rare), quantity=4)
        self.env.flush_all()
        total, by_reason, by_both = self.env['returns.report']._read_grouping_sets(
            [('company_id', '=', self.company.id)], [[], ['reason_id'], ['product_id', 'reason_id']],
            ['return_rate:avg'])
        self.assertEqual(total, [(0.5,)])
        self.assertIn((self.reason, 0.5), by_reason)
        self.assertIn((self.product, self.reason, 0.2), by_both)
        self.assertIn((rare, self.reason, 0.8), by_both)

    def test_dozens_and_pieces_are_counted_in_the_unit_of_the_product(self):
        dozen = self.env.ref('uom.product_uom_dozen')
        order = self._create_delivered_order(order_line=[Command.create({
            'product_id': self.product.id, 'product_uom_qty': 2, 'product_uom_id': dozen.id, 'price_unit': 120})])
        return_order = self._create_return(order, quantity=7, line_ids=[Command.create({
            'sale_line_id': order.order_line.id, 'product_uom_qty': 7, 'product_uom_id': self.product.uom_id.id})])
        return_order.action_confirm()
        self._receive(return_order)
        self.assertEqual(self._get_total(), (24, 7, 7 / 24))
        amounts = self._get_total(aggregates=['amount_delivered:sum', 'amount_returned:sum', 'amount_rate:avg'])
        self.assertEqual(amounts[:2], (240, 70))
        self.assertAlmostEqual(amounts[2], 7 / 24)

    def test_what_is_kept_in_dozens_is_counted_in_dozens(self):
        unit, dozen = self.env.ref('uom.product_uom_unit'), self.env.ref('uom.product_uom_dozen')
        eggs = self._create_storable("Eggs", uom_id=dozen.id)
        order = self._create_delivered_order(order_line=[Command.create({
            'product_id': eggs.id, 'product_uom_qty': 24, 'product_uom_id': unit.id, 'price_unit': 1})])
        self._create_received_return(order, line_ids=[Command.create({
            'sale_line_id': order.order_line.id, 'product_uom_qty': 12, 'product_uom_id': unit.id})])
        self.assertEqual(
            self._get_total(aggregates=['qty_delivered:sum', 'qty_requested:sum', 'qty_returned:sum']), (2, 1, 1))

    def test_only_posted_credit_notes_count(self):
        credit_note = self._create_received_return(self._create_delivered_order(5)).credit_note_ids
        self.assertEqual(self._get_total(aggregates=['amount_credited:sum']), (0,))
        credit_note.action_post()
        self.assertEqual(self._get_total(aggregates=['amount_credited:sum']), (credit_note.amount_untaxed,))

    def test_a_person_counts_for_the_company(self):
        person = self.env['res.partner'].create({'name': "Person", 'parent_id': self.customer.id})
        self._create_delivered_order(partner_id=person.id)
        self.assertEqual(self._get_total(domain=[('partner_id', '=', self.customer.id)])[0], 5)

    def test_amounts_of_every_currency_are_shown_in_the_currency_of_the_company(self):
        currency = self.setup_other_currency('EUR', rates=[('2016-01-01', 4.0)])
        pricelist = self.env['product.pricelist'].create({'name': "Test Pricelist", 'currency_id': currency.id})
        abroad = self._create_delivered_order(4, pricelist_id=pricelist.id)  # 400 foreign are 100
        home = self._create_delivered_order(1)  # 100
        for order in (abroad, home):
            return_order = self._create_received_return(order, quantity=1)  # 25 and 100
            return_order.credit_note_ids.action_post()
        self.assertEqual(
            self._get_total(aggregates=['amount_delivered:sum', 'amount_returned:sum', 'amount_credited:sum']),
            (200, 125, 125))

    def test_a_company_with_another_currency_reads_all_amounts_in_its_own(self):
        currency = self.setup_other_currency('EUR', rates=[])
        other = self.setup_other_company()['company']
        other.currency_id = currency
        self.env['res.currency.rate'].create({
            'currency_id': self.company.currency_id.id, 'company_id': other.id, 'name': '2016-01-01', 'rate': 0.5})
        return_order = self._create_received_return(self._create_delivered_order(1), quantity=1)
        return_order.credit_note_ids.action_post()
        self.assertEqual(
            self._get_total(
                company=other + self.company,
                aggregates=['amount_delivered:sum', 'amount_returned:sum', 'amount_credited:sum']),
            (200, 200, 200))

    def test_what_a_part_of_a_kit_costs_nobody_knows(self):
        order = self._create_delivered_order(5)
        kit = self._create_storable("Kit")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET product_id = %s WHERE id = %s", [kit.id, order.order_line.id])
        self.assertEqual(self._get_total(aggregates=['qty_delivered:sum', 'amount_delivered:sum']), (5, 0))

    def test_what_went_to_a_company_of_the_group_is_delivered_too(self):
        self._create_delivered_order(5).picking_ids.move_ids.location_dest_id = self.env.ref(
            'stock.stock_location_inter_company')
        self.assertEqual(self._get_total(), (5, 0, 0))

    def test_companies_stay_apart(self):
        self._create_received_return(self._create_delivered_order(5), quantity=1)
        other = self.setup_other_company()['company']
        user = self.user.with_company(self.company)
        self.env.flush_all()
        self.assertEqual(
            self.env['returns.report'].with_user(user)._read_group([], [], ['qty_delivered:sum']), [(5,)])
        self.user.write({'company_ids': [Command.link(other.id)], 'company_id': other.id})
        report = self.env['returns.report'].with_user(self.user).with_context(allowed_company_ids=other.ids)
        self.assertEqual(report._read_group([], [], ['__count']), [(0,)])

    def test_cancelled_and_draft_returns_are_not_counted_and_refused_ones_return_nothing(self):
        order = self._create_delivered_order(10)
        self._create_return(order, quantity=1)
        self._create_confirmed_return(order, quantity=2).action_cancel()
        refused = self._create_return(order, quantity=3)
        self.policy.auto_approve = False
        refused.action_submit()
        refused.refusal_note = "Too late."
        refused.action_refuse()
        self.assertEqual(
            self._get_total(aggregates=['order_id:count_distinct', 'qty_requested:sum', 'qty_returned:sum']), (1, 3, 0))

    def test_of_a_partial_receipt_only_what_arrived_is_counted(self):
        return_order = self._create_confirmed_return(self._create_delivered_order(10), quantity=4)
        self._receive(return_order, quantity=1)
        self.assertEqual(self._get_total(), (10, 1, 0.1))
        self._receive(return_order)
        self.assertEqual(self._get_total(), (10, 4, 0.4))

    def test_only_what_the_line_is_about_has_come_back(self):
        return_order = self._create_received_return(self._create_delivered_order(5), quantity=2)
        stray = return_order.picking_ids.move_ids.copy({'product_id': self._create_storable("Sock").id})
        stray.returns_line_id = return_order.line_ids
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move SET state = 'done', quantity = 3 WHERE id = %s", [stray.id])
        self.assertEqual(self._get_total(), (5, 2, 0.4))

    def test_what_goes_from_one_customer_to_another_has_not_come_back(self):
        order = self._create_delivered_order(8)
        reverse = self._reverse(order.picking_ids, 3)
        elsewhere = self.env['stock.location'].create({'name': "Elsewhere", 'usage': 'customer'})
        reverse.location_dest_id = elsewhere
        reverse.move_ids.location_dest_id = elsewhere
        reverse.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 11, "So does Odoo count it.")
        self.assertEqual(self._get_total(), (11, 0, 0))

    def test_what_is_sent_again_in_place_is_no_second_delivery(self):
        return_order = self._create_received_return(self._create_delivered_order(5), quantity=2)
        again = self._reverse(return_order.picking_ids, 2)
        again.move_ids.to_refund = False
        again.button_validate()
        self.assertEqual(self._get_total(), (5, 2, 0.4))

    def test_what_is_delivered_and_billed_again_is_a_delivery(self):
        return_order = self._create_received_return(self._create_delivered_order(5), quantity=2)
        self._reverse(return_order.picking_ids, 2).button_validate()
        self.assertEqual(self._get_total(), (7, 2, 2 / 7))

    def test_returns_that_people_make_in_inventory_are_counted_and_can_be_told_apart(self):
        order = self._create_delivered_order(8)
        self._reverse(order.picking_ids, 3).button_validate()
        self._create_received_return(order, quantity=1)
        self.assertEqual(self._get_total(), (8, 4, 0.5))
        self.assertEqual(
            self._read('kind', aggregates=['qty_returned:sum']), [('delivery', 0), ('plain', 3), ('return', 1)])
        self.assertEqual(self._get_total(domain=[('kind', '!=', 'plain')]), (8, 1, 1 / 8))

    def test_what_core_does_not_take_off_the_order_is_no_return(self):
        order = self._create_delivered_order(8)
        reverse = self._reverse(order.picking_ids, 3)
        reverse.move_ids.to_refund = False
        reverse.button_validate()
        self.assertEqual(self._get_total(), (8, 0, 0))

    def test_what_comes_back_counts_in_the_month_of_its_delivery(self):
        order = self._create_delivered_order(4)
        return_order = self._create_received_return(order, quantity=1)
        order.picking_ids.filtered(lambda picking: picking != return_order.picking_ids).move_ids.date = (
            datetime(2026, 3, 31, 12))
        self._create_delivered_order(6)
        domain = [('date', '<', '2026-04-01')]
        self.assertEqual([row[1:] for row in self._read('date:month', domain=domain)], [(4, 1, 0.25)])

    def test_days_per_step_are_averages_over_what_came_back(self):
        start = datetime(2026, 1, 1, 12)
        for days in (2, 4):  # between each step and the next
            order = self._create_delivered_order(5)
            return_order = self._create_received_return(order, quantity=1)
            credit_note = return_order.credit_note_ids
            credit_note.invoice_date = start + timedelta(days=4 * days)
            credit_note.action_post()
            return_order.line_ids.origin_move_id.date = start
            return_order.sudo().write({
                'date_request': start + timedelta(days=days), 'date_approval': start + timedelta(days=2 * days)})
            return_order.picking_ids.move_ids.date = start + timedelta(days=3 * days, hours=-12)
        self._create_delivered_order(5)
        self.assertEqual(
            self._get_total(aggregates=[
                'days_to_request:avg', 'days_to_approve:avg', 'days_to_receive:avg', 'days_to_credit:avg']),
            (3, 3, 2.5, 3))

    def test_days_count_until_the_first_parcel_and_the_first_credit_note(self):
        start = datetime(2026, 1, 1, 12)
        return_order = self._create_confirmed_return(self._create_delivered_order(5), quantity=4)
        for days in (2, 6):
            picking = self._receive(return_order, quantity=2)
            credit_note = return_order.credit_note_ids.filtered(lambda note: note.state == 'draft')
            credit_note.invoice_date = start + timedelta(days=days + 2)
            credit_note.action_post()
            picking.move_ids.date = start + timedelta(days=days)
        return_order.sudo().date_approval = start
        self.assertEqual(self._get_total(aggregates=['days_to_receive:avg', 'days_to_credit:avg']), (2, 1.5))

    def test_nobody_waited_for_a_credit_that_came_before_the_goods(self):
        self.policy.credit_trigger = 'on_approval'
        return_order = self._create_confirmed_return(self._create_delivered_order(5), quantity=1)
        return_order.credit_note_ids.action_post()
        self._receive(return_order)
        return_order.picking_ids.move_ids.date = fields.Datetime.now() + timedelta(days=2)
        self.assertEqual(self._get_total(aggregates=['days_to_credit:avg']), (0,))

    def test_who_reads_the_analysis(self):
        for user, may in (
            (self.user, True), (self.accountant, True), (self.stock_user, False), (self.manager, True),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.env['returns.report'].with_user(user).has_access('read'), may)

    def test_the_sales_analysis_counts_returns_without_multiplying_lines(self):
        order = self._create_delivered_order(10)
        for quantity in (1, 2):
            self._create_confirmed_return(order, quantity)
        self._create_return(order, quantity=1)
        self.env.flush_all()
        self.assertEqual(
            self.env['sale.report']._read_group(
                [('order_reference', '=', f'sale.order,{order.id}')], [],
                ['returns_count:sum', 'product_uom_qty:sum', 'nbr:sum']),
            [(2, 10, 1)])
