from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NOTHING_TO_INVOICE, ReturnsCommon


@tagged('post_install', '-at_install')
class TestCreditShare(ReturnsCommon):
    """A part of the price is credited when goods lost value; a later raise is an amount, no quantity and no cost."""

    def _create_shared_return(self, share=0.7, quantity=2):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(self._create_delivered_order(), quantity)
        return_order.line_ids._set_credit_share(share, "Scratched")
        return return_order

    def _credit(self, return_order):
        before = return_order.credit_note_ids
        return_order.action_create_credit_notes()
        (return_order.credit_note_ids - before).action_post()
        return return_order.credit_note_ids - before

    def test_a_share_of_the_price_is_credited_for_the_whole_quantity(self):
        return_order = self._create_shared_return()
        self.assertRecordValues(return_order.line_ids, [{'amount_expected': 161, 'amount_to_credit': 161}])
        credit_note = self._credit(return_order)
        self.assertRecordValues(credit_note.invoice_line_ids, [{
            'quantity': 2, 'price_unit': 70, 'price_subtotal': 140, 'returns_part': 'goods', 'returns_share': 0.7}])
        self.assertRecordValues(return_order.line_ids, [{'qty_credited': 2, 'qty_to_credit': 0, 'share_to_credit': 0}])
        self.assertRecordValues(return_order.sale_order_ids.order_line, [{'qty_invoiced': 3, **NOTHING_TO_INVOICE}])
        self.assertEqual((return_order.state, return_order.line_ids.credit_share_note), ('done', "Scratched"))

    def test_a_later_raise_is_an_amount_that_touches_neither_order_nor_cost(self):
        return_order = self._create_shared_return()
        self._credit(return_order)
        raised = return_order.line_ids._set_credit_share(0.9, "The customer was right")
        self.assertRecordValues(return_order, [{
            'credit_status': 'partial', 'next_step': 'credit', 'state': 'approved'}])
        raised.action_post()
        self.assertRecordValues(raised.invoice_line_ids, [{
            'quantity': 2, 'price_subtotal': 40, 'returns_part': 'share', 'sale_line_ids': []}])
        self.assertFalse(raised.line_ids.filtered(lambda line: line.display_type == 'cogs'))
        order = return_order.sale_order_ids
        self.assertRecordValues(order.order_line, [{'qty_invoiced': 3, **NOTHING_TO_INVOICE}])
        self.assertIn(raised, order.invoice_ids)
        self.assertRecordValues(return_order.line_ids, [{
            'qty_credited': 2, 'share_to_credit': 0, 'amount_credited': 207, 'amount_to_credit': 0}])
        self.assertEqual(return_order.state, 'done')

    def test_a_deleted_raise_is_owed_again(self):
        return_order = self._create_shared_return()
        self._credit(return_order)
        return_order.line_ids._set_credit_share(1, "Not scratched").unlink()
        self.assertRecordValues(return_order, [{'next_step': 'credit', 'next_actor': 'returns'}])
        self.assertEqual(return_order.line_ids.amount_to_credit, 69)
        self.assertEqual(self._credit(return_order).amount_total, 69)
        self.assertFalse(self._credit(return_order))

    def test_what_is_on_a_draft_gets_no_share_of_what_comes_next(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_confirmed_return(self._create_delivered_order())
        self._receive(return_order, quantity=1)
        return_order.line_ids._set_credit_share(0.7, "Scratched")
        for _piece in range(2):
            return_order.action_create_credit_notes()
            self._receive(return_order)
        self.assertEqual(return_order.credit_note_ids.mapped('amount_untaxed'), [70, 70])

    def test_a_raise_is_credited_with_what_came_since(self):
        self.policy.credit_trigger = 'manual'
        for posted in (True, False):
            return_order = self._create_confirmed_return(self._create_delivered_order())
            self._receive(return_order, quantity=1)
            return_order.line_ids._set_credit_share(0.5, "Scratched")
            return_order.action_create_credit_notes()
            first = return_order.credit_note_ids
            if posted:
                first.action_post()
            self._receive(return_order)
            raised = return_order.line_ids._set_credit_share(1, "Not scratched")
            with self.subTest(posted=posted):
                self.assertEqual(first.amount_untaxed, 50)
                self.assertEqual(raised.invoice_line_ids.mapped('price_subtotal'), [100, 50])

    def test_a_cancelled_credit_note_counts_for_nothing(self):
        return_order = self._create_shared_return()
        credit_note = self._credit(return_order)
        credit_note.button_draft()
        credit_note.button_cancel()
        self.assertEqual(self._credit(return_order).amount_untaxed, 140)

    def test_the_share_is_the_average_over_what_was_accepted(self):
        """The first of two is as new and credited in full, the second is worth nothing."""
        self.policy.credit_trigger = 'manual'
        return_order = self._create_confirmed_return(self._create_delivered_order())
        self._receive(return_order, quantity=1)
        self._credit(return_order)
        self._receive(return_order)
        return_order.line_ids._set_credit_share(0.75, "The second one is dirty")
        self.assertEqual(self._credit(return_order).amount_untaxed, 50)

    def test_less_than_what_is_credited_is_refused(self):
        return_order = self._create_shared_return()
        self._credit(return_order)
        with self.assertRaisesRegex(UserError, "credited for Test Shoe"):
            return_order.line_ids._set_credit_share(0.5, "Worse than we thought")

    def test_a_share_needs_a_reason_and_a_part_of_the_price(self):
        line = self._create_shared_return().line_ids
        for share, note, message in ((0.5, " ", "Say why"), (0.5, None, "Say why"), (1.5, "Nice", "between 0 and 100")):
            with self.subTest(note), self.assertRaisesRegex(UserError, message):
                line._set_credit_share(share, note)

    def test_nobody_writes_the_share(self):
        line = self._create_shared_return().line_ids
        with self.assertRaises(UserError):
            line.with_user(self.user).credit_share = 0.1

    def test_a_withdrawal_is_lowered_with_evidence_only(self):
        self.customer.write({'is_company': False, 'country_id': self.env.ref('base.de').id})
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(self._create_delivered_order(), legal_basis='withdrawal')
        with self.assertRaisesRegex(UserError, "Attach a photo"):
            return_order.line_ids._set_credit_share(0.7, "Worn outside")
        self.env['ir.attachment'].create({
            'name': 'sole.png', 'mimetype': 'image/png', 'res_model': 'returns.order', 'res_id': return_order.id})
        return_order.line_ids.invalidate_recordset(['has_photo'])
        return_order.line_ids._set_credit_share(0.7, "Worn outside")
        self.assertEqual(return_order.amount_expected, 161)
