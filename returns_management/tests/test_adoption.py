from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestAdoption(ReturnsCommon):
    """Somebody has reversed a delivery in Inventory: a return can own that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_delivered_order()

    def _take_back(self, quantity=2, done=True, order=None):
        """Reverse the delivery as core does, without any return."""
        picking = self._reverse((order or self.order).picking_ids[0], quantity)
        if done:
            picking.button_validate()
        return picking

    def _adopt(self, picking, user=None):
        action = picking.with_user(user or self.user).action_adopt_into_return()
        return self.env['returns.order'].browse(action['res_id'])

    def _get_listed(self):
        action = self.env['ir.actions.act_window']._for_xml_id('returns_management.returns_plain_action')
        return self.env['stock.picking'].with_user(self.user).search(safe_eval(action['domain']))

    def test_what_came_back_without_a_return_is_listed_until_it_has_one(self):
        picking = self._take_back()
        self.assertIn(picking, self._get_listed())
        self.assertTrue(picking.with_user(self.user).returns_is_plain)
        self._adopt(picking)
        self.assertNotIn(picking, self._get_listed())
        self.assertFalse(picking.returns_is_plain)

    def test_an_empty_list_says_what_it_is_for(self):
        action = self.env['ir.actions.act_window']._for_xml_id('returns_management.returns_plain_action')
        pickings = self.env['stock.picking'].with_user(self.user).with_context(**safe_eval(action['context']))
        self.assertEqual(pickings.get_empty_list_help(action['help']), action['help'])
        self.assertNotEqual(self.env['stock.picking'].get_empty_list_help(action['help']), action['help'])

    def test_goods_that_are_here_are_approved_and_credited(self):
        picking = self._take_back()
        return_order = self._adopt(picking)
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'reception_status': 'full', 'credit_status': 'pending',
            'partner_id': self.customer.id, 'warehouse_id': self.warehouse.id, 'picking_ids': picking.ids}])
        self.assertRecordValues(return_order.line_ids, [{
            'qty_received': 2, 'qty_accepted': 2, 'qty_in_draft_credit': 2,
            'origin_move_id': self.order.picking_ids[0].move_ids.id}])
        return_order.credit_note_ids.action_post()
        self.assertRecordValues(self.order.order_line, [{
            'qty_delivered': 3, 'qty_invoiced': 3, 'qty_to_invoice': 0}])

    def test_goods_on_their_way_are_credited_when_they_arrive(self):
        picking = self._take_back(done=False)
        return_order = self._adopt(picking)
        self.assertRecordValues(return_order, [{'state': 'approved', 'reception_status': 'pending'}])
        self.assertEqual(return_order.picking_ids, picking, "Nothing is announced a second time.")
        self._receive(return_order)
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 2, 'qty_in_draft_credit': 2}])

    def test_nothing_is_claimed_twice(self):
        return_order = self._adopt(self._take_back(quantity=4))
        self.assertEqual(return_order.line_ids._get_qty_claimed(), 4)
        self.assertEqual(self._create_return(self.order, quantity=1).line_ids.qty_returnable, 1)
        self._create_confirmed_return(self.order, quantity=1)
        with self.assertRaisesRegex(UserError, "takes nothing back"):
            self._adopt(return_order.picking_ids)

    def test_the_policy_has_its_say(self):
        self.policy.auto_approve = False
        return_order = self._adopt(self._take_back(quantity=3))
        self.assertRecordValues(return_order, [{'state': 'requested', 'next_step': 'review'}])
        return_order.line_ids.qty_approved = 2
        return_order.action_approve()
        self.assertRecordValues(return_order.line_ids, [{
            'qty_accepted': 2, 'qty_refused': 1, 'qty_in_draft_credit': 2}])

    def test_no_more_is_expected_than_is_approved(self):
        self.policy.auto_approve = False
        return_order = self._adopt(self._take_back(quantity=3, done=False))
        return_order.line_ids.qty_approved = 2
        return_order.action_approve()
        self.assertRecordValues(return_order.line_ids, [{'qty_to_receive': 2}])
        self.assertEqual(self._create_return(self.order).line_ids.qty_returnable, 3)

    def test_what_is_refused_is_not_expected(self):
        self.policy.auto_approve = False
        picking = self._take_back(done=False)
        return_order = self._adopt(picking)
        return_order.refusal_note = "No."
        return_order.action_refuse()
        self.assertEqual(picking.state, 'cancel')
        self.assertEqual(self._create_return(self.order).line_ids.qty_returnable, 5)

    def test_the_return_that_waits_for_it_gets_it(self):
        waiting = self._create_confirmed_return(self.order, quantity=2)
        picking = self._take_back(quantity=2)
        self.assertEqual(self._adopt(picking), waiting)
        self.assertRecordValues(waiting.line_ids, [{'qty_received': 2, 'qty_to_receive': 0, 'qty_in_draft_credit': 2}])
        self.assertCountEqual(waiting.picking_ids.mapped('state'), ['cancel', 'done'])
        self.assertEqual(self._create_return(self.order).line_ids.qty_returnable, 3)

    def test_of_a_part_the_rest_stays_expected(self):
        waiting = self._create_confirmed_return(self.order, quantity=3)
        self._adopt(self._take_back(quantity=1))
        self.assertRecordValues(waiting.line_ids, [{'qty_received': 1, 'qty_to_receive': 2}])
        self._receive(waiting)
        self.assertRecordValues(waiting, [{'reception_status': 'full'}])
        self.assertRecordValues(waiting.line_ids, [{'qty_received': 3, 'qty_in_draft_credit': 3}])

    def test_what_was_credited_by_hand_is_not_credited_again(self):
        picking = self._take_back()
        self._credit_by_hand(self.order.invoice_ids, 2).action_post()
        return_order = self._adopt(picking)
        self.assertFalse(return_order.credit_note_ids)
        self.assertRecordValues(return_order, [{'state': 'done', 'credit_status': 'no'}])
        self.assertRecordValues(return_order.line_ids, [{'qty_received': 2, 'qty_to_credit': 0}])

    def test_what_came_before_the_invoice_is_not_credited(self):
        product = self._create_storable("Early", invoice_policy='delivery')
        order = self._create_delivered_order(product=product, invoiced=False)
        picking = self._take_back(order=order)
        self.assertEqual(self._invoice(order).amount_untaxed, 300)
        self.assertRecordValues(self._adopt(picking).line_ids, [{'qty_received': 2, 'qty_to_credit': 0}])

    def test_what_did_not_count_for_the_order_does_then(self):
        picking = self._take_back(done=False)
        picking.move_ids.to_refund = False
        picking.button_validate()
        self.assertEqual(self.order.order_line.qty_delivered, 5)
        self._adopt(picking)
        self.assertEqual(self.order.order_line.qty_delivered, 3)

    def test_more_than_was_delivered_is_not_adopted(self):
        self._create_confirmed_return(self.order, quantity=3)
        picking = self._take_back(quantity=4)
        with self.assertRaisesRegex(UserError, "More would come back"), self.env.cr.savepoint():
            self._adopt(picking)
        self.assertFalse(picking.returns_order_id)

    def test_many_are_adopted_at_once_each_customer_apart(self):
        other = self._create_delivered_order(partner_id=self.env['res.partner'].create({'name': "Other"}).id)
        pickings = self._take_back() + self._take_back(order=other)
        pickings.with_user(self.user).action_adopt_into_return()
        self.assertEqual(len(pickings.returns_order_id), 2)
        self.assertEqual(pickings.returns_order_id.partner_id, self.customer + other.partner_id)

    def test_a_kit_stays_as_it_is(self):
        part = self._create_storable("Lace")
        picking = self._take_back(done=False)
        moves = picking.move_ids + self.order.picking_ids[0].move_ids
        self.env.cr.execute("UPDATE stock_move SET product_id = %s WHERE id IN %s", [part.id, tuple(moves.ids)])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Kits cannot be returned here"):
            self._adopt(picking)

    def test_a_reception_of_something_else_is_no_return(self):
        self.assertFalse(self._create_received_return(self.order).picking_ids.returns_is_plain)
        self.assertFalse(self.order.picking_ids[0].returns_is_plain)
        with self.assertRaisesRegex(UserError, "takes nothing back"):
            self._adopt(self.order.picking_ids[0])

    def test_only_who_handles_returns_makes_one(self):
        with self.assertRaises(AccessError):
            self._adopt(self._take_back(), user=self.stock_user)

    def test_goods_that_came_long_ago_keep_their_day(self):
        picking = self._take_back()
        picking.move_ids.date = self._days_ago(3)
        return_order = self._adopt(picking)
        self.assertEqual(
            return_order.date_refund_deadline - picking.move_ids.date.date(),
            timedelta(days=return_order.line_ids.policy_id.refund_days))
