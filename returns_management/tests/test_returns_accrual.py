from datetime import date

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_month_end import MonthEndCommon

DAY = date(2026, 11, 30)


@tagged('post_install', '-at_install')
class TestReturnsAccrual(MonthEndCommon):
    """Two pieces back on 30 November, credited in December."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls._on('2026-11-20'):
            order = cls._create_paid_order()
        with cls._on('2026-11-30'):
            cls.return_order = cls._create_received_return(order)

    def _accrue(self, day=DAY, **values):
        """The entry that accrues `day`, on 5 December."""
        with self._on('2026-12-05'):
            accrual = self.env['returns.accrual'].create({
                'date': day, 'company_ids': [Command.set(self.company.ids)], **values})
            accrual.action_accrue()
        return self.env['account.move'].search([
            ('returns_accrual_date', '=', day), ('company_id', '=', self.company.id)])

    def _get_items(self, entry):
        return {(item.account_id, item.debit, item.credit) for item in entry.line_ids}

    def test_cost_and_revenue_are_booked_figure_by_figure(self):
        entry = self._accrue()
        accounts = self.product._get_product_accounts()
        self.assertEqual((entry.state, entry.date), ('posted', DAY))
        self.assertEqual(self._get_items(entry), {
            (accounts['stock_valuation'], 120, 0), (accounts['expense'], 0, 120),
            (self.company.returns_revenue_account_id, 200, 0), (self.company.returns_liability_account_id, 0, 200)})

    def test_the_next_day_takes_it_back(self):
        entry = self._accrue()
        reversal = entry.reversal_move_ids
        self.assertEqual((reversal.state, reversal.date), ('posted', date(2026, 12, 1)))
        self.assertIn(f'data-oe-id="{reversal.id}"', "".join(entry.message_ids.mapped('body')))
        self.assertEqual(self._get_items(reversal), {
            (account, credit, debit) for account, debit, credit in self._get_items(entry)})

    def test_a_reversal_of_tomorrow_waits_for_odoos_scheduler(self):
        with self._on('2026-11-30'):
            accrual = self.env['returns.accrual'].create({'date': DAY})
            accrual.action_accrue()
            reversal = self.env['account.move'].search([('returns_accrual_date', '=', DAY)]).reversal_move_ids
        self.assertEqual((reversal.state, reversal.auto_post, reversal.date), ('draft', 'at_date', date(2026, 12, 1)))

    def test_a_second_run_books_nothing(self):
        entry = self._accrue()
        self.assertEqual(self._accrue(), entry)

    def test_two_users_at_once_accrue_a_day_once(self):
        entry = self._accrue()
        with self.assertRaises(UniqueViolation), mute_logger('odoo.sql_db'), self.cr.savepoint():
            entry.copy({'returns_accrual_date': DAY}).flush_recordset()

    def test_what_is_credited_in_time_is_not_accrued(self):
        with self._on('2026-11-30'):
            self._credit(self.return_order)
        with self.assertRaisesRegex(UserError, "nothing to accrue"):
            self._accrue()

    def test_the_preview_is_what_is_posted(self):
        with self._on('2026-12-05'), Form(self.env['returns.accrual']) as form:
            form.date = DAY
            preview = {(line['account_id'], line['debit'], line['credit']) for line in form.line_ids._records}
        entry = self._accrue()
        self.assertEqual(preview, {
            (item.account_id.id, item.debit, item.credit) for item in entry.line_ids})

    def test_missing_accounts_are_named_and_nothing_is_booked(self):
        self.company.write({'returns_accrual_journal_id': False, 'returns_liability_account_id': False})
        with self.assertRaisesRegex(UserError, "Returns Accrual Journal.*Refund Liability Account"):
            self._accrue()
        self.assertFalse(self.env['account.move'].search([('returns_accrual_date', '=', DAY)]))

    def test_missing_accounts_of_a_category_are_named(self):
        self.company.account_stock_valuation_id = False
        self.category.property_stock_valuation_account_id = False
        with self.assertRaisesRegex(UserError, "expense account of the category Valued at average cost"):
            self._accrue()

    def test_a_day_that_is_cancelled_is_accrued_again(self):
        entry = self._accrue()
        moves = entry | entry.reversal_move_ids
        moves.button_draft()
        moves.button_cancel()
        again = self._accrue() - entry
        self.assertEqual((again.state, self._get_items(again)), ('posted', self._get_items(entry)))

    def test_a_locked_day_is_respected(self):
        self.company.fiscalyear_lock_date = DAY
        with self.assertRaisesRegex(UserError, "is locked"):
            self._accrue()

    def test_only_accounting_accrues(self):
        with self.assertRaises(AccessError):
            self.env['returns.accrual'].with_user(self.user).create({'date': DAY})
        with self._on('2026-12-05'):
            self.env['returns.accrual'].with_user(self.accountant).create({'date': DAY}).action_accrue()

    def test_odoos_closing_finds_nothing_to_post(self):
        accounts = self.product._get_product_accounts()
        with self._on('2026-11-30'):
            # Purchases are billed, and nothing but returns is open: what came before the returns is in the ledger.
            value = sum(self.company.stock_value().values()) - 120 - sum(self.company.stock_accounting_value().values())
            self.env['account.move'].create({'date': DAY, 'line_ids': [
                Command.create({'account_id': accounts['stock_valuation'].id, 'balance': value}),
                Command.create({'account_id': self.company.returns_revenue_account_id.id, 'balance': -value}),
            ]}).action_post()
            self.assertTrue(self.company._action_close_stock_valuation(DAY))
        self._accrue()
        with self._on('2026-12-05'), self.assertRaisesRegex(UserError, "Everything is correctly closed"):
            self.company.action_close_stock_valuation(DAY)

    def test_periodic_products_accrue_no_cost(self):
        self.category.property_valuation = 'periodic'
        entry = self._accrue()
        self.assertEqual(self._get_items(entry), {
            (self.company.returns_revenue_account_id, 200, 0), (self.company.returns_liability_account_id, 0, 200)})

    def test_december_ends_with_nothing_left(self):
        entry = self._accrue()
        with self._on('2026-12-10'):
            self._credit(self.return_order)
        items = self.env['account.move.line'].search([
            ('account_id', '=', self.company.returns_liability_account_id.id), ('parent_state', '=', 'posted')])
        self.assertEqual(sum(items.mapped('balance')), 0)
        self.assertEqual(entry.company_id, self.company)
