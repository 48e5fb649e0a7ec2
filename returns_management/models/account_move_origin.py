from odoo import models


class AccountMove(models.Model):
    """From an invoice to a return of what it bills."""

    _inherit = 'account.move'

    def action_create_return(self):
        """Open a new return of what was delivered of this invoice and can still come back. Nothing is saved yet."""
        self.ensure_one()
        self.check_access('read')
        lines_sudo = self.sudo().invoice_line_ids
        invoiced = {
            sale_line: sum(map(sale_line._get_returns_invoiced_qty, sale_line.invoice_lines & lines_sudo))
            for sale_line in lines_sudo.sale_line_ids
        }
        moves_sudo = self.env['sale.order.line'].sudo().union(*invoiced)._get_returns_delivered_moves()
        return self.env['returns.order']._get_new_action(moves_sudo, self.name, ceilings=invoiced)
