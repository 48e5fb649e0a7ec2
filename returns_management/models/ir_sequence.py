from odoo import api, models


class IrSequence(models.Model):
    _inherit = 'ir.sequence'

    @api.model
    def _get_next_returns_numbers(self, code, count):
        """The next `count` numbers of the sequence with this code in the current company, taken at once.

        :return: list of strings, as `next_by_code` would give them one by one; None when there is no such sequence
        """
        self.browse().check_access('read')
        sequence = self.search(
            [('code', '=', code), ('company_id', 'in', [self.env.company.id, False])], order='company_id', limit=1)
        return sequence._take_returns_numbers(count) if sequence else None

    def _take_returns_numbers(self, count):
        """The next `count` numbers of this sequence, taken at once.

        :return: list of strings, as `next_by_id` would give them one by one
        """
        self.ensure_one()
        if not count:
            return []
        if self.implementation != 'standard':  # without gaps: each number locks the sequence
            return [self._next() for _number in range(count)]
        sequence, current = self, self._get_current_sequence()
        if sequence.use_date_range:
            sequence = sequence.with_context(ir_sequence_date_range=current.date_from)
            counter = f'ir_sequence_{sequence.id:03}_{current.id:03}'
        else:
            counter = f'ir_sequence_{sequence.id:03}'
        self.env.cr.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [counter, count])
        return [sequence.get_next_char(number) for number, in self.env.cr.fetchall()]
