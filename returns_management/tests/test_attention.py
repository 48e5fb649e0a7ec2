from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ReturnsExchangeCommon

LOGGER = 'odoo.addons.returns_management.models.returns_order_automation'


@tagged('post_install', '-at_install')
class TestAttention(ReturnsExchangeCommon):
    """Each step that fails has a note of its own, which only its own success takes away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.return_order = cls._create_confirmed_return(cls._create_delivered_order())

    def _run(self, step, error=None):
        """Run `step` with nobody at the screen; it does nothing, or fails with `error`."""
        with patch.object(self.registry['returns.order'], step, side_effect=error and ValueError(error)), (
            mute_logger(LOGGER)
        ):
            self.return_order._run_automatically(step)

    def test_another_step_that_succeeds_does_not_take_the_note_away(self):
        self._run('_create_credit_notes', "No account.")
        self._run('_create_replacements')
        self.assertEqual(self.return_order.attention_note, "No account.")
        self._run('_create_credit_notes')
        self.assertFalse(self.return_order.attention_note)

    def test_what_failed_in_two_ways_says_both(self):
        self._run('_create_credit_notes', "No account.")
        self._run('_create_replacements', "No stock.")
        self.assertEqual(self.return_order.attention_note, "No account.\nNo stock.")
        self._run('_create_replacements')
        self.assertEqual(self.return_order.attention_note, "No account.")

    def test_the_same_message_is_read_once(self):
        for step in ('_create_credit_notes', '_create_replacements'):
            self._run(step, "No stock.")
        self.assertEqual(self.return_order.attention_note, "No stock.")

    def test_a_verb_takes_away_its_own_note_only(self):
        for verb, step in (
            ('action_create_credit_notes', '_create_credit_notes'),
            ('action_create_replacements', '_create_replacements'),
            ('action_pay_out', '_pay_out'),
        ):
            with self.subTest(verb=verb):
                self._run(step, "Mine.")
                self._run('_expire', "Not mine.")
                getattr(self.return_order, verb)()
                self.assertEqual(self.return_order.attention_by_step, {'_expire': "Not mine."})

    def test_cost_that_could_not_be_booked_is_told_whatever_is_credited(self):
        with patch.object(self.registry['returns.order'], '_book_cost', side_effect=ValueError("No stock journal.")), (
            mute_logger(LOGGER)
        ):
            self.return_order._run_automatically('_book_cost')
        self._receive(self.return_order)
        self.assertTrue(self.return_order.credit_note_ids)
        self.assertEqual(self.return_order.attention_note, "No stock journal.")

    def test_trying_again_does_what_failed_and_forgets_it(self):
        self._receive(self.return_order)
        self.return_order.credit_note_ids.unlink()
        self._run('_create_credit_notes', "No account.")
        self._run('_expire', "Later.")
        self.return_order.with_user(self.user).action_retry()
        self.assertRecordValues(self.return_order, [{'attention_note': False, 'credit_note_count': 1}])
        self.assertEqual(self.return_order.state, 'approved', "What a scheduled action does is left to it.")

    def test_trying_again_fails_in_the_face_of_who_tries(self):
        self._run('_create_credit_notes', "No account.")
        with patch.object(
            self.registry['returns.order'], '_create_credit_notes', side_effect=UserError("Still no account.")
        ), self.assertRaisesRegex(UserError, "Still no account"):
            self.return_order.action_retry()
        self.assertEqual(self.return_order.attention_note, "No account.")

    def test_a_bill_that_is_too_high_is_told_until_it_is_corrected(self):
        self.policy.write({'exchange_trigger': 'on_approval', 'credit_trigger': 'on_approval'})
        small, large = self._create_sizes()
        return_order = self._create_exchange(self._create_delivered_order(product=small), quantity=3, product=large)
        bill = return_order.exchange_order_ids.invoice_ids
        bill.action_post()
        self._receive(return_order, quantity=1)
        with mute_logger(LOGGER):
            return_order.action_close_rest("Only one came")
        self.assertIn("bills more", return_order.attention_note)
        with self.assertRaisesRegex(UserError, "bills more"):
            return_order.action_retry()
        self._credit_by_hand(bill, 2).action_post()
        return_order.action_retry()
        self.assertFalse(return_order.attention_note)

    def test_the_list_of_what_needs_attention_finds_it(self):
        self._run('_create_credit_notes', "No account.")
        self.assertIn(self.return_order, self.env['returns.order'].search([('attention_note', '!=', False)]))
        self._run('_create_credit_notes')
        self.assertNotIn(self.return_order, self.env['returns.order'].search([('attention_note', '!=', False)]))
