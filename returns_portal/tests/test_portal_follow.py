from odoo import Command
from odoo.tests import tagged

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestPortalFollow(PortalCommon):
    """What the customer reads follows from the next step, and says nothing that is not so."""

    def _get_phases(self, return_order):
        """The time line: status by code."""
        return {phase['code']: phase['status'] for phase in return_order._get_customer_phases()}

    def _refuse_goods(self, return_order, quantity):
        """So much of what has arrived is not accepted in all."""
        self.env['returns.refuse.goods'].with_context(default_order_id=return_order.id).create({'line_ids': [
            Command.create({
                'returns_line_id': return_order.line_ids.id, 'quantity': quantity, 'note': "The sole is worn."}),
        ]}).action_refuse_goods()

    def _create_with(self, action, **values):
        """An approved return of two, whose customer gets what `action` says."""
        return_order = self._create_return(self._create_delivered_order())
        resolution = self.env.ref(f'returns_management.returns_resolution_{action}')
        return_order.line_ids.write({'resolution_id': resolution.id, **values})
        return_order.action_confirm()
        return return_order

    def test_each_next_step_says_what_happens_and_whose_turn_it_is(self):
        Return = self.env['returns.order']
        for step, _label in Return._fields['next_step'].selection:
            shown = Return.new({
                'state': 'approved', 'next_step': step, 'next_actor': 'returns', 'company_id': self.company.id,
                'date_next': '2026-03-05'})
            with self.subTest(step=step):
                if step == 'none':
                    self.assertEqual(shown._get_customer_step(), {})
                    continue
                said = shown._get_customer_step()
                self.assertEqual((said['actor'], said['until']), (self.company.name, "03/05/2026"))
                self.assertTrue(said['text'])
                self.assertTrue(shown._get_customer_status())
                self.assertIn('current', self._get_phases(shown).values())

    def test_the_page_reads_the_next_step_and_nothing_else(self):
        return_order = self._create_confirmed_return(self.order)
        self._login()
        for step, actor, words in (
            ('send', 'customer', ["Put the slip", "You"]), ('inspect', 'inspector', ["We look at what you sent us"]),
            ('pay', 'accounting', ["We pay the money back", self.company.name]),
        ):
            return_order.sudo().write({'next_step': step, 'next_actor': actor, 'date_next': '2026-03-05'})
            self.env.flush_all()
            page = self._get(f'/my/returns/{return_order.id}').text
            for text in (*words, "03/05/2026"):
                with self.subTest(step=step, text=text):
                    self.assertIn(text, page)

    def test_a_refund_goes_from_the_request_to_the_money(self):
        return_order = self._create_confirmed_return(self.order)
        self.assertEqual(self._get_phases(return_order), {
            'request': 'done', 'send': 'current', 'receive': 'open', 'credit': 'open', 'pay': 'open'})
        self._pay_out(return_order)
        self.assertEqual(set(self._get_phases(return_order).values()), {'done'})
        days = {phase['code']: phase['day'] for phase in return_order._get_customer_phases()}
        self.assertTrue(all(days[code] for code in ('request', 'receive', 'credit', 'pay')))

    def test_what_is_asked_for_is_still_checked(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self.order)
        return_order.action_submit()
        self.assertEqual(self._get_phases(return_order), {
            'request': 'current', 'send': 'open', 'receive': 'open', 'credit': 'open', 'pay': 'open'})

    def test_who_keeps_the_goods_sends_nothing(self):
        phases = self._get_phases(self._create_with('keep'))
        self.assertEqual(set(phases), {'request', 'credit', 'pay'})

    def test_who_gets_other_goods_gets_no_money(self):
        return_order = self._create_with('exchange')
        self.assertEqual(set(self._get_phases(return_order)), {'request', 'send', 'receive', 'ship'})
        self._receive(return_order)
        self.assertEqual(self._get_phases(return_order)['ship'], 'current')

    def test_money_in_advance_makes_no_parcel_arrive(self):
        self.policy.write({'credit_trigger': 'on_approval', 'credit_note_posting': 'posted'})
        return_order = self._create_confirmed_return(self.order)
        phases = self._get_phases(return_order)
        self.assertEqual(phases['credit'], 'done')
        self.assertNotIn('done', (phases['send'], phases['receive']))

    def test_what_is_looked_at_after_it_has_arrived_is_not_the_request(self):
        return_order = self._create_confirmed_return(self.order)
        self._receive(return_order)
        return_order.sudo().write({'next_step': 'answer', 'next_actor': 'customer'})
        self.assertEqual(self._get_phases(return_order)['inspect'], 'current')
        self.assertEqual(self._get_phases(return_order)['request'], 'done')
        self.assertIn("what we found", return_order._get_customer_step()['text'])
        return_order.sudo().next_step = 'review'
        self.assertIn("what you sent us", return_order._get_customer_step()['text'])

    def test_what_has_ended_another_way_has_no_time_line(self):
        return_order = self._create_confirmed_return(self.order)
        return_order.action_cancel()
        self.assertEqual(return_order._get_customer_phases(), [])

    def test_goods_that_are_refused_say_why(self):
        return_order = self._create_confirmed_return(self.order)
        self._receive(return_order)
        self._refuse_goods(return_order, 1)
        self._login()
        page = self._get(f'/my/returns/{return_order.id}').text
        self.assertIn("Not accepted", page)
        self.assertIn("The sole is worn.", page)

    def test_nobody_is_promised_money_for_goods_that_are_refused(self):
        return_order = self._create_confirmed_return(self.order)
        self._receive(return_order)
        self._refuse_goods(return_order, 1)
        self.assertEqual(return_order._get_customer_amount_expected(), return_order.amount_expected / 2)
        self._refuse_goods(return_order, 2)
        self.assertEqual(return_order._get_customer_amount_expected(), 0)
        self._login()
        self.assertNotIn("Expected amount", self._get(f'/my/returns/{return_order.id}').text)
        nothing = return_order.line_ids.new({'product_uom_qty': 0})
        self.assertEqual(nothing._get_customer_amount_expected(), 0)
