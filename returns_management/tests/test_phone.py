from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestPhone(ReturnsCommon):
    """From the lines that were found to the confirmed return."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_delivered_order()
        cls.Returns = cls.env['returns.order'].with_user(cls.user)

    def _wish(self, quantity, order=None, **values):
        return [
            {'move_id': move.id, 'quantity': quantity, 'reason_id': self.reason.id, **values}
            for move in (order or self.order).order_line.move_ids if not move.returns_line_id
        ]

    def _create(self, *wishes, **options):
        result = self.Returns.create_by_phone([line for wish in wishes for line in wish], **options)
        return self.env['returns.order'].browse(result['id']), result

    def test_confirm_approves_what_is_fine(self):
        delivery = self.order.order_line.move_ids
        return_order, result = self._create(self._wish(2), values={'customer_note': "Too small.", 'state': 'done'})
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'partner_id': self.customer.id, 'source': 'internal', 'user_id': self.user.id,
            'customer_note': "Too small.", 'reception_status': 'pending'}])
        self.assertRecordValues(return_order.line_ids, [{
            'origin_move_id': delivery.id, 'product_uom_qty': 2, 'reason_id': self.reason.id}])
        self.assertEqual((result['name'], result['state']), (return_order.name, 'approved'))
        self.assertIn("sent back by", result['message'])

    def test_several_orders_of_a_customer_go_into_one_return(self):
        other_order = self._create_delivered_order()
        return_order, _result = self._create(self._wish(1), self._wish(1, other_order))
        self.assertEqual(return_order.sale_order_ids, self.order + other_order)

    def test_two_customers_do_not(self):
        stranger = self.env['res.partner'].create({'name': "Stranger"})
        other_order = self._create_delivered_order(partner_id=stranger.id)
        with self.assertRaisesRegex(UserError, "one customer"):
            self._create(self._wish(1), self._wish(1, other_order))

    def test_nothing_chosen_is_refused(self):
        for wishes in ([], self._wish(0), self._wish(None)):
            with self.assertRaisesRegex(UserError, "Choose at least one product"):
                self._create(wishes)

    def test_a_missing_reason_is_refused(self):
        with self.assertRaisesRegex(UserError, "Choose why it comes back: Test Shoe"):
            self._create(self._wish(1, reason_id=False))

    def test_more_than_can_come_back_is_refused(self):
        self._create(self._wish(2))
        with self.assertRaisesRegex(UserError, "Only 3"):
            self._create(self._wish(4))

    def test_the_same_delivery_twice_is_one_quantity(self):
        with self.assertRaisesRegex(UserError, "Only 5"):
            self._create(self._wish(3), self._wish(3))

    def test_a_negative_quantity_is_refused(self):
        with self.assertRaisesRegex(UserError, "at least one product"):
            self._create(self._wish(-1))

    def test_what_was_not_delivered_is_refused(self):
        with self.assertRaisesRegex(UserError, "Search again"):
            self._create(self._wish(1, self._create_order()))

    def test_the_check_says_what_the_policy_says_and_saves_nothing(self):
        count = self.Returns.search_count([])
        line = self._wish(9)
        result = self.Returns.check_phone_lines(line)
        verdict = result['verdicts'][str(line[0]['move_id'])]
        self.assertEqual((verdict['eligibility'], verdict['verdict']), ('refused', "Not allowed"))
        self.assertIn("Only 5", verdict['objections'][0]['message'])
        self.assertIn("230.00", self.Returns.check_phone_lines(self._wish(2))['amount'])
        self.assertFalse(self.Returns.check_phone_lines([])['amount'])
        self.assertEqual(self.Returns.search_count([]), count)

    def test_a_clerks_confirm_leaves_for_a_manager_what_the_policy_objects_to(self):
        self.order.picking_ids.move_ids.date = '2020-01-01'
        return_order, result = self._create(self._wish(1))
        self.assertEqual((return_order.state, result['state']), ('requested', 'requested'))
        self.assertRegex(result['message'], "waits for a returns administrator(?s:.)*window closed")

    def test_a_managers_confirm_overrules_with_a_note(self):
        self.order.picking_ids.move_ids.date = '2020-01-01'
        self.Returns = self.env['returns.order'].with_user(self.manager)
        return_order, result = self._create(self._wish(1))
        self.assertEqual((return_order.state, return_order.approver_id), ('approved', self.manager))
        self.assertIn("Approved against the policy", return_order.message_ids[0].body)
        self.assertIn("approved", result['message'])

    def test_a_withdrawal_is_checked_against_the_law(self):
        consumer = self.env['res.partner'].create({'name': "Consumer", 'country_id': self.env.ref('base.de').id})
        order = self._create_delivered_order(partner_id=consumer.id)
        self.env['returns.policy'].search([]).window_days = 0
        order.order_line.move_ids.date = fields.Datetime.now() - timedelta(days=10)
        wish, withdrawal = self._wish(1, order), {'legal_basis': 'withdrawal'}

        self.assertEqual(self._get_eligibility(wish), 'review')
        self.assertEqual(self._get_eligibility(wish, withdrawal), 'accepted')
        return_order, _result = self._create(wish, values=withdrawal)
        self.assertRecordValues(return_order, [{'state': 'approved', 'legal_basis': 'withdrawal'}])

    def _get_eligibility(self, wish, values=None):
        return self.Returns.check_phone_lines(wish, values)['verdicts'][str(wish[0]['move_id'])]['eligibility']

    def test_a_delivery_in_dozens_comes_back_in_dozens(self):
        self.env['ir.config_parameter'].set_param('stock.propagate_uom', '1')
        dozen = self.env.ref('uom.product_uom_dozen')
        order = self._create_order(order_line=[Command.create({
            'product_id': self.product.id, 'product_uom_qty': 2, 'product_uom_id': dozen.id,
        })])
        self._deliver(order)
        line = self.Returns.search_delivered(order.name)['lines'][0]
        self.assertEqual((line['qty_returnable'], line['unit']), (2, "Dozens"))
        return_order, _result = self._create(self._wish(1, order))
        self.assertRecordValues(return_order.line_ids, [{'product_uom_id': dozen.id}])

    def test_who_may_not_read_the_delivery_may_not_return_it(self):
        other = self.setup_other_company(name="Other Company")['company']
        stranger = new_test_user(
            self.env, 'test_stranger', 'returns_management.group_returns_manager', company_id=other.id,
            company_ids=[Command.set(other.ids)])
        employee = new_test_user(self.env, 'test_employee', 'base.group_user', company_id=self.company.id)
        for user, error in ((stranger, UserError), (employee, AccessError)):
            self.Returns = self.env['returns.order'].with_user(user)
            for method in (self.Returns.check_phone_lines, self.Returns.create_by_phone):
                with self.subTest(user=user.login, method=method.__name__), self.assertRaises(error):
                    method(self._wish(1))


@tagged('post_install', '-at_install')
class TestPhoneTour(ReturnsCommon, HttpCase):

    def test_two_of_three_sizes_in_at_most_eight_clicks_or_entries(self):
        attribute = self.env['product.attribute'].create({
            'name': "Size", 'value_ids': [Command.create({'name': size}) for size in ("38", "39", "40")]})
        sizes = self.env['product.template'].create({
            'name': "Boot", 'is_storable': True, 'list_price': 100, 'taxes_id': False,
            'attribute_line_ids': [Command.create({
                'attribute_id': attribute.id, 'value_ids': [Command.set(attribute.value_ids.ids)]})],
        }).product_variant_ids
        for size in sizes:
            self._add_stock(size, 5)
        self.order = self._create_order(
            client_order_ref="WEB-4711",
            order_line=[Command.create({'product_id': size.id, 'product_uom_qty': 2}) for size in sizes])
        self._deliver(self.order)

        self.start_tour('/odoo/returns', 'returns_phone_tour', login=self.user.login)

        return_order = self.order.returns_order_ids
        self.assertEqual(return_order.state, 'approved')
        self.assertEqual(return_order.line_ids.product_id, sizes[0] + sizes[2])
        self.assertEqual(return_order.line_ids.mapped('product_uom_qty'), [1, 1])
        self.assertEqual(return_order.line_ids.reason_id, self.reason)

    @mute_logger('odoo.http')
    def test_the_way_through_the_page(self):
        """Nothing found, two customers of one name, too many, no reason: every word that people may meet."""
        late = self._create_delivered_order(client_order_ref="LATE-1")
        late.picking_ids.move_ids.date = '2020-01-01'
        namesake = self.customer.copy({'name': self.customer.name, 'city': "Ghent"})
        self._create_delivered_order(partner_id=namesake.id)

        self.start_tour('/odoo/new-return', 'returns_phone_words_tour', login=self.user.login)

        self.assertEqual(late.returns_order_ids.state, 'requested')
