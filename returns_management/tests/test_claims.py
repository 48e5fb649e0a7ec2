from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestClaims(ReturnsCommon):
    """Never more comes back than was delivered, by whatever way."""

    def _create_plain_return(self, order, quantity):
        """A return made with core's own wizard, without any return document."""
        picking = order.picking_ids.filtered(lambda picking: picking.picking_type_code == 'outgoing')[0]
        return self._reverse(picking, quantity)

    def test_six_of_five_are_refused(self):
        return_order = self._create_return(self._create_delivered_order(), quantity=6)
        with self.assertRaisesRegex(UserError, "More would come back"):
            return_order.action_confirm()

    def test_three_and_three_of_five_are_refused(self):
        order = self._create_delivered_order()
        self._create_confirmed_return(order, quantity=3)
        second = self._create_return(order, quantity=3)

        self.assertRecordValues(second.line_ids, [{'qty_returnable': 2, 'eligibility': 'refused'}])
        with self.assertRaises(UserError):
            second.action_confirm()

    def test_three_and_three_of_five_are_refused_in_one_batch(self):
        order = self._create_delivered_order()
        returns = self._create_return(order, quantity=3) + self._create_return(order, quantity=3)
        with self.assertRaises(UserError):
            returns.action_submit()

    def test_two_lines_of_one_return_share_the_delivery(self):
        order = self._create_delivered_order()
        return_order = self._create_return(order, quantity=3)
        return_order.line_ids = [Command.create({'sale_line_id': order.order_line.id, 'product_uom_qty': 3})]
        with self.assertRaises(UserError):
            return_order.action_submit()

    def test_two_after_a_plain_return_of_four_are_refused(self):
        order = self._create_delivered_order()
        picking = self._create_plain_return(order, quantity=4)
        picking.button_validate()

        return_order = self._create_return(order, quantity=2)

        self.assertEqual(return_order.line_ids.qty_returnable, 1)
        with self.assertRaises(UserError):
            return_order.action_confirm()

    def test_an_open_plain_return_counts_and_a_cancelled_one_does_not(self):
        order = self._create_delivered_order()
        picking = self._create_plain_return(order, quantity=4)
        self.assertEqual(self._create_return(order).line_ids.qty_returnable, 1)
        picking.action_cancel()
        self.assertEqual(self._create_return(order).line_ids.qty_returnable, 5)

    def test_a_requested_return_claims_and_a_draft_does_not(self):
        self.policy.auto_approve = False
        order = self._create_delivered_order()
        first = self._create_return(order, quantity=3)
        second = self._create_return(order, quantity=3)
        self.assertEqual(second.line_ids.qty_returnable, 5)
        first.action_submit()
        self.env.invalidate_all()
        self.assertEqual(second.line_ids.qty_returnable, 2)

    def test_refused_and_cancelled_returns_give_their_claim_back(self):
        self.policy.auto_approve = False
        order = self._create_delivered_order()
        refused = self._create_return(order, quantity=5)
        refused.action_submit()
        refused.refusal_note = "No."
        refused.action_refuse()
        cancelled = self._create_confirmed_return(order, quantity=5)
        cancelled.action_cancel()

        return_order = self._create_confirmed_return(order, quantity=5)

        self.assertEqual(return_order.state, 'approved')

    def test_what_is_not_approved_is_free_again(self):
        self.policy.auto_approve = False
        order = self._create_delivered_order()
        return_order = self._create_return(order, quantity=5)
        return_order.action_submit()
        return_order.line_ids.qty_approved = 2
        return_order.action_approve()
        self.assertEqual(self._create_return(order).line_ids.qty_returnable, 3)

    def test_what_is_received_stays_claimed_when_the_rest_never_comes(self):
        order = self._create_delivered_order()
        return_order = self._create_confirmed_return(order, quantity=5)
        self._receive(return_order, quantity=2)
        return_order.picking_ids.filtered(lambda picking: picking.state != 'done').action_cancel()

        self.assertEqual(return_order.reception_status, 'full')
        self.assertEqual(self._create_return(order).line_ids.qty_returnable, 3)

    def test_the_quantity_is_checked_again_at_the_approval(self):
        self.policy.auto_approve = False
        order = self._create_delivered_order()
        return_order = self._create_return(order, quantity=2)
        return_order.action_submit()
        self._create_plain_return(order, quantity=4).button_validate()
        with self.assertRaisesRegex(UserError, "More would come back"):
            return_order.action_approve()

    def test_a_copy_claims_anew(self):
        order = self._create_delivered_order()
        copy = self._create_confirmed_return(order, quantity=3).copy()
        self.assertRecordValues(copy, [{'state': 'draft', 'reception_status': 'no', 'credit_status': 'no'}])
        with self.assertRaises(UserError):
            copy.action_submit()

    def test_quantities_compare_in_the_unit_of_the_product(self):
        order = self._create_delivered_order(quantity=12)
        return_order = self._create_return(order, quantity=1)
        return_order.line_ids.product_uom_id = self.env.ref('uom.product_uom_dozen')
        self.assertRecordValues(return_order.line_ids, [{'qty_returnable': 1, 'eligibility': 'accepted'}])
        return_order.line_ids.product_uom_qty = 1.01
        self.assertEqual(return_order.line_ids.eligibility, 'refused')

    def test_each_delivery_has_its_own_claim(self):
        order = self._create_order(quantity=5)
        self._deliver(order, quantity=3)
        self._deliver(order)
        first = self._create_confirmed_return(order, quantity=3)

        second = self._create_return(order, quantity=2)

        self.assertNotEqual(second.line_ids.origin_move_id, first.line_ids.origin_move_id)
        self.assertEqual(second.line_ids.eligibility, 'accepted')

    def test_goods_delivered_again_can_come_back_again(self):
        order = self._create_delivered_order()
        self._create_received_return(order, quantity=5)
        order.order_line.product_uom_qty = 7
        self._deliver(order)

        return_order = self._create_confirmed_return(order, quantity=2)

        self.assertEqual(return_order.state, 'approved')

    def test_what_was_not_delivered_cannot_be_returned(self):
        order = self._create_order()
        with self.assertRaisesRegex(ValidationError, "was not delivered"):
            self._create_return(order)

    def test_nothing_of_a_submitted_line_changes_any_more(self):
        order = self._create_delivered_order()
        line = self._create_confirmed_return(order).line_ids
        for name, value in (('product_uom_qty', 1), ('qty_approved', 1), ('eligibility', 'accepted')):
            with self.subTest(field=name), self.assertRaises(UserError):
                line.write({name: value})
        with self.assertRaises(UserError):
            line.order_id.line_ids = [Command.create({'sale_line_id': order.order_line.id, 'product_uom_qty': 1})]
        with self.assertRaises(UserError):
            line.unlink()

    def test_a_kit_is_refused_with_a_clear_message(self):
        """Without its glue addon a kit looks like this: what was delivered is another product than what was sold."""
        order = self._create_delivered_order()
        part = self._create_storable("Lace")
        self.env.cr.execute(
            "UPDATE stock_move SET product_id = %s WHERE sale_line_id = %s", [part.id, order.order_line.id])
        self.env.invalidate_all()

        line = self._create_return(order).line_ids

        self.assertEqual(line.eligibility, 'refused')
        self.assertIn("kit", line.objection_ids[0].message)

    def test_the_form_fills_itself_from_a_sale_line(self):
        order = self._create_delivered_order()
        form = Form(self.env['returns.order'])
        form.partner_id = self.customer
        with form.line_ids.new() as line:
            line.sale_line_id = order.order_line
            line.product_uom_qty = 2
            line.reason_id = self.reason
            self.assertEqual(line.eligibility, 'accepted')
            self.assertEqual(line.qty_returnable, 5)
        return_order = form.save()
        self.assertEqual(return_order.line_ids.origin_move_id, order.picking_ids.move_ids)
