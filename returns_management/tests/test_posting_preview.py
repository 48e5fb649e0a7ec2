from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.rehearsal import rehearse
from .common_month_end import MonthEndCommon


@tagged('post_install', '-at_install')
class TestPostingPreview(MonthEndCommon):
    """What will this book? Exactly what it books, and nothing is changed by asking."""

    def _check(self, return_order):
        """The preview says what the credit note made next has booked."""
        preview = return_order._get_posting_preview()
        booked = self._credit(return_order).line_ids._prepare_returns_preview()
        self.assertEqual(preview, booked)
        return {item['purpose']: item['debit'] - item['credit'] for item in preview}

    def test_e1_full_return_of_a_paid_invoice(self):
        return_order = self._create_received_return(self._create_paid_order(), quantity=5)
        amounts = self._check(return_order)
        self.assertEqual({name: amounts[name] for name in ('credit', 'tax', 'owed')},
                         {'credit': 500, 'tax': 75, 'owed': -575})

    def test_e1_the_cost_of_the_goods_is_in_it(self):
        return_order = self._create_received_return(self._create_paid_order(), quantity=5)
        cost = [(item['debit'], item['credit']) for item in return_order._get_posting_preview()
                if item['purpose'] == 'cost']
        self.assertCountEqual(cost, [(300, 0), (0, 300)])

    def test_e2_with_a_restocking_fee(self):
        fee = self.env['product.product'].create({'name': "Restocking", 'type': 'service'})
        self.policy.write({'fee_type': 'percent', 'fee_percent': 15, 'fee_product_id': fee.id})
        return_order = self._create_received_return(self._create_paid_order(2), quantity=1)
        preview = return_order._get_posting_preview()
        self.assertEqual([(item['debit'], item['credit']) for item in preview if item['purpose'] == 'credit'],
                         [(100, 0), (0, 15)])
        self._check(return_order)

    def test_e3_item_of_an_unpaid_invoice(self):
        amounts = self._check(self._create_received_return(self._create_delivered_order()))
        self.assertEqual(amounts['owed'], -230)

    def _sell_in_euros(self):
        """An order that is invoiced at a rate of 0.5; from 25 November on it is 0.4."""
        currency = self.setup_other_currency('EUR', rates=[('2016-01-01', 0.5), ('2026-11-25', 0.4)])
        pricelist = self.env['product.pricelist'].create({'name': "Test Pricelist", 'currency_id': currency.id})
        with self._on('2026-11-20'):
            return self._create_delivered_order(pricelist_id=pricelist.id)

    def test_e4_in_another_currency_at_the_rate_of_the_invoice(self):
        order = self._sell_in_euros()
        with self._on('2026-11-26'):
            return_order = self._create_received_return(order)
            preview = return_order._get_posting_preview()
            self.assertIn((400, 200), [(item['debit'], item['amount_currency']) for item in preview])
            self._check(return_order)

    def test_e4_at_another_rate_with_the_entry_of_the_difference(self):
        self.company.returns_exchange_rate = 'credit_note'
        order = self._sell_in_euros()
        with self._on('2026-11-26'):
            return_order = self._create_received_return(order)
            preview = return_order._get_posting_preview()
            note = self._credit(return_order)
        difference = (note.line_ids.matched_debit_ids | note.line_ids.matched_credit_ids).exchange_move_id
        self.assertTrue(difference)
        self.assertCountEqual(preview, (note | difference).line_ids._prepare_returns_preview())

    def test_e5_cost_at_average(self):
        """Sold at 60 each, though the goods cost 72 by now."""
        order = self._create_delivered_order()
        self.product.standard_price = 72
        return_order = self._create_received_return(order)
        cost = [(item['debit'], item['credit']) for item in return_order._get_posting_preview()
                if item['purpose'] == 'cost']
        self.assertCountEqual(cost, [(120, 0), (0, 120)])
        self._check(return_order)

    def test_e6_credit_without_the_goods(self):
        return_order = self._create_return(self._create_delivered_order())
        return_order.line_ids.resolution_id = self.env['returns.resolution'].search([('action', '=', 'keep')], limit=1)
        return_order.action_confirm()
        self.assertNotIn('cost', self._check(return_order))

    # === Nothing is changed ===

    def _count_everything(self):
        """Rows of every table, and the next number of every sequence of Odoo."""
        self.env.cr.flush()
        self.env.cr.execute("""
            SELECT table_name, (xpath('/row/count/text()', query_to_xml(
                       format('SELECT COUNT(*) AS count FROM %I', table_name), false, true, '')))[1]::text
              FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
             UNION ALL
            SELECT sequencename, last_value::text FROM pg_sequences WHERE sequencename LIKE 'ir_sequence_%'
             UNION ALL
            SELECT 'next ' || id, number_next::text FROM ir_sequence
             UNION ALL
            SELECT 'next of year ' || id, number_next::text FROM ir_sequence_date_range""")
        return dict(self.env.cr.fetchall())

    def _get_changes(self, everything):
        """What differs from `everything`, as it was counted before."""
        return {name: (everything.get(name), count) for name, count in self._count_everything().items()
                if count != everything.get(name)}

    def test_rows_mails_numbers_and_sequences_stay(self):
        self.customer.email = 'customer@example.com'
        return_order = self._create_received_return(self._create_paid_order()).with_context(
            tracking_disable=False, mail_notrack=False)
        everything = self._count_everything()
        self.env.invalidate_all()
        written = return_order.read()
        hooks = list(self.env.cr.postcommit._funcs)
        self.assertTrue(return_order._get_posting_preview())
        self.assertEqual(self._get_changes(everything), {})
        self.assertEqual(return_order.read(), written)
        self.assertEqual(list(self.env.cr.postcommit._funcs), hooks)
        self.assertFalse(list(self.env.cr.precommit._funcs))

    def test_what_waits_for_the_commit_inside_is_dropped(self):
        hooks = list(self.env.cr.postcommit._funcs)
        with rehearse(self.env.cr):
            self.env.cr.postcommit.add(self.fail)
        self.assertEqual(list(self.env.cr.postcommit._funcs), hooks)

    def test_a_draft_that_exists_stays_a_draft(self):
        return_order = self._create_received_return(self._create_delivered_order())
        return_order.action_create_credit_notes()
        credit_note = return_order.credit_note_ids
        preview = return_order._get_posting_preview()
        self.assertEqual((credit_note.state, return_order.credit_note_ids), ('draft', credit_note))
        credit_note.action_post()
        self.assertEqual(preview, credit_note.line_ids._prepare_returns_preview())

    def test_what_would_fail_says_why_and_leaves_nothing(self):
        return_order = self._create_received_return(self._create_delivered_order())
        self.company.hard_lock_date = False
        self.company_data['default_account_revenue'].active = False
        everything = self._count_everything()
        with self.assertRaises(UserError):
            return_order._get_posting_preview()
        self.assertEqual(self._get_changes(everything), {})

    def test_before_the_approval_nothing_is_booked(self):
        with self.assertRaisesRegex(UserError, "books nothing before it is approved"):
            self._create_return(self._create_delivered_order())._get_posting_preview()

    def test_a_clerk_sees_it_in_a_dialog(self):
        return_order = self._create_received_return(self._create_paid_order())
        action = return_order.with_user(self.user).action_preview_posting()
        preview = self.env[action['res_model']].with_user(self.user).browse(action['res_id'])
        self.assertEqual([sum(preview.line_ids.mapped(name)) for name in ('debit', 'credit')], [350, 350])

    def test_where_nothing_is_owed_the_dialog_is_empty(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        action = return_order.action_preview_posting()
        self.assertFalse(self.env[action['res_model']].browse(action['res_id']).line_ids)

    def test_all_credit_notes_of_a_return_are_in_it(self):
        order = self._create_delivered_order()
        other = self._create_delivered_order()
        return_order = self._create_received_return(order, line_ids=[
            Command.create({'sale_line_id': line.id, 'product_uom_qty': 1}) for line in (order + other).order_line])
        preview = return_order._get_posting_preview()
        self.assertEqual(len({item['document'] for item in preview}), 2)
