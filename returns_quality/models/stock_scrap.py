from odoo import fields, models


class StockScrap(models.Model):
    _inherit = 'stock.scrap'

    returns_inspection_id = fields.Many2one(
        'returns.inspection', string="Return Inspection", copy=False, index='btree_not_null', ondelete='set null',
        check_company=True)

    def _prepare_move_values(self):
        vals = super()._prepare_move_values()
        if self.returns_inspection_id:
            vals['returns_inspection_id'] = self.returns_inspection_id.id
            vals['move_line_ids'][0][2]['picked'] = True
        return vals

    def _scrap_together(self):
        """Scrap all of them in one batch, as the button of core does it one by one."""
        self._check_company()
        for company, scraps in self.grouped('company_id').items():
            numbers = self.env['ir.sequence'].with_company(company)._get_next_returns_numbers(
                'stock.scrap', len(scraps)) or [self.env._("New")] * len(scraps)
            for scrap, number in zip(scraps, numbers, strict=True):
                scrap.name = number
            moves = self.env['stock.move'].create([scrap._prepare_move_values() for scrap in scraps])
            moves.with_company(company).with_context(is_scrap=True)._action_done()
        self.write({'state': 'done', 'date_done': fields.Datetime.now()})
