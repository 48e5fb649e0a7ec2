from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestSecurity(ReturnsCommon):
    """Everybody stays in their rights, and can do the job with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = new_test_user(cls.env, 'test_employee', 'base.group_user', company_id=cls.company.id)
        cls.order = cls._create_delivered_order()

    def test_a_returns_user_works_up_to_the_draft_credit_note(self):
        """Without any right in sales, stock or accounting."""
        action = self.order.with_user(self.user).action_create_return()
        form = Form(self.env['returns.order'].with_user(self.user).with_context(**action['context']))
        with form.line_ids.edit(0) as line:
            line.product_uom_qty = 2
            line.reason_id = self.reason
        return_order = form.save()
        return_order.action_confirm()
        return_order.action_view_pickings()
        with self.assertRaises(AccessError):
            return_order.picking_ids.action_cancel()

        self._receive(return_order.with_user(self.stock_user))
        self.env.invalidate_all()

        self.assertRecordValues(return_order, [{'next_step': 'credit', 'next_actor': 'accounting'}])
        self.assertEqual(return_order.credit_note_ids.amount_total, 230)
        with self.assertRaises(AccessError):
            return_order.credit_note_ids.action_post()

    def test_a_returns_user_creates_the_draft_of_a_manual_policy(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(self.order).with_user(self.user)
        return_order.action_create_credit_notes()
        self.assertEqual(return_order.credit_note_ids.state, 'draft')

    def test_accounting_posts_it(self):
        return_order = self._create_received_return(self.order)
        return_order.credit_note_ids.with_user(self.accountant).action_post()
        self.assertEqual(return_order.with_user(self.accountant).state, 'done')

    def test_a_salesperson_goes_on_with_an_order_that_has_a_return(self):
        salesperson = new_test_user(
            self.env, 'test_salesperson', 'sales_team.group_sale_salesman_all_leads', company_id=self.company.id)
        self._create_received_return(self.order).credit_note_ids.action_post()
        order = self.order.with_user(salesperson)
        self.env.invalidate_all()

        order.order_line.product_uom_qty = 6
        order.order_line.read(['qty_to_invoice', 'invoice_status', 'amount_to_invoice', 'untaxed_amount_to_invoice'])
        invoice = order._create_invoices()

        self.assertEqual(invoice.amount_untaxed, 100)

    def test_only_a_manager_overrules_and_leaves_a_note(self):
        self.order.picking_ids.move_ids.date = '2020-01-01'
        return_order = self._create_return(self.order)
        return_order.with_user(self.user).action_submit()
        with self.assertRaisesRegex(AccessError, "returns manager"):
            return_order.with_user(self.user).action_approve()

        return_order.with_user(self.manager).action_approve()

        self.assertRecordValues(return_order, [{'state': 'approved', 'approver_id': self.manager.id}])
        self.assertIn("return window closed", return_order.message_ids[0].body)

    def test_nobody_overrules_what_is_final(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self.order, quantity=5)
        return_order.action_submit()
        self.env['returns.objection'].sudo().create({
            'line_id': return_order.line_ids.id, 'code': 'final', 'message': "Not this one."})
        with self.assertRaisesRegex(UserError, "cannot be overruled"):
            return_order.with_user(self.manager).action_approve()

    def test_only_the_system_writes_what_follows_from_the_documents(self):
        return_order = self._create_confirmed_return(self.order).with_user(self.user)
        for record, names in (
            (return_order.line_ids, ('qty_to_receive', 'qty_received', 'qty_accepted', 'qty_credited', 'policy_id',
                                     'qty_to_credit', 'eligibility', 'amount_expected', 'credit_line_ids')),
            (return_order, ('state', 'reception_status', 'credit_status', 'payout_status', 'next_step', 'name',
                            'approver_id', 'date_request', 'attention_note', 'picking_ids')),
        ):
            for name in names:
                with self.subTest(field=name), self.assertRaisesRegex(UserError, "nobody writes them"):
                    record.write({name: False})
        with self.assertRaisesRegex(UserError, "nobody writes them"):
            self.env['returns.order'].with_user(self.user).create({
                'partner_id': self.customer.id, 'approver_id': self.user.id})

    def test_nobody_says_it_by_defaults_either(self):
        """What a context says about a new record is a wish like any other."""
        lines = self.env['returns.order.line'].with_user(self.user)
        draft = self._create_return(self.order)
        for name in ('qty_kept', 'qty_refused'):
            with self.subTest(field=name), self.assertRaisesRegex(UserError, "nobody writes them"):
                lines.with_context(**{f'default_{name}': 1}).create({
                    'order_id': draft.id, 'sale_line_id': self.order.order_line.id})
        orders = self.env['returns.order'].with_user(self.user)
        for name in ('date_approval', 'approver_id', 'parcel_note', 'source'):
            with self.subTest(field=name), self.assertRaisesRegex(UserError, "nobody writes them"):
                orders.with_context(**{f'default_{name}': False}).create({'partner_id': self.customer.id})

    def test_who_may_only_look_on_makes_nothing_happen(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(self.order)
        auditor = new_test_user(
            self.env, 'test_auditor', 'account.group_account_readonly', company_id=self.company.id)
        for user in (self.stock_user, self.accountant, auditor):
            for verb in ('create_credit_notes', 'create_replacements', 'close_rest', 'mark_sent'):
                with self.subTest(user=user.login, verb=verb), self.assertRaises(AccessError):
                    getattr(return_order.with_user(user), f'action_{verb}')()
        self.assertFalse(return_order.credit_note_ids)

    def test_who_may_only_look_on_cancels_nothing(self):
        return_order = self._create_confirmed_return(self.order)
        for user in (self.stock_user, self.accountant):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                return_order.with_user(user).action_cancel()
        self.assertEqual(return_order.state, 'approved')

    def test_only_what_is_approved_is_credited(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(self.order)
        self.env.cr.execute("UPDATE returns_order SET state = 'requested' WHERE id = %s", [return_order.id])
        self.env.invalidate_all()
        return_order.with_user(self.user).action_create_credit_notes()
        self.assertFalse(return_order.credit_note_ids)

    def test_customers_do_not_read_why_they_are_blocked(self):
        self.customer.write({'returns_blocked': True, 'returns_blocked_reason': "Sends back worn shoes"})
        portal_user = new_test_user(self.env, 'test_portal', 'base.group_portal', company_id=self.company.id)
        portal_user.partner_id.parent_id = self.customer
        for user in (portal_user, self.employee):
            customer = self.customer.with_user(user)
            with self.subTest(user=user.login):
                self.assertEqual(customer.name, "Test Customer")
                for name in ('returns_blocked', 'returns_blocked_reason', 'returns_order_count'):
                    with self.assertRaises(AccessError):
                        customer.read([name])

    def test_a_line_cannot_be_smuggled_into_another_return(self):
        approved = self._create_confirmed_return(self.order)
        draft = self._create_return(self.order, quantity=1)
        with self.assertRaises(UserError):
            draft.line_ids.order_id = approved
        other = self.env['res.partner'].create({'name': "Somebody Else"})
        foreign_line = self._create_delivered_order(partner_id=other.id).order_line
        with self.assertRaisesRegex(UserError, "one customer"):
            self.env['returns.order.line'].create({'order_id': draft.id, 'sale_line_id': foreign_line.id})

    def test_whoever_reads_a_return_opens_its_form(self):
        return_order = self._create_received_return(self.order)
        auditor = new_test_user(
            self.env, 'test_auditor', 'account.group_account_readonly', company_id=self.company.id)
        users = self.user + self.manager + self.stock_user + self.accountant + auditor
        users.write({'group_ids': [Command.link(self.env.ref('stock.group_production_lot').id)]})
        for user in users:
            with self.subTest(user=user.login):
                self.assertEqual(Form(return_order.with_user(user)).name, return_order.name)

    def test_who_may_do_what(self):
        return_order = self._create_confirmed_return(self.order)
        everything = {'read', 'write', 'create', 'unlink'}
        records = {
            'order': return_order, 'line': return_order.line_ids, 'reason': self.reason, 'policy': self.policy,
            'resolution': self.policy.resolution_id, 'objection': self.env['returns.objection'],
        }
        only_read = dict.fromkeys(('reason', 'policy', 'resolution', 'objection'), {'read'})
        expected = {
            self.employee: {**only_read, 'order': set(), 'line': set(), 'objection': set()},
            self.stock_user: {**only_read, 'order': {'read'}, 'line': {'read'}},
            self.accountant: {**only_read, 'order': {'read'}, 'line': {'read'}},
            self.user: {**only_read, 'order': everything, 'line': everything},
            self.manager: {**dict.fromkeys(records, everything), 'objection': {'read'}},
        }
        for user, rights in expected.items():
            for name, operations in rights.items():
                record = records[name].with_user(user)
                with self.subTest(user=user.login, record=name):
                    self.assertEqual(
                        {operation for operation in everything if record.has_access(operation)}, operations)

    def test_l1_users_see_all_returns_and_filter_their_own_managers_configure(self):
        mine = self._create_return(self._create_delivered_order(), user_id=self.user.id)
        other = self._create_return(self._create_delivered_order(), user_id=self.manager.id)
        Returns = self.env['returns.order'].with_user(self.user)
        self.assertLessEqual(mine + other, Returns.search([]))
        own = Returns.search([('user_id', '=', self.user.id)])
        self.assertIn(mine, own)
        self.assertNotIn(other, own)
        for model in ('returns.policy', 'returns.reason', 'returns.resolution'):
            with self.subTest(model=model):
                self.assertTrue(self.env[model].with_user(self.user).has_access('read'))
                self.assertFalse(self.env[model].with_user(self.user).has_access('write'))
                self.assertTrue(self.env[model].with_user(self.manager).has_access('write'))

    def test_the_roles_are_given_to_nobody_by_other_apps(self):
        for user in (self.employee, self.stock_user, self.accountant):
            self.assertFalse(user.has_group('returns_management.group_returns_user'))
        self.assertFalse(self.user.has_group('stock.group_stock_user'))
        self.assertFalse(self.user.has_group('account.group_account_readonly'))
        self.assertFalse(self.user.has_group('sales_team.group_sale_salesman'))

    def test_companies_stay_apart(self):
        return_order = self._create_confirmed_return(self.order)
        other = self.setup_other_company(name="Other Company")['company']
        stranger = new_test_user(
            self.env, 'test_stranger', 'returns_management.group_returns_manager', company_id=other.id,
            company_ids=[Command.set(other.ids)])
        for record in (return_order, return_order.line_ids, self.policy):
            with self.subTest(record=record), self.assertRaises(AccessError):
                record.with_user(stranger).read(['display_name'])

    def test_records_of_another_company_cannot_be_chosen(self):
        other = self.setup_other_company(name="Other Company")['company']
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', other.id)], limit=1)
        with self.assertRaises(UserError):
            self._create_return(self.order, warehouse_id=warehouse.id)
        with self.assertRaises(UserError):
            self._create_return(self.order, company_id=other.id)
