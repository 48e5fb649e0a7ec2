from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.returns_management.models.returns_order_lifecycle import REACHED, TRANSITIONS

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestReturnsOrder(ReturnsCommon):
    """The life of a return: who may move it where, and what the next step is."""

    def _create_return_in_state(self, state):
        return_order = self._create_return(self._create_delivered_order(), refusal_note="No.")
        self.policy.auto_approve = False
        if state != 'draft':
            return_order.action_submit()
        if state in ('approved', 'done'):
            return_order.action_approve()
        if state == 'done':
            self._receive(return_order)
            return_order.credit_note_ids.action_post()
        if state == 'refused':
            return_order.action_refuse()
        if state == 'cancel':
            return_order.action_cancel()
        self.assertEqual(return_order.state, state)
        return return_order

    def test_each_verb_starts_from_its_states_only_and_again_changes_nothing(self):
        states = dict(self.env['returns.order']._fields['state'].selection)
        for verb, (sources, target) in TRANSITIONS.items():
            for state in states:
                return_order = self._create_return_in_state(state)
                act = getattr(return_order, f'action_{verb}')
                with self.subTest(verb=verb, state=state):
                    if state in sources:
                        act()
                        self.assertEqual(return_order.state, target)
                    elif state in REACHED[verb]:
                        act()
                        self.assertEqual(return_order.state, state)
                    else:
                        with self.assertRaises(UserError):
                            act()

    def test_nobody_writes_the_state(self):
        return_order = self._create_return(self._create_delivered_order())
        with self.assertRaises(UserError):
            return_order.state = 'approved'
        with self.assertRaises(UserError):
            return_order.with_context(returns_transition=True).write({'state': 'approved'})
        with self.assertRaises(UserError):
            self.env['returns.order'].create({'partner_id': self.customer.id, 'state': 'approved'})

    def test_a_small_return_without_objection_is_approved_at_once(self):
        self.policy.auto_approve_limit = 230
        return_order = self._create_return(self._create_delivered_order())
        return_order.action_submit()
        self.assertEqual(return_order.state, 'approved')

    def test_a_return_above_the_limit_waits_for_a_person(self):
        self.policy.auto_approve_limit = 229.99
        return_order = self._create_return(self._create_delivered_order())
        return_order.action_submit()
        self.assertEqual(return_order.state, 'requested')

    def test_confirm_is_submit_and_approve_in_one_click(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self._create_delivered_order())
        return_order.with_user(self.user).action_confirm()
        self.assertRecordValues(return_order, [{'state': 'approved', 'approver_id': self.user.id}])

    def test_confirm_leaves_what_needs_a_manager_to_the_manager(self):
        self.policy.window_days = 0
        order = self._create_delivered_order()
        order.picking_ids.move_ids.date = '2020-01-01'
        return_order = self._create_return(order)
        return_order.with_user(self.user).action_confirm()
        self.assertRecordValues(return_order, [{'state': 'requested', 'next_step': 'review'}])

    def test_a_return_without_products_cannot_be_submitted(self):
        return_order = self.env['returns.order'].create({'partner_id': self.customer.id})
        with self.assertRaisesRegex(UserError, "no products"):
            return_order.action_submit()

    def test_a_company_without_policy_is_told_so(self):
        self.env.cr.execute("UPDATE returns_policy SET active = FALSE")
        self.env.invalidate_all()
        return_order = self._create_return(self._create_delivered_order())
        with self.assertRaisesRegex(UserError, "no return policy"):
            return_order.action_submit()

    def test_refusing_needs_a_text(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self._create_delivered_order())
        return_order.action_submit()
        with self.assertRaisesRegex(UserError, "the customer reads it"):
            return_order.action_refuse()

        wizard = Form(self.env['returns.refuse'].with_context(
            active_model='returns.order', active_ids=return_order.ids))
        wizard.note = "Too late."
        wizard.save().action_refuse()

        self.assertRecordValues(return_order, [{
            'state': 'refused', 'refusal_note': "Too late.", 'next_step': 'none'}])

    def test_a_line_is_refused_by_approving_nothing_of_it(self):
        self.policy.auto_approve = False
        other = self._create_storable("Sock")
        order = self._create_delivered_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 5, 'price_unit': 100})
            for product in (self.product, other)])
        return_order = self._create_return(order)
        return_order.action_submit()

        return_order.line_ids[1].write({'qty_approved': 0, 'refusal_note': "Worn."})
        return_order.action_approve()

        self.assertEqual(return_order.picking_ids.move_ids.product_id, self.product)
        self.assertEqual(return_order.amount_expected, 230)

    def test_approving_nothing_at_all_is_no_approval(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self._create_delivered_order())
        return_order.action_submit()
        return_order.line_ids.qty_approved = 0
        with self.assertRaisesRegex(UserError, "Nothing is approved"):
            return_order.action_approve()

    def test_cancelling_cancels_the_receipt(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        return_order.action_cancel()
        self.assertEqual(return_order.picking_ids.state, 'cancel')
        self.assertRecordValues(return_order, [{'state': 'cancel', 'next_step': 'none', 'reception_status': 'no'}])

    def test_what_has_arrived_cannot_be_cancelled(self):
        return_order = self._create_received_return(self._create_delivered_order())
        with self.assertRaisesRegex(UserError, "goods have arrived"):
            return_order.action_cancel()

    def test_a_cancelled_return_can_be_confirmed_again(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        return_order.action_cancel()
        return_order.action_reset_to_draft()
        return_order.action_confirm()
        self.assertEqual(return_order.state, 'approved')
        self.assertEqual(return_order.picking_ids.sorted('id').mapped('state'), ['cancel', 'assigned'])

    def test_only_drafts_and_cancelled_returns_can_be_deleted(self):
        for state in dict(self.env['returns.order']._fields['state'].selection):
            return_order = self._create_return_in_state(state)
            with self.subTest(state=state):
                if state in ('draft', 'cancel'):
                    return_order.unlink()
                    self.assertFalse(return_order.exists())
                else:
                    with self.assertRaisesRegex(UserError, "Only drafts"):
                        return_order.unlink()

    def test_a_cancelled_return_goes_with_what_it_announced(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        picking = return_order.picking_ids
        return_order.action_cancel()
        return_order.unlink()
        self.assertRecordValues(picking, [{'state': 'cancel', 'returns_order_id': False}])

    def test_the_next_step_tells_who_acts_and_until_when(self):
        return_order = self._create_return(self._create_delivered_order())
        self.policy.write({'auto_approve': False, 'credit_trigger': 'manual'})
        seen = []

        def look():
            seen.append((return_order.next_step, return_order.next_actor, bool(return_order.date_next)))

        look()
        return_order.action_submit()
        look()
        return_order.action_approve()
        look()
        return_order.date_sent = return_order.date_deadline
        look()
        self._receive(return_order)
        look()
        return_order.action_create_credit_notes()
        look()
        return_order.credit_note_ids.action_post()
        look()

        self.assertEqual(seen, [
            ('none', False, False),
            ('review', 'returns', False),
            ('send', 'customer', True),
            ('receive', 'warehouse', True),
            ('credit', 'returns', True),
            ('credit', 'accounting', True),
            ('none', False, False),
        ])
        self.assertRecordValues(return_order, [{
            'state': 'done', 'reception_status': 'full', 'credit_status': 'full', 'payout_status': 'full'}])

    def test_of_a_partial_receipt_the_credit_comes_first_and_then_the_rest(self):
        return_order = self._create_confirmed_return(self._create_delivered_order(), quantity=3)
        self._receive(return_order, quantity=1)
        self.assertRecordValues(return_order, [{'reception_status': 'partial', 'next_step': 'credit'}])
        return_order.credit_note_ids.action_post()
        self.assertRecordValues(return_order, [{
            'next_step': 'receive', 'next_actor': 'warehouse', 'date_next': return_order.date_deadline}])

    def test_a_done_return_opens_again_when_its_credit_note_is_reset(self):
        return_order = self._create_return_in_state('done')
        credit_note = return_order.credit_note_ids
        self.assertTrue(return_order.date_done)

        credit_note.button_draft()
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'credit_status': 'pending', 'next_step': 'credit', 'date_done': False}])

        credit_note.action_post()
        self.assertEqual(return_order.state, 'done')

        credit_note.button_draft()
        credit_note.button_cancel()
        self.assertRecordValues(return_order, [{'state': 'approved', 'next_actor': 'returns'}])
        self.assertEqual(return_order.line_ids.qty_to_credit, 2)

    def test_a_paid_invoice_leaves_the_credit_to_be_paid_out(self):
        order = self._create_delivered_order()
        self._register_payment(order.invoice_ids)
        return_order = self._create_received_return(order)
        credit_note = return_order.credit_note_ids
        credit_note.action_post()
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'payout_status': 'pending', 'next_step': 'pay', 'next_actor': 'accounting'}])

        self._register_payment(credit_note)

        self.assertRecordValues(return_order, [{'state': 'done', 'payout_status': 'full'}])

    def _register_payment(self, move):
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=move.ids).create({})._create_payments()

    def test_a_receipt_that_the_warehouse_cancels_asks_for_a_decision(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        return_order.picking_ids.action_cancel()
        self.assertRecordValues(return_order, [{'state': 'approved', 'next_step': 'review'}])

    def test_a_return_belongs_to_one_customer(self):
        other = self.env['res.partner'].create({'name': "Somebody Else"})
        with self.assertRaisesRegex(UserError, "one customer"):
            self._create_return(self._create_delivered_order(), partner_id=other.id)

    def test_a_person_of_the_company_is_the_contact(self):
        person = self.env['res.partner'].create({'name': "Peter", 'parent_id': self.customer.id})
        return_order = self._create_return(self._create_delivered_order(partner_id=person.id))
        self.assertRecordValues(return_order, [{'partner_id': self.customer.id, 'contact_id': person.id}])

    def test_a_return_is_in_one_currency(self):
        euro = self.setup_other_currency('EUR')
        pricelist = self.env['product.pricelist'].create({'name': "EUR", 'currency_id': euro.id})
        orders = self._create_delivered_order() + self._create_delivered_order(pricelist_id=pricelist.id)
        self.assertEqual(self._create_return(orders[1]).currency_id, euro)
        with self.assertRaisesRegex(UserError, "different currencies"):
            self.env['returns.order'].create({
                'partner_id': self.customer.id,
                'line_ids': [Command.create({'sale_line_id': line.id}) for line in orders.order_line],
            })

    def test_the_return_button_proposes_what_can_still_come_back(self):
        order = self._create_delivered_order()
        self._create_confirmed_return(order, quantity=2)

        action = order.action_create_return()
        form = Form(self.env['returns.order'].with_context(**action['context']))

        self.assertEqual(form.partner_id, self.customer)
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.product_uom_qty, 3)
            line.product_uom_qty = 1
            line.reason_id = self.reason
            self.assertEqual(line.eligibility, 'accepted')
        self.assertRecordValues(form.save().line_ids, [{
            'product_id': self.product.id, 'product_uom_qty': 1, 'eligibility': 'accepted'}])

    def test_the_return_button_says_when_there_is_nothing_to_return(self):
        with self.assertRaisesRegex(UserError, "Nothing of"):
            self._create_order().action_create_return()

    def test_the_sales_order_counts_its_returns(self):
        order = self._create_delivered_order()
        return_order = self._create_confirmed_return(order)
        self.assertEqual(order.returns_order_ids, return_order)
        self.assertEqual(order.returns_order_count, 1)
        self.assertEqual(self.env['sale.order'].search([('returns_order_ids', 'in', return_order.ids)]), order)

    def test_every_company_numbers_for_itself(self):
        other = self.setup_other_company(name="Other Company")['company']
        self.assertEqual(
            self.env['ir.sequence'].search_count([('code', '=', 'returns.order'), ('company_id', '=', other.id)]), 1)
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', other.id)], limit=1)
        for name in ('returns_type_id', 'returns_location_id'):
            self.assertEqual(warehouse[name].company_id, other)
        name = self._create_return(self._create_delivered_order()).name
        self.assertRegex(name, r'^RMA/\d{4}/\d{5}$')

    def test_the_barcode_is_the_number_without_slashes(self):
        return_order = self._create_return(self._create_delivered_order())
        self.assertEqual(return_order.barcode, return_order.name.replace('/', ''))
