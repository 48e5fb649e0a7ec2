from odoo import models


class AccountMove(models.Model):
    """What each line of an invoice or a credit note amounts to, rounded as it is booked."""

    _inherit = 'account.move'

    def _get_returns_amounts(self):
        """Base and taxes of every product line, in the currency of the document and of the company.

        Computed once for each document. The base is that of the journal item: what rounding the whole document added
        to or took from single lines is part of it, which would not always come out the same again.

        :return: dict by `account.move.line` of amounts by key; the key of an amount in the currency of the document
            ends with `_currency`, that of a tax starts with its id; a negative quantity has the opposite sign
        """
        self.line_ids.fetch(['tax_ids', 'tax_tag_ids'])  # of all lines at once, which core would not do
        amounts = {}
        for move in self:
            base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
            for base_line in base_lines:
                if base_line['record'] and base_line['record'].display_type == 'product':
                    amounts[base_line['record']] = move._get_returns_base_line_amounts(base_line)
        return amounts

    def _get_returns_base_line_amounts(self, base_line):
        sign = -1 if base_line['quantity'] < 0 else 1
        item = base_line['record']
        amounts = {
            'total_excluded_currency': sign * self.direction_sign * item.amount_currency,
            'total_excluded': sign * self.direction_sign * item.balance,
        }
        for tax_data in base_line['tax_details']['taxes_data']:
            if tax_data['is_reverse_charge']:  # the same amount once more, with the opposite sign
                continue
            for name in ('tax_amount_currency', 'tax_amount', 'base_amount_currency', 'base_amount'):
                amounts[f"{tax_data['tax'].id}.{name}"] = sign * tax_data[name]
        return amounts
