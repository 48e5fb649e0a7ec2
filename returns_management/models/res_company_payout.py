from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    returns_auto_payout = fields.Boolean(
        "Pay Back by Itself", help="As soon as a credit note of a return is posted, its online payment is refunded.")
    returns_uninvoiced = fields.Selection(
        [('invoice', "Invoice what was delivered, then credit it"), ('refund', "Refund the payment")],
        string="Paid, Not Invoiced", required=True, default='invoice',
        help="What becomes of goods that were paid online and came back before they were invoiced.")

    def write(self, vals):
        """Override of `base`: open returns go on as the company says now."""
        result = super().write(vals)
        if 'returns_uninvoiced' in vals:
            self.env['returns.order'].sudo().search([
                ('company_id', 'in', self.ids), ('amount_uninvoiced', '!=', 0)]).line_ids._update_qty_to_credit()
        return result
