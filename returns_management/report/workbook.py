"""A workbook that grows row by row, in memory that does not: what Excel needs to know, nothing about returns."""

from datetime import date, datetime
from io import BytesIO
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

#: Rows above the headers: title, company with day, and an empty one.
HEADER_ROW = 3


class Column(NamedTuple):
    """A column: its title, what it holds (text, date, datetime, quantity, amount, rate), its width in characters."""

    title: str
    kind: str = 'text'
    width: int = 14
    total: bool = False


class Workbook:
    """A file of several sheets. Texts are always texts: nothing that a customer wrote becomes a formula or a link."""

    def __init__(self, title, subtitle, date_format, decimals):
        self.file = BytesIO()
        self.title, self.subtitle = title, subtitle
        self.book = xlsxwriter.Workbook(self.file, {
            'constant_memory': True, 'strings_to_formulas': False, 'strings_to_numbers': False,
            'strings_to_urls': False, 'default_date_format': date_format, 'remove_timezone': True,
        })
        amount = '#,##0.' + '0' * decimals if decimals else '#,##0'
        formats = {
            'text': {}, 'date': {'num_format': date_format}, 'datetime': {'num_format': f'{date_format} hh:mm'},
            'quantity': {'num_format': '#,##0.###'}, 'amount': {'num_format': amount},
            'rate': {'num_format': '0.000000'},
        }
        self.formats = {kind: self.book.add_format(options) for kind, options in formats.items()}
        self.bold = {
            kind: self.book.add_format({**options, 'bold': True, 'top': 1}) for kind, options in formats.items()}
        self.head = self.book.add_format({'bold': True, 'text_wrap': True, 'bg_color': '#E7E6E6', 'bottom': 1})
        self.large = self.book.add_format({'bold': True, 'font_size': 14})

    def add_sheet(self, name, columns):
        return Sheet(self, name, columns)

    def close(self):
        """:return: the file as bytes"""
        self.book.close()
        return self.file.getvalue()


class Sheet:
    """One sheet: title, headers that stay, rows, and totals that Excel sums up anew."""

    def __init__(self, workbook, name, columns):
        self.workbook, self.name, self.columns = workbook, name, columns
        self.sheet = workbook.book.add_worksheet(name)
        self.row = HEADER_ROW
        self.totals = [0.0] * len(columns)
        self.total_row = None
        for number, column in enumerate(columns):
            self.sheet.set_column(number, number, column.width)
        self.sheet.write_string(0, 0, workbook.title + " – " + name, workbook.large)
        self.sheet.write_string(1, 0, workbook.subtitle)
        for number, column in enumerate(columns):
            self.sheet.write_string(HEADER_ROW, number, column.title, workbook.head)
        self.sheet.freeze_panes(HEADER_ROW + 1, 1)
        self.sheet.set_landscape()
        self.sheet.repeat_rows(HEADER_ROW)
        self.sheet.fit_to_pages(1, 0)

    def add_row(self, values, bold=False):
        """:param values: as many as columns; None and False leave a cell of text or date empty"""
        self.row += 1
        for number, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            self._write(number, column, value, self.workbook.bold if bold else self.workbook.formats)
            if column.total:
                self.totals[number] += value or 0.0

    def _write(self, number, column, value, formats):
        cell_format = formats[column.kind]
        if isinstance(value, (date, datetime)):
            self.sheet.write_datetime(self.row, number, value, cell_format)
        elif isinstance(value, str):
            self.sheet.write_string(self.row, number, value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            self.sheet.write_number(self.row, number, value, cell_format)

    def write_formula(self, number, formula, value, bold=False):
        """Write `formula` into the present row, with the `value` that it has now."""
        formats = self.workbook.bold if bold else self.workbook.formats
        self.sheet.write_formula(self.row, number, formula, formats[self.columns[number].kind], value)

    def close(self, label):
        """Filters over the rows, and below them a row with the total of each column that has one."""
        last = max(self.row, HEADER_ROW + 1)
        self.sheet.autofilter(HEADER_ROW, 0, last, len(self.columns) - 1)
        self.row = self.total_row = last + 1
        self.sheet.write_string(self.row, 0, label, self.workbook.bold['text'])
        for number, column in enumerate(self.columns):
            if column.total:
                letter = xl_col_to_name(number)
                formula = f'=SUM({letter}{HEADER_ROW + 2}:{letter}{last + 1})'
                self.write_formula(number, formula, round(self.totals[number], 6), bold=True)

    def get_total(self, title):
        """Where the total of a column stands, for a formula of another sheet, and what it is now.

        :return: tuple `(formula without =, value)`
        """
        number = [column.title for column in self.columns].index(title)
        name = self.name.replace("'", "''")
        return f"'{name}'!{xl_col_to_name(number)}{self.total_row + 1}", round(self.totals[number], 6)
