from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import format_date

from .workbook import Column, Workbook

#: Rows that are read at once.
CHUNK = 2000
#: Excel's notation for the directives of dates in Odoo's languages.
DATE_DIRECTIVES = {
    '%d': 'dd', '%m': 'mm', '%Y': 'yyyy', '%y': 'yy', '%b': 'mmm', '%B': 'mmmm', '%a': 'ddd', '%A': 'dddd'}


class ReturnsWorkbook(models.AbstractModel):
    """The reconciliation of one company as of a day, for the accountant's folder.

    What is open is told as of the day; cost, exchange rates and taxes are those of the credit notes of its month so
    far. Each sheet is summed up by Excel itself; the summary compares the sums with the ledger, which is read apart
    (`_get_ledger`), and the differences show 0.00.
    """

    _name = 'returns.workbook'
    _description = "Returns Month-End Workbook"

    def _export(self, day):
        """:param day: `date`
        :return: the xlsx file as bytes
        :raise AccessError: when the user may not read the reconciliation
        """
        self.env['returns.reconciliation'].check_access('read')
        company = self.env.company
        book = Workbook(
            self.env._("Returns"), self.env._(
                "%(company)s, as of %(day)s, amounts in %(currency)s", company=company.name,
                day=format_date(self.env, day), currency=company.currency_id.name),
            self._get_date_format(), company.currency_id.decimal_places)
        summary = book.add_sheet(self.env._("Summary"), [
            Column(self.env._("What"), width=44), Column(self.env._("In this workbook"), 'amount', 20),
            Column(self.env._("In the ledger"), 'amount', 20), Column(self.env._("Difference"), 'amount', 16),
            Column(self.env._("Where the ledger is read"), width=70),
        ])
        sheets = {key: self._add_sheet(book, key, day) for key in self._get_sheets(day)}
        sheets['unpaid'] = self._add_unpaid(book, day)
        sheets['tax'] = self._add_tax(book, day)
        self._fill_summary(summary, sheets, day)
        return book.close()

    def _get_date_format(self):
        lang_format = self.env['res.lang']._get_data(code=self.env.user.lang or 'en_US').date_format or '%Y-%m-%d'
        for directive, letters in DATE_DIRECTIVES.items():
            lang_format = lang_format.replace(directive, letters)
        return 'yyyy-mm-dd' if '%' in lang_format else lang_format

    def _get_first_day(self, day):
        """The first day of those whose credit notes are proved: of the month."""
        return day + relativedelta(day=1)

    # === Sheets of the reconciliation ===

    def _get_sheets(self, day):
        """What stands on the sheets of return lines.

        :return: dict of `(title, domain, names of fields, whether only the month's part of amounts counts)` by key
        """
        first = self._get_first_day(day)
        document = ['order_id', 'sale_order_id', 'partner_id', 'product_id']
        return {
            'uncredited': (self.env._("Received not credited"), [('qty_uncredited', '>', 0)], [
                *document, 'date_received', 'age', 'reason_id', 'customer_note', 'qty_received', 'qty_accepted',
                'qty_credited', 'qty_uncredited', 'amount_uncredited', 'amount_tax_uncredited', 'cost_uncredited',
            ], False),
            'unreceived': (self.env._("Credited not received"), [('qty_unreceived', '>', 0)], [
                *document, 'date_credit', 'age', 'qty_approved', 'qty_received', 'qty_credited', 'qty_unreceived',
                'amount_unreceived'], False),
            'cost': (self.env._("Cost proof"), [('date_cost', '>=', first)], [
                *document, 'date_received', 'date_credit', 'date_cost', 'qty_received', 'qty_credited', 'cost_credited',
                'cost_booked'], True),
            'rate': (self.env._("Exchange rates"), [
                ('date_credit', '>=', first), ('currency_id', '!=', self.env.company.currency_id.id)], [
                *document, 'date_credit', 'currency_id', 'rate_invoice', 'rate_credit', 'amount_net_currency',
                'amount_net', 'amount_rate_difference'], True),
        }

    def _add_sheet(self, book, key, day):
        title, domain, names, of_month = self._get_sheets(day)[key]
        columns = [self._get_column(name) for name in names]
        if key == 'cost':
            columns.append(Column(self.env._("Difference"), 'amount', 14, total=True))
        sheet = book.add_sheet(title, columns)
        for values in self._read_rows(domain, names, day, of_month):
            sheet.add_row(values + [0.0] if key == 'cost' else values)
            if key == 'cost':
                booked, credited = values[-1], values[-2]
                self._write_difference(sheet, booked, credited)
        sheet.close(self.env._("Total"))
        return sheet

    def _write_difference(self, sheet, booked, credited):
        number = len(sheet.columns) - 1
        left, right = (chr(ord('A') + number - offset) for offset in (1, 2))
        difference = round(booked - credited, 6)
        sheet.write_formula(number, f'={left}{sheet.row + 1}-{right}{sheet.row + 1}', difference)
        sheet.totals[number] += difference

    def _get_column(self, name):
        field = self.env['returns.reconciliation']._fields.get(name)
        if not field:
            return Column(self.env._("Customer's Comment"), width=30)
        title = field._description_string(self.env)
        if field.type == 'many2one':
            return Column(title, width=26 if name in ('partner_id', 'product_id') else 16)
        if field.type in ('date', 'datetime'):
            return Column(title, 'date', 12)
        if field.type == 'monetary':
            return Column(title, 'amount', 14, total=name != 'amount_net_currency')
        return Column(title, 'rate' if name.startswith('rate') else 'quantity', 11)

    def _read_rows(self, domain, names, day, of_month):
        """Values of the rows, chunk by chunk: memory does not grow with them.

        :param of_month: amounts are what the month has added to them
        """
        rows = self.env['returns.reconciliation'].with_context(returns_as_of=day)
        before = rows.with_context(returns_as_of=self._get_first_day(day) + relativedelta(days=-1))
        domain = [('company_id', '=', self.env.company.id), *domain]
        field_names = [name for name in names if name in rows._fields] + ['line_id']
        last = 0
        while chunk := rows.search_fetch([*domain, ('id', '>', last)], field_names, limit=CHUNK, order='id'):
            last = chunk.ids[-1]
            earlier = before.browse(chunk.ids)
            earlier = {row.id: row for row in earlier.search_fetch(
                [('id', 'in', chunk.ids)], field_names)} if of_month else {}
            for row in chunk:
                yield [self._get_value(row, earlier.get(row.id), name) for name in names]
            self.env.invalidate_all()

    def _get_value(self, row, earlier, name):
        if name == 'customer_note':
            line = row.line_id.sudo()
            return line.customer_note or line.order_id.customer_note or ""
        field = row._fields[name]
        value = row[name]
        if field.type == 'many2one':
            return value.sudo().display_name or ""
        if field.type == 'datetime':
            return value and fields.Datetime.context_timestamp(self, value).replace(tzinfo=None)
        if field.type == 'monetary' and earlier:
            return row.company_currency_id.round(value - earlier[name])
        return value
