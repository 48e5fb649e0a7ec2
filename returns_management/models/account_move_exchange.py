from odoo import models


class AccountMove(models.Model):
    """An exchange is settled once: the credit note of what came back is matched with the invoice of what went out."""

    _inherit = 'account.move'

    def _post(self, soft=True):
        """Override of `account` to match credit notes of returns with the invoices of their exchanges."""
        posted = super()._post(soft)
        posted._match_returns_exchanges()
        return posted

    def _match_returns_exchanges(self):
        moves_sudo = self.sudo().filtered(lambda move: move.move_type in ('out_invoice', 'out_refund'))
        lines = moves_sudo.invoice_line_ids
        exchanged = (
            lines.sale_line_ids.returns_exchange_line_id
            | lines.returns_line_id.filtered('exchange_sale_line_ids'))
        plan = [
            items
            for return_order in exchanged.order_id
            for items in return_order.line_ids._get_exchange_items_to_match()
        ]
        if plan:
            self.env['account.move.line'].sudo()._reconcile_plan(plan)
