from datetime import date, datetime

from freezegun import freeze_time
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestLaw(ReturnsCommon):
    """Law before policy: what a consumer who withdraws has, whatever the shop says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consumer = cls.env['res.partner'].create({
            'name': "Carla Consumer", 'country_id': cls.env.ref('base.de').id})
        cls.company.partner_id.tz = 'UTC'
        cls.order = cls._create_delivered_order(partner_id=cls.consumer.id)

    def _withdraw(self, order=None, **values):
        return self._create_return(order or self.order, legal_basis='withdrawal', **values)

    def _deliver_on(self, day, **values):
        order = self._create_delivered_order(**{'partner_id': self.consumer.id, **values})
        order.picking_ids.move_ids.date = datetime.combine(day, datetime.min.time())
        return order

    def _get_codes(self, return_order):
        return return_order.line_ids.objection_ids.mapped('code')

    # --- May it come back? --------------------------------------------------------------------------------------------

    def test_the_law_beats_every_objection_of_the_policy(self):
        self.policy.write({
            'returnable': False, 'window_days': 0, 'auto_approve': False, 'needs_photo': True,
            'excluded_reason_ids': self.reason.ids})
        self.consumer.write({'returns_blocked': True, 'returns_blocked_reason': "Too many returns"})

        return_order = self._withdraw()
        self.assertRecordValues(return_order.line_ids, [{'eligibility': 'accepted', 'objection_summary': ""}])
        return_order.with_user(self.user).action_submit()

        self.assertEqual(return_order.state, 'approved', "There is nothing to decide.")
        self.assertEqual(
            return_order.withdrawal_right_id, self.env.ref('returns_management.returns_withdrawal_right_eu'))

    def test_what_is_a_fact_stands_before_the_law(self):
        self.assertEqual(self._get_codes(self._withdraw(quantity=6)), ['quantity'])

    def test_the_right_follows_the_country_of_the_delivery(self):
        for country, right in (
            ('base.fr', 'eu'), ('base.no', 'eu'), ('base.is', 'eu'), ('base.li', 'eu'), ('base.uk', 'uk'),
            ('base.ch', False), ('base.us', False),
        ):
            self.consumer.country_id = self.env.ref(country)
            return_order = self._withdraw()
            with self.subTest(country=country):
                expected = right and self.env.ref(f'returns_management.returns_withdrawal_right_{right}')
                self.assertEqual(return_order.withdrawal_right_id, expected or self.env['returns.withdrawal.right'])
                self.assertEqual(self._get_codes(return_order), [] if right else ['withdrawal_country'])

    def test_companies_do_not_withdraw(self):
        self.customer.country_id = self.env.ref('base.de')
        return_order = self._withdraw(self._create_delivered_order())
        self.assertEqual(self._get_codes(return_order), ['withdrawal_consumer'])
        self.assertEqual(return_order.line_ids.eligibility, 'refused')
        return_order.legal_basis = 'policy'
        self.assertEqual(return_order.line_ids.eligibility, 'accepted')

    def test_the_period_ends_fourteen_days_after_the_delivery(self):
        """Delivered on Monday 2 March 2026: Monday 16 March is the last day."""
        order = self._deliver_on(date(2026, 3, 2))
        for day, codes in ((date(2026, 3, 16), []), (date(2026, 3, 17), ['withdrawal_window'])):
            with self.subTest(day=day), freeze_time(day):
                self.assertEqual(self._get_codes(self._withdraw(order)), codes)

    def test_a_period_that_would_end_on_a_weekend_ends_on_monday_in_the_union_only(self):
        """Delivered on Saturday 7 March 2026: Saturday 21 March, in the union Monday 23 March."""
        order = self._deliver_on(date(2026, 3, 7))
        for country, day, codes in (
            ('base.de', date(2026, 3, 23), []), ('base.de', date(2026, 3, 24), ['withdrawal_window']),
            ('base.uk', date(2026, 3, 21), []), ('base.uk', date(2026, 3, 22), ['withdrawal_window']),
        ):
            self.consumer.country_id = self.env.ref(country)
            with self.subTest(country=country, day=day), freeze_time(day):
                self.assertEqual(self._get_codes(self._withdraw(order)), codes)

    def test_who_was_not_told_about_the_right_has_twelve_months_more(self):
        """Delivered on Monday 2 March 2026: 16 March 2027 is the last day, a Tuesday."""
        order = self._deliver_on(date(2026, 3, 2))
        for day, codes in ((date(2027, 3, 16), []), (date(2027, 3, 17), ['withdrawal_window'])):
            with self.subTest(day=day), freeze_time(day):
                self.assertEqual(self._get_codes(self._withdraw(order, withdrawal_information='never')), codes)

    def test_who_is_told_later_has_fourteen_days_from_then(self):
        """Told within twelve months of the delivery; told later still, as if never."""
        order = self._deliver_on(date(2026, 3, 2))
        for told, last_day in (
            (date(2026, 3, 1), date(2026, 3, 16)), (date(2026, 8, 3), date(2026, 8, 17)),
            (date(2027, 3, 2), date(2027, 3, 16)), (date(2027, 3, 3), date(2027, 3, 16)),
        ):
            return_order = self._withdraw(order, withdrawal_information='late', date_informed=told)
            with self.subTest(told=told):
                self.assertEqual(return_order.line_ids._get_window_deadline(), last_day)

    def test_what_was_said_about_the_right_stands_once_submitted(self):
        with self.assertRaisesRegex(ValidationError, "enter the day"):
            self._withdraw(withdrawal_information='late')
        return_order = self._withdraw()
        return_order.withdrawal_information = 'never'
        return_order.action_submit()
        with self.assertRaisesRegex(UserError, "was submitted"):
            return_order.withdrawal_information = 'in_time'

    def test_the_period_starts_with_the_last_good_of_the_order(self):
        order = self._create_order(partner_id=self.consumer.id)
        first = self._deliver(order, quantity=2)
        first.move_ids.date = '2026-03-02'
        second = order.picking_ids - first
        with freeze_time('2026-04-20'):
            self.assertEqual(self._get_codes(self._withdraw(order)), [], "It has not even started.")
            second.move_ids.quantity = 3
            second.move_ids.picked = True
            second.button_validate()
            second.move_ids.date = '2026-04-06'
            self.assertEqual(self._get_codes(self._withdraw(order)), [])
        with freeze_time('2026-04-21'):
            self.assertEqual(self._get_codes(self._withdraw(order)), ['withdrawal_window'])

    def test_what_is_still_to_be_picked_is_still_to_be_delivered(self):
        self.warehouse.delivery_steps = 'pick_ship'
        order = self._create_order(partner_id=self.consumer.id)
        self._deliver(order, quantity=2)
        self._validate(order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'outgoing'))
        shipped = order.order_line._get_returns_delivered_moves()
        self.assertEqual(shipped.quantity, 2)
        shipped.date = '2026-03-02'
        with freeze_time('2026-04-20'):
            self.assertEqual(self._get_codes(self._withdraw(order, quantity=1)), [])

    def test_the_shop_may_be_kinder(self):
        order = self._deliver_on(fields.Date.subtract(fields.Date.today(), days=25))
        return_order = self._withdraw(order)
        self.assertEqual(return_order.line_ids.eligibility, 'review')
        return_order.legal_basis = 'policy'
        self.assertEqual(return_order.line_ids.eligibility, 'accepted')

    def test_exceptions_are_told_by_product_or_category(self):
        self.product.returns_withdrawal_exception = 'perishable'
        self.assertEqual(self._get_codes(self._withdraw()), ['withdrawal_exception'])
        self.product.returns_withdrawal_exception = False
        self.category.parent_id = self.env['product.category'].create({
            'name': "Above", 'returns_withdrawal_exception': 'made_to_order'})
        return_order = self._withdraw()
        self.assertEqual(self._get_codes(return_order), ['withdrawal_exception'])
        self.assertIn("Made to the customer's order", return_order.objection_summary)
        self.assertEqual(return_order.objection_summary.count(self.product.display_name), 1)

    # --- Registered by phone ------------------------------------------------------------------------------------------

    def test_a_clerk_registers_an_earlier_declaration(self):
        order = self._deliver_on(date(2026, 3, 2))
        with freeze_time('2026-03-20 09:00:00'):
            form = Form(self._withdraw(order).with_user(self.user))
            form.date_declared = date(2026, 3, 16)
            return_order = form.save()
            self.assertEqual(return_order.line_ids.eligibility, 'accepted')
            return_order.action_submit()
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'date_request': datetime(2026, 3, 16, 12), 'date_refund_deadline': date(2026, 3, 30)}])

    def test_an_earlier_day_counts_for_withdrawals_only(self):
        order = self._deliver_on(fields.Date.subtract(fields.Date.today(), days=40))
        return_order = self._create_return(order, date_declared=fields.Date.subtract(fields.Date.today(), days=40))
        self.assertEqual(self._get_codes(return_order), ['window'])

    def test_nobody_withdraws_in_the_future(self):
        with self.assertRaisesRegex(ValidationError, "future"):
            self._withdraw(date_declared=fields.Date.add(fields.Date.today(), days=1))

    def test_basis_and_day_stand_once_submitted(self):
        return_order = self._withdraw()
        return_order.action_submit()
        for values in ({'legal_basis': 'policy'}, {'date_declared': '2026-01-01'}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "reset it to draft"):
                return_order.write(values)

    # --- Refusing -----------------------------------------------------------------------------------------------------

    def _create_waiting_withdrawal(self, exception=False):
        self.product.returns_withdrawal_exception = exception
        return_order = self._withdraw()
        self.patch(self.env.registry['returns.order'], '_is_approved_automatically', lambda order: False)
        return_order.action_submit()
        return_order.refusal_note = "No."
        return return_order

    def test_a_withdrawal_is_refused_on_a_ground_of_the_law_only(self):
        return_order = self._create_waiting_withdrawal()
        with self.assertRaisesRegex(UserError, "ground that the law lists"):
            return_order.action_refuse()
        self._refuse(return_order, 'sealed_hygiene')
        self.assertRecordValues(return_order, [{'state': 'refused', 'refusal_ground': 'sealed_hygiene'}])

    def _refuse(self, return_order, ground):
        wizard = Form(self.env['returns.refuse'].with_user(self.user).with_context(
            active_model='returns.order', active_ids=return_order.ids))
        wizard.note = "The seal is broken."
        wizard.refusal_ground = ground
        wizard.save().action_refuse()

    def test_a_ground_of_the_law_is_noted_on_withdrawals_only(self):
        withdrawal = self._create_waiting_withdrawal()
        other = self._create_return(self._create_delivered_order())
        other.action_submit()
        self._refuse(withdrawal + other, 'sealed_media')
        self.assertRecordValues(withdrawal + other, [
            {'state': 'refused', 'refusal_ground': 'sealed_media'}, {'state': 'refused', 'refusal_ground': False}])

    def test_an_objection_of_the_law_is_such_a_ground(self):
        return_order = self._create_waiting_withdrawal('perishable')
        self._refuse(return_order, ground=False)
        self.assertEqual(return_order.state, 'refused')

    def test_a_part_is_not_refused_either(self):
        return_order = self._create_waiting_withdrawal()
        return_order.line_ids.qty_approved = 1
        with self.assertRaisesRegex(UserError, "withdraw from all of it"):
            return_order.action_approve()
        return_order.refusal_ground = 'sealed_media'
        return_order.action_approve()
        self.assertEqual(return_order.state, 'approved')

    def test_the_consumer_has_the_days_of_the_law_to_send(self):
        self.policy.shipping_days = 3
        return_order = self._withdraw()
        return_order.action_submit()
        self.assertEqual(return_order.date_deadline, fields.Date.add(fields.Date.today(), days=14))

    # --- The refund clock ---------------------------------------------------------------------------------------------

    def _get_refund_deadline(self, received_on=None, sent_on=None):
        """Of a withdrawal declared on 2 March 2026."""
        with freeze_time('2026-03-02 09:00:00'):
            return_order = self._withdraw(self._deliver_on(date(2026, 3, 1)))
            return_order.action_submit()
            return_order.date_sent = sent_on
        if received_on:
            with freeze_time(received_on):
                self._receive(return_order)
        return return_order.date_refund_deadline

    def test_in_the_union_the_clock_runs_from_the_declaration_but_not_before_goods_or_proof(self):
        self.assertEqual(self._get_refund_deadline(), date(2026, 3, 16))
        self.assertEqual(self._get_refund_deadline(received_on='2026-03-09'), date(2026, 3, 16))
        self.assertEqual(self._get_refund_deadline(received_on='2026-03-20'), date(2026, 3, 20))
        self.assertEqual(
            self._get_refund_deadline(received_on='2026-03-20', sent_on=date(2026, 3, 4)), date(2026, 3, 16))

    def test_in_the_kingdom_the_clock_runs_from_goods_or_proof(self):
        self.consumer.country_id = self.env.ref('base.uk')
        self.assertFalse(self._get_refund_deadline())
        self.assertEqual(self._get_refund_deadline(received_on='2026-03-09'), date(2026, 3, 23))
        self.assertEqual(
            self._get_refund_deadline(received_on='2026-03-09', sent_on=date(2026, 3, 4)), date(2026, 3, 18))

    def test_refund_due_lists_what_is_to_be_paid_back_now(self):
        """Not what may be held back, since nothing has come and nothing says that it was sent; nor what is settled."""
        returns = self.env['returns.order'].union(*(self._withdraw(quantity=1) for _number in range(4)))
        returns.action_submit()
        held_back, sent, received, settled = returns
        sent.date_sent = fields.Date.today()
        self._receive(received + settled)
        settled.credit_note_ids.action_post()
        self.assertEqual(settled.state, 'done')
        arch = etree.fromstring(self.env['returns.order'].get_view(view_type='search')['arch'])
        domain = safe_eval(arch.find('.//filter[@name="refund_due"]').get('domain'))
        self.assertEqual(
            held_back.search([*domain, ('id', 'in', returns.ids)], order='id'), sent + received)

    def test_what_is_due_first_stands_on_top(self):
        action = self.env.ref('returns_management.returns_order_action_refund_due')
        view = self.env.ref('returns_management.returns_order_view_list_refund_due')
        self.assertEqual(action.view_ids.view_id, view)
        self.assertIn('date_refund_deadline, id', view.get_combined_arch())

    # --- Who may ------------------------------------------------------------------------------------------------------

    def test_only_a_manager_changes_what_the_law_is(self):
        right = self.env.ref('returns_management.returns_withdrawal_right_eu')
        with self.assertRaises(AccessError):
            right.with_user(self.user).window_days = 7
        with self.assertRaisesRegex(ValidationError, "Choose the countries"):
            right.with_user(self.manager).write({'country_group_id': False, 'country_ids': False})
