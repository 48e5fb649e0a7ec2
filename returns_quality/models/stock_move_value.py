from odoo import models


class StockMove(models.Model):
    """What is scrapped after an inspection is written off, whether the scrap location has an account for it or not."""

    _inherit = 'stock.move'

    def _get_returns_cost(self):
        """Override: the cost comes back as it left, what was written down since is a loss with an entry of its own."""
        return super()._get_returns_cost() + sum(self.returns_inspection_ids.mapped('write_down_amount'))

    def _is_returns_write_off(self):
        self.ensure_one()
        return bool(self.returns_inspection_id) and self.location_dest_id.usage == 'inventory' and (
            not self.location_dest_id.valuation_account_id)

    def _should_create_account_move(self):
        """Override of `stock_account`: the loss of returned goods is booked at once where stock is perpetual."""
        return super()._should_create_account_move() or (
            self._is_returns_write_off() and self.product_id.is_storable and self.is_out
            and self.product_id.valuation == 'real_time')

    def _get_account_move_line_vals(self):
        if not self._is_returns_write_off():
            return super()._get_account_move_line_vals()
        name = f'{self.reference} - {self.product_id.name}'
        return [
            {**vals, 'name': name}
            for vals in self.company_id._prepare_returns_loss_lines(self.product_id, self._get_aml_value())]
