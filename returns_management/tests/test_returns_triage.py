from lxml import etree

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestReturnsTriage(ReturnsCommon):
    """Many returns are looked at, grouped and decided in one go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('fr_FR')
        cls.french = cls.env['res.partner'].create({'name': "Cliente", 'lang': 'fr_FR', 'email': 'c@example.com'})
        cls.text = cls.env['returns.text'].create({'name': "Test text", 'verb': 'refuse', 'body': "Too late, sorry."})
        cls.text.with_context(lang='fr_FR').body = "Trop tard, désolé."

    def _create_requested(self, days_ago=0, **values):
        """A return that waits for a person."""
        self.policy.auto_approve = False
        order = self._create_delivered_order(**values)
        if days_ago:
            order.picking_ids.move_ids.date = self._days_ago(days_ago)
        return_order = self._create_return(order)
        return_order.action_submit()
        return return_order

    def _open(self, model, returns, user=None, **context):
        return Form(self.env[model].with_user(user or self.env.user).with_context(
            active_model='returns.order', active_ids=returns.ids, **context))

    # === Why ===

    def test_what_is_to_review_is_grouped_by_why(self):
        late = self._create_requested(days_ago=90)
        fine = self._create_requested()
        self.policy.write({'auto_approve': True, 'auto_approve_limit': 1})
        large = self._create_return(self._create_delivered_order())
        large.action_submit()
        (late + fine + large).env.flush_all()
        self.assertEqual(
            self.env['returns.order']._read_group(
                [('id', 'in', (late + large).ids)], ['main_objection'], ['__count']),
            [('amount', 1), ('window', 1)])

        (late + large).action_approve()
        self.assertEqual((late + large).mapped('main_objection'), [False, False])

    def test_what_nobody_may_overrule_comes_first(self):
        self.policy.excluded_reason_ids = self.reason
        late = self._create_requested(days_ago=90)
        self.assertEqual(late.line_ids.objection_ids.mapped('code'), ['window', 'reason'])
        self.assertEqual(late.main_objection, 'reason')

    def test_an_objection_without_a_label_is_grouped_as_another_one(self):
        return_order = self._create_requested()
        self.assertEqual(return_order.main_objection, 'manual')
        self.env['returns.objection'].sudo().create({
            'line_id': return_order.line_ids.id, 'code': 'seal', 'message': "Broken.", 'waivable': True})
        self.env.add_to_compute(return_order._fields['main_objection'], return_order)
        self.assertEqual(return_order.main_objection, 'other')

    def test_a_receipt_that_the_warehouse_cancels_says_so(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        return_order.picking_ids.action_cancel()
        self.assertEqual(return_order.main_objection, 'receipt')

    # === What people see first ===

    def test_every_next_step_has_its_filter(self):
        arch = etree.fromstring(self.env['returns.order'].get_view(view_type='search')['arch'])
        domains = {node.get('name'): node.get('domain') for node in arch.iter('filter')}
        for step in dict(self.env['returns.order']._fields['next_step'].selection):
            if step != 'none':
                self.assertEqual(safe_eval(domains[f'step_{step}']), [('next_step', '=', step)])

    def test_n1_the_board_has_a_column_for_each_step_to_do_and_is_not_dragged(self):
        requested, sent = self._create_requested(), self._create_requested()
        sent.action_approve()
        groups = self.env['returns.order'].with_user(self.user).with_context(read_group_expand=True).web_read_group(
            [('id', 'in', (requested + sent).ids)], ['next_step'], ['__count'])['groups']
        self.assertEqual([(group['next_step'], group['__count']) for group in groups], [('review', 1), ('send', 1)])
        arch = etree.fromstring(self.env['returns.order'].get_view(view_type='kanban')['arch'])
        self.assertEqual((arch.get('default_group_by'), arch.get('records_draggable')), ('next_step', '0'))
        action = self.env.ref('returns_management.returns_order_action')
        self.assertTrue(action.view_mode.startswith('kanban'))
        self.assertIn('search_default_todo', action.context)

    # === Many in one action ===

    def test_many_are_approved_but_for_those_that_cannot_be(self):
        """Nothing is half done, and the dialog names who was left out and why."""
        fine = self._create_requested() + self._create_requested() + self._create_requested()
        late = self._create_requested(days_ago=90)
        nothing = self._create_requested()
        nothing.line_ids.qty_approved = 0
        draft = self._create_return(self._create_delivered_order())

        dialog = self._open('returns.approve', fine[:2] + late + nothing + draft + fine[2], user=self.user)
        action = dialog.save().action_approve()

        self.assertEqual(fine.mapped('state'), ['approved'] * 3)
        self.assertEqual((late + nothing + draft).mapped('state'), ['requested', 'requested', 'draft'])
        self.assertFalse((late + nothing + draft).picking_ids)
        outcome = self.env['returns.outcome'].browse(action['res_id'])
        self.assertIn("3 returns approved", outcome.message)
        self.assertEqual(outcome.line_ids.order_id, late + nothing + draft)
        reason = {line.order_id: line.reason for line in outcome.line_ids}
        self.assertIn("Only a returns manager", reason[late])
        self.assertIn("Nothing is approved", reason[nothing])
        self.assertIn("Draft", reason[draft])

    def test_when_all_could_be_approved_a_short_word_is_enough(self):
        returns = self._create_requested() + self._create_requested()
        action = self._open('returns.approve', returns).save().action_approve()
        self.assertEqual(action['tag'], 'display_notification')
        self.assertIn("2 returns approved", action['params']['message'])

    def test_the_only_one_that_cannot_be_approved_says_why(self):
        late = self._create_requested(days_ago=90)
        with self.assertRaisesRegex(UserError, "Only a returns manager"):
            self._open('returns.approve', late, user=self.user).save().action_approve()

    def test_a_refusal_is_kept_in_the_language_of_each_customer(self):
        english, french = self._create_requested(), self._create_requested(partner_id=self.french.id)
        dialog = self._open('returns.refuse', english + french)
        dialog.text_id = self.text
        dialog.note = "ACME"
        self.assertIn("Trop tard", dialog.preview)
        self.assertIn("Too late", dialog.preview)

        dialog.save().action_refuse()

        self.assertRecordValues(english + french, [
            {'state': 'refused', 'refusal_note': "Too late, sorry.\n\nACME"},
            {'state': 'refused', 'refusal_note': "Trop tard, désolé.\n\nACME"},
        ])

    def test_the_text_of_an_approval_is_kept_for_the_customer(self):
        return_order = self._create_requested()
        dialog = self._open('returns.approve', return_order)
        dialog.note = "Please leave the labels on."
        dialog.save().action_approve()
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'approval_note': "Please leave the labels on."}])

    def test_a_draft_is_not_partly_refused(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self._create_delivered_order())
        self.assertFalse(return_order.is_partly_refused)
        return_order.action_submit()
        self.assertFalse(return_order.is_partly_refused)
        return_order.line_ids.qty_approved = 1
        self.assertTrue(return_order.is_partly_refused)

    def test_refusing_again_keeps_the_text_that_the_customer_got(self):
        return_order = self._create_requested()
        return_order.refusal_note = "The first one."
        return_order.action_refuse()
        return_order._decide('refuse', {'en_US': "Another one."})
        self.assertEqual(return_order.refusal_note, "The first one.")

    def test_each_dialog_offers_its_own_texts(self):
        field = self.env['returns.ask']._fields['text_id']
        self.assertEqual(field.domain, "[('verb', '=', 'ask')]")
        for model in ('returns.approve', 'returns.refuse', 'returns.ask', 'returns.close'):
            verb = model.split('.')[1]
            self.assertIn(f"'{verb}'", self.env[model]._fields['text_id'].domain)

    # === By line and quantity ===

    def test_a_line_is_approved_whole_or_not_at_all_in_one_click(self):
        line = self._create_requested().line_ids.with_user(self.user)
        line.action_approve_nothing()
        self.assertEqual(line.qty_approved, 0)
        line.refusal_note = "Worn."
        line.action_approve_all()
        self.assertRecordValues(line, [{'qty_approved': 2, 'refusal_note': False}])

    def test_who_approves_less_says_why(self):
        return_order = self._create_requested()
        form = Form(return_order)
        with form.line_ids.edit(0) as line:
            line.qty_approved = 1
        with self.assertRaisesRegex(AssertionError, "refusal_note. is a required field"), form.line_ids.edit(0) as line:
            line.qty_approved = 0

    # === Ask the customer ===

    def _ask(self, return_order, text="Which size?"):
        dialog = self._open('returns.ask', return_order, user=self.user)
        dialog.note = text
        dialog.save().action_ask()

    def test_a_question_parks_the_return_until_the_customer_answers(self):
        return_order = self._create_requested()
        self._ask(return_order)
        self.assertRecordValues(return_order, [{
            'state': 'requested', 'next_step': 'answer', 'next_actor': 'customer', 'question': "Which size?",
            'date_next': self._days_ago(-7).date()}])

        return_order.message_post(body="A colleague's note.", message_type='comment')
        self.assertEqual(return_order.next_step, 'answer')
        return_order.message_post(body="Was shown.", message_type='notification', author_id=self.customer.id)
        self.assertEqual(return_order.next_step, 'answer', "Odoo wrote it, not the customer.")
        return_order.message_post(body="42.", message_type='comment', author_id=self.customer.id)

        self.assertRecordValues(return_order, [{
            'state': 'requested', 'next_step': 'review', 'next_actor': 'returns', 'question': "Which size?"}])

    def test_a_person_of_the_customer_answers_too(self):
        person = self.env['res.partner'].create({'name': "Peter", 'parent_id': self.customer.id})
        return_order = self._create_requested()
        self._ask(return_order)
        return_order.message_post(body="42.", message_type='email', author_id=person.id)
        self.assertEqual(return_order.next_step, 'review')

    def test_a_clerk_notes_that_the_answer_came_another_way(self):
        return_order = self._create_requested()
        self._ask(return_order)
        return_order.with_user(self.user).action_answer_received()
        self.assertEqual(return_order.next_step, 'review')

    def test_a_parked_return_can_be_decided_and_forgets_the_question_when_asked_for_anew(self):
        return_order = self._create_requested()
        self._ask(return_order)
        return_order.action_approve()
        self.assertEqual(return_order.next_step, 'send')
        return_order.action_cancel()
        return_order.action_reset_to_draft()
        return_order.action_submit()
        self.assertRecordValues(return_order, [{'next_step': 'review', 'question': False}])

    def test_a_question_needs_a_text_and_a_return_that_nobody_decided(self):
        return_order = self._create_requested()
        with self.assertRaisesRegex(UserError, "Write what you want to know"):
            return_order.action_ask_customer()
        return_order.action_approve()
        with self.assertRaisesRegex(UserError, "waits for our decision"):
            return_order.action_ask_customer("Why?")

    # === Close the rest ===

    def test_closing_the_rest_keeps_what_was_received(self):
        return_order = self._create_confirmed_return(self._create_delivered_order(), quantity=3)
        self._receive(return_order, quantity=1)
        dialog = self._open('returns.close', return_order, user=self.user)
        dialog.note = "You keep them."
        dialog.save().action_close_rest()

        self.assertEqual(return_order.picking_ids.sorted('id').mapped('state'), ['done', 'cancel'])
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'reception_status': 'full', 'next_step': 'credit', 'close_note': "You keep them."}])
        return_order.credit_note_ids.action_post()
        self.assertEqual(return_order.state, 'done')
        self._create_confirmed_return(return_order.sale_order_ids, quantity=4)  # 5 delivered, 1 came back

    def test_closing_a_return_of_which_nothing_came_cancels_it(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        return_order.action_close_rest("You keep it.")
        self.assertRecordValues(return_order, [{'state': 'cancel', 'close_note': "You keep it."}])
        self.assertEqual(return_order.picking_ids.state, 'cancel')

    def test_closing_needs_a_reason_and_something_expected(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        with self.assertRaisesRegex(UserError, "Say why"):
            return_order.action_close_rest()
        with self.assertRaisesRegex(UserError, "Nothing is expected"):
            self._create_requested().action_close_rest("No.")
        self._receive(return_order)
        return_order.action_close_rest("Again.")
        self.assertFalse(return_order.close_note)

    # === Seen from elsewhere ===

    def test_the_customer_counts_the_returns_of_the_whole_company(self):
        person = self.env['res.partner'].create({'name': "Peter", 'parent_id': self.customer.id})
        self.assertEqual(person.returns_order_count, 0)
        first = self._create_return(self._create_delivered_order())
        self.env.invalidate_all()
        self.assertEqual(person.returns_order_count, 1)
        self.assertEqual(person.action_view_returns()['res_id'], first.id)
        self._create_return(self._create_delivered_order(partner_id=person.id))
        action = self.customer.action_view_returns()
        self.assertEqual((len(action['domain'][0][2]), action['views'][0][1]), (2, 'list'))
        self.assertNotIn('search_default_todo', action['context'])

    def test_the_texts_belong_to_the_manager(self):
        for user, allowed in ((self.user, False), (self.manager, True)):
            self.assertEqual(self.text.with_user(user).has_access('write'), allowed)
        self.assertFalse(self.env['returns.refuse'].with_user(self.stock_user).has_access('create'))

    def test_a_copy_knows_nothing_of_what_was_said(self):
        return_order = self._create_requested()
        self._ask(return_order)
        return_order.action_approve()
        return_order.action_close_rest("No.")
        copy = return_order.copy({'line_ids': [Command.clear()]})
        for name in ('question', 'date_answer', 'close_note', 'approval_note', 'date_reminder', 'overdue_step'):
            self.assertFalse(copy[name])
