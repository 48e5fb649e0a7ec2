from odoo import models
from odoo.tools import SQL

from .workbook import Column


class ReturnsWorkbook(models.AbstractModel):
    """Credit notes as they stand in the ledger: what is not paid out, their taxes, and what the sheets agree with."""

    _inherit = 'returns.workbook'

    # === Which credit notes ===

    def _is_about_returns(self, note):
        """SQL condition: the credit note of this id credits what came back, by a return or by hand."""
        return SQL(
            """EXISTS (
                   SELECT FROM account_move_line its_item
                    WHERE its_item.move_id = %(note)s AND its_item.returns_line_id IS NOT NULL)
               OR EXISTS (
                   SELECT FROM account_move_line its_item
                     JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = its_item.id
                    WHERE its_item.move_id = %(note)s AND (
                        EXISTS (SELECT FROM returns_order_line line WHERE line.sale_line_id = rel.order_line_id)
                        OR EXISTS (SELECT FROM stock_move move
                                    WHERE move.sale_line_id = rel.order_line_id AND move.state = 'done'
                                      AND move.to_refund AND move.origin_returned_move_id IS NOT NULL)))""", note=note)

    def _get_notes(self):
        """SQL condition: `note` is a posted credit note of the company that is about returns."""
        return SQL(
            "note.company_id = %s AND note.move_type = 'out_refund' AND note.state = 'posted' AND (%s)",
            self.env.company.id, self._is_about_returns(SQL("note.id")))

    def _get_items(self, day):
        """FROM and WHERE of the journal items `item` that the credit notes of the month have booked."""
        return SQL(
            """FROM account_move_line item
               JOIN account_move note ON note.id = item.move_id
               JOIN account_account account ON account.id = item.account_id
              WHERE item.parent_state = 'posted' AND item.date BETWEEN %s AND %s AND %s""",
            self._get_first_day(day), day, self._get_notes())

    # === Not paid out ===

    def _add_unpaid(self, book, day):
        """One row for each credit note that is not matched with payments or invoices by the end of the day."""
        sheet = book.add_sheet(self.env._("Not paid out"), [
            Column(self.env._("Credit Note"), width=20), Column(self.env._("Customer"), width=26),
            Column(self.env._("Returns"), width=20), Column(self.env._("Date"), 'date', 12),
            Column(self.env._("Refund By"), 'date', 12), Column(self.env._("Days Open"), 'quantity', 10),
            Column(self.env._("Total"), 'amount', 14, total=True), Column(self.env._("Open"), 'amount', 14, total=True),
        ])
        self.env.flush_all()
        found = self.env.execute_query(SQL(
            """SELECT note.id, SUM(-owed.balance), SUM(-owed.balance - SIGN(-owed.balance) * matched.amount)
                 FROM account_move note
                 JOIN account_move_line owed ON owed.move_id = note.id AND owed.display_type = 'payment_term'
                 CROSS JOIN LATERAL (
                      SELECT COALESCE(SUM(partial.amount), 0) AS amount FROM account_partial_reconcile partial
                       WHERE (partial.debit_move_id = owed.id OR partial.credit_move_id = owed.id)
                         AND partial.max_date <= %(day)s) matched
                WHERE note.date <= %(day)s AND %(notes)s
                GROUP BY note.id
               HAVING ABS(SUM(-owed.balance - SIGN(-owed.balance) * matched.amount)) > 0.004
                ORDER BY note.id""", day=day, notes=self._get_notes()))
        notes = self.env['account.move'].browse(note_id for note_id, *_amounts in found)
        for note, (_id, total, residual) in zip(notes, found, strict=True):
            returns = note.sudo().returns_order_ids
            sheet.add_row([
                note.name, note.commercial_partner_id.display_name or "", ", ".join(returns.mapped('name')), note.date,
                min(returns.filtered('date_refund_deadline').mapped('date_refund_deadline'), default=None),
                (day - note.date).days, float(total), float(residual)])
        sheet.close(self.env._("Total"))
        return sheet

    # === Taxes ===

    def _add_tax(self, book, day):
        """One row for each tax of each credit note of the month, beside the invoice that it corrects."""
        sheet = book.add_sheet(self.env._("Tax"), [
            Column(self.env._("Credit Note"), width=20), Column(self.env._("Date"), 'date', 12),
            Column(self.env._("Original Invoice"), width=20), Column(self.env._("Invoice Date"), 'date', 12),
            Column(self.env._("Customer"), width=26), Column(self.env._("Country"), width=16),
            Column(self.env._("Tax"), width=16), Column(self.env._("Base"), 'amount', 14, total=True),
            Column(self.env._("Tax Amount"), 'amount', 14, total=True),
        ])
        self.env.flush_all()
        found = self.env.execute_query(SQL(
            """SELECT note.id, item.tax_line_id, SUM(ABS(item.tax_base_amount)), SUM(item.balance)
               %s AND item.tax_line_id IS NOT NULL
                GROUP BY note.id, item.tax_line_id ORDER BY note.id, item.tax_line_id""", self._get_items(day)))
        notes = self.env['account.move'].browse(note_id for note_id, *_rest in found)
        taxes = self.env['account.tax'].browse(tax_id for _id, tax_id, *_rest in found)
        for note, tax, (_id, _tax_id, base, amount) in zip(notes, taxes, found, strict=True):
            invoice = note.reversed_entry_id
            sheet.add_row([
                note.name, note.date, invoice.name or "", invoice.invoice_date or None,
                note.commercial_partner_id.display_name or "", note.commercial_partner_id.country_id.name or "",
                tax.name, float(base), float(amount)])
        sheet.close(self.env._("Total"))
        return sheet

    # === What the sheets agree with ===

    def _get_ledger(self, day):
        """What the ledger says, read apart from the sheets: dict of amounts in the currency of the company."""
        self.env.flush_all()
        net, tax = self._get_booked(day)
        liability, stock = self._get_accrued(day)
        amounts = {
            'cost': self._get_cost(day), 'rate': net, 'tax': tax, 'unpaid': self._get_owed(day), 'liability': liability,
            'stock': stock}
        return {name: float(amount or 0.0) for name, amount in amounts.items()}

    def _get_booked(self, day):
        """What the credit notes of the month have booked: revenue in other currencies, tax.

        Tax is what is left of what they owe when all the rest is taken off.
        """
        return self.env.execute_query(SQL(
            """SELECT SUM(item.balance) FILTER (
                          WHERE item.display_type = 'product' AND item.currency_id <> item.company_currency_id),
                      -SUM(item.balance) FILTER (WHERE item.tax_line_id IS NULL AND item.display_type <> 'cogs')
               %s""", self._get_items(day)))[0]

    def _get_cost(self, day):
        """What was booked into stock accounts this month for goods that came back, by credit notes or alone."""
        [(cost,)] = self.env.execute_query(SQL(
            """SELECT SUM(item.balance)
                 FROM account_move_line item
                 JOIN account_move note ON note.id = item.move_id
                 JOIN account_account account ON account.id = item.account_id
                 LEFT JOIN account_move_line origin ON origin.id = item.cogs_origin_id
                WHERE item.company_id = %(company)s AND item.parent_state = 'posted'
                  AND item.date BETWEEN %(first)s AND %(last)s AND LEFT(account.account_type, 5) = 'asset'
                  AND (item.returns_cost_line_id IS NOT NULL AND %(is_of_receipt)s
                    OR item.returns_cost_line_id IS NULL AND note.move_type = 'out_refund' AND (
                       origin.returns_line_id IS NOT NULL OR EXISTS (
                           SELECT FROM sale_order_line_invoice_rel rel
                             JOIN stock_move move ON move.sale_line_id = rel.order_line_id
                            WHERE rel.invoice_line_id = origin.id AND %(is_plain)s)))""",
            company=self.env.company.id, first=self._get_first_day(day), last=day,
            is_of_receipt=self.env['returns.reconciliation']._is_cost_of_receipt(SQL("item")),
            is_plain=self.env['returns.reconciliation']._is_plain_return()))
        return cost

    def _get_owed(self, day):
        """What is open on receivable accounts of the credit notes by the end of the day."""
        [(owed,)] = self.env.execute_query(SQL(
            """SELECT SUM(-item.balance - COALESCE((
                          SELECT SUM(partial.amount * CASE WHEN partial.credit_move_id = item.id THEN 1 ELSE -1 END)
                            FROM account_partial_reconcile partial
                           WHERE item.id IN (partial.credit_move_id, partial.debit_move_id)
                             AND partial.max_date <= %(day)s), 0))
                 FROM account_move note
                 JOIN account_move_line item ON item.move_id = note.id
                 JOIN account_account account ON account.id = item.account_id
                WHERE account.account_type = 'asset_receivable' AND note.date <= %(day)s AND %(notes)s""",
            day=day, notes=self._get_notes()))
        return owed

    def _get_accrued(self, day):
        """What the accrual entry of the day has put on the refund liability, and into stock."""
        return self.env.execute_query(SQL(
            """SELECT -SUM(item.balance) FILTER (WHERE item.account_id = company.returns_liability_account_id),
                      SUM(item.balance) FILTER (WHERE LEFT(account.account_type, 5) = 'asset')
                 FROM account_move entry
                 JOIN res_company company ON company.id = entry.company_id
                 JOIN account_move_line item ON item.move_id = entry.id
                 JOIN account_account account ON account.id = item.account_id
                WHERE entry.state = 'posted' AND entry.returns_accrual_date = %s AND entry.company_id = %s""",
            day, self.env.company.id))[0]

    def _fill_summary(self, summary, sheets, day):
        """Each total beside the ledger. What the ledger has no account for stands alone."""
        ledger = self._get_ledger(day)
        label = self.env['returns.reconciliation']._fields
        for title, sheet, column, name, where in self._get_summary_rows():
            title_of_column = label[column]._description_string(self.env) if column in label else column
            formula, value = sheets[sheet].get_total(title_of_column)
            self._add_summary_row(summary, title, formula, value, name and ledger[name], where)

    def _get_summary_rows(self):
        """:return: tuples `(title, sheet, column, amount of the ledger or None, where it is read)`"""
        accrued = self.env._("%s in the accrual entry of the day: differs until that is posted")
        return (
            (self.env._("Received, not credited: net"), 'uncredited', 'amount_uncredited', 'liability',
             accrued % self.env._("Refund liability")),
            (self.env._("Received, not credited: cost"), 'uncredited', 'cost_uncredited', 'stock',
             accrued % self.env._("Stock valuation")),
            (self.env._("Credited, not received: net"), 'unreceived', 'amount_unreceived', None, ""),
            (self.env._("Not paid out"), 'unpaid', self.env._("Open"), 'unpaid',
             self.env._("Open items of these credit notes on receivable accounts")),
            (self.env._("Cost: value of the goods booked this month"), 'cost', 'cost_credited', 'cost',
             self.env._("Stock accounts, of the credit notes and cost entries of the month")),
            (self.env._("Exchange rates: net credited this month in other currencies"), 'rate', 'amount_net', 'rate',
             self.env._("Revenue lines in other currencies of the credit notes of the month")),
            (self.env._("Exchange rates: difference to the rate of the invoice"), 'rate', 'amount_rate_difference',
             None, ""),
            (self.env._("Tax credited this month"), 'tax', self.env._("Tax Amount"), 'tax',
             self.env._("What the credit notes of the month owe less their net")),
        )

    def _add_summary_row(self, summary, title, formula, value, ledger, where):
        """:param ledger: what the ledger says; None where there is nothing to compare with"""
        summary.add_row([title, value, ledger, None, where])
        summary.write_formula(1, f'={formula}', value)
        if ledger is not None:
            row = summary.row + 1
            summary.write_formula(3, f'=ROUND(B{row}-C{row},2)', round(value - ledger, 2))
