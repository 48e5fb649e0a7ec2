from odoo import Command, api, fields, models


class ReturnsOrder(models.Model):
    """The cost of goods that move without a credit note, in entries of their own."""

    _inherit = 'returns.order'

    cost_entry_ids = fields.Many2many(
        'account.move', string="Cost Entries", compute='_compute_cost_entry_ids', compute_sudo=True,
        help="The cost of goods that moved without a credit note.")
    cost_entry_count = fields.Integer(compute='_compute_cost_entry_ids', compute_sudo=True)

    @api.depends('line_ids.cost_line_ids.returns_cost_move_id')
    def _compute_cost_entry_ids(self):
        entries = self._get_entries('returns_cost_line_id', [('returns_cost_move_id', '!=', False)])
        for order in self:
            order.cost_entry_ids = entries[order]
            order.cost_entry_count = len(order.cost_entry_ids)

    def _on_received(self):
        """Override: what a credit note had credited before it came, and what none is for, is booked now."""
        costed_alone = self.line_ids.filtered(
            lambda line: line.qty_credited or line.qty_refused or not line._is_credited_for_goods())
        costed_alone.order_id.sudo()._run_automatically('_book_cost')
        super()._on_received()

    def _book_cost(self):
        self.line_ids._book_cost()

    def _prepare_cost_entry_vals(self, journal, item_vals_list):
        """Values of the journal entry that books cost for this return.

        :param item_vals_list: list of dicts for `account.move.line.create`
        :return: dict for `account.move.create`
        """
        self.ensure_one()
        return {
            'move_type': 'entry',
            'journal_id': journal.id,
            'company_id': self.company_id.id,
            'date': self.env.context.get('force_period_date') or fields.Date.context_today(self),
            'ref': self.env._("%s: cost of goods that moved without a credit note", self.name),
            'line_ids': [Command.create(vals) for vals in item_vals_list],
        }

    def action_view_cost_entries(self):
        return self._get_documents_action('account.action_move_journal_line', self.cost_entry_ids)
