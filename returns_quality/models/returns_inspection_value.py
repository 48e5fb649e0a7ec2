from odoo import Command, fields, models


class ReturnsInspection(models.Model):
    """What are the goods still worth? Used goods are written down, with the entry for it where stock is perpetual.

    The value of the receipt falls, and the entry is exactly what the value of the stock falls by: so the stock report
    and the stock accounts differ by as much after it as they did before. A second inspection that finds the goods
    better, or worse, books the difference: the amount stands on the inspection that counts.
    """

    _inherit = 'returns.inspection'

    company_currency_id = fields.Many2one(related='company_id.currency_id', string="Company Currency")
    write_down_amount = fields.Monetary(
        "Written Down", currency_field='company_currency_id', readonly=True, copy=False,
        help="By how much the value of these goods was lowered.")
    write_down_move_id = fields.Many2one(
        'account.move', string="Write-Down Entry", readonly=True, copy=False, index='btree_not_null')

    def _write_down(self):
        """Give what is accepted the value that its grade leaves: one entry for each company."""
        for company, inspections in self.with_context(active_test=False).grouped('company_id').items():
            inspections.with_company(company)._write_down_of_company()

    def _write_down_of_company(self):
        changes = {
            inspection: change for inspection in self
            if inspection._can_be_written_down() and (change := inspection._get_change_of_loss())
        }
        if not changes:
            return
        changed = self.union(*changes)
        products = changed.product_id
        before = {product: product.total_value for product in products}
        self.env['product.value'].create([
            {
                'move_id': move.id,
                'value': move.value - sum(changes[one] for one in inspections),
                'company_id': move.company_id.id,
                'description': ", ".join(inspections.mapped('display_name')),
            }
            for move, inspections in changed.grouped('move_id').items()
        ])
        for inspection, change in changes.items():
            inspection.write_down_amount += change
        products.invalidate_recordset(['total_value'])
        changed._book_write_down({product: before[product] - product.total_value for product in products})

    def _can_be_written_down(self):
        """Whether the goods stay with us, at a value of their own: not at a standard price, nor when scrapped."""
        self.ensure_one()
        return (
            (self.grade_id.write_down_percent or self.write_down_amount) and not self.is_refused
            and self.disposition_id.action in ('restock', 'hold')
            and self.product_id.is_storable and self.product_id.cost_method != 'standard' and self.move_id.is_in
        )

    def _get_change_of_loss(self):
        """By how much more these goods are written down than they are already; less than nothing to take it back."""
        self.ensure_one()
        return self.company_currency_id.round(self._get_loss() - self.write_down_amount)

    def _get_loss(self):
        """By how much these goods are worth less than what they came back at, as their grade says."""
        self.ensure_one()
        move = self.move_id
        return self.company_currency_id.round(
            move._get_returns_cost() / move._get_valued_qty() * self.quantity * self.grade_id.write_down_percent / 100)

    def _take_over_write_down(self):
        """What the inspections that these look again at have written down stands with these now."""
        for inspection in self.filtered('previous_id.write_down_amount'):
            inspection.write_down_amount = inspection.previous_id.write_down_amount
            inspection.previous_id.write_down_amount = 0

    def _split_write_down(self, part, share):
        """Hand `share` of what is written down to `part`, which was taken out of it."""
        if self.write_down_amount:
            part.write_down_amount = self.company_currency_id.round(self.write_down_amount * share)
            self.write_down_amount -= part.write_down_amount

    def _book_write_down(self, losses):
        """:param losses: dict of what the value of the stock fell by, by product"""
        currency = self.env.company.currency_id
        booked = {
            product: loss for product, loss in losses.items()
            if product.valuation == 'real_time' and not currency.is_zero(loss)}
        if not booked:
            return
        entry = self.env['account.move'].create({
            'move_type': 'entry',
            'journal_id': self.env.company.account_stock_journal_id.id,
            'ref': self.env._("Write-down of returned goods"),
            'line_ids': [
                Command.create({**vals, 'name': self.env._("Write-down: %s", product.display_name)})
                for product, loss in booked.items()
                for vals in self.env.company._prepare_returns_loss_lines(product, loss)
            ],
        })
        entry._post()
        self.filtered(lambda inspection: inspection.product_id in booked).write_down_move_id = entry
