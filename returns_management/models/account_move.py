from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .locking import serialize


class AccountMove(models.Model):
    _inherit = 'account.move'

    returns_order_ids = fields.Many2many(
        'returns.order', string="Returns", compute='_compute_returns_order_ids', compute_sudo=True,
        search='_search_returns_order_ids')
    returns_order_count = fields.Integer(
        "Return Count", compute='_compute_returns_order_ids', compute_sudo=True)

    @api.depends('line_ids.returns_line_id.order_id')
    def _compute_returns_order_ids(self):
        for move in self:
            move.returns_order_ids = move.line_ids.returns_line_id.order_id
            move.returns_order_count = len(move.returns_order_ids)

    def _search_returns_order_ids(self, operator, value):
        return [('line_ids.returns_line_id.order_id', operator, value)]

    def action_view_returns(self):
        self.ensure_one()
        return self.returns_order_ids._get_documents_action(
            'returns_management.returns_order_action', self.returns_order_ids)

    def _post(self, soft=True):
        """Override of `account`: no credit note of a return credits more than was invoiced."""
        self._check_returns_credit()
        posted = super()._post(soft)
        posted._get_returns_lines()._update_qty_to_credit()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._get_returns_lines()._update_qty_to_credit()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._get_returns_lines()._update_qty_to_credit()
        return result

    def unlink(self):
        """Override of `account`: what a deleted credit note credited is to be credited again."""
        lines = self._get_returns_lines()
        result = super().unlink()
        lines._update_qty_to_credit()
        return result

    def _check_returns_credit(self):
        """:raise UserError: naming the lines that credit more than is left of their invoices"""
        credit_lines_sudo = self.sudo().invoice_line_ids.filtered('returns_line_id')
        if not credit_lines_sudo:
            return
        sale_lines = credit_lines_sudo.sale_line_ids
        serialize(sale_lines._get_returns_invoice_lines())
        problems = []
        for sale_line in sale_lines:
            invoiced = sum(map(sale_line._convert_invoice_qty, sale_line._get_returns_invoice_lines()))
            credited = sum(
                sale_line._convert_invoice_qty(line) for line in sale_line.invoice_lines
                if line.move_id.move_type == 'out_refund'
                and (line.parent_state == 'posted' or line in credit_lines_sudo))
            if sale_line.product_uom_id.compare(credited, invoiced) > 0:
                problems.append(self.env._(
                    "%(product)s (%(order)s): %(credited)s %(unit)s credited, %(invoiced)s invoiced.",
                    product=sale_line.product_id.display_name, order=sale_line.order_id.name,
                    unit=sale_line.product_uom_id.name,
                    credited=formatLang(self.env, credited, dp='Product Unit'),
                    invoiced=formatLang(self.env, invoiced, dp='Product Unit')))
        if problems:
            raise UserError(self.env._(
                "More would be credited than was invoiced. Lower the quantity on the credit note.\n%s",
                "\n".join(problems)))

    def _get_returns_lines(self):
        """The return lines of the order lines on these invoices: there may be more, or less, to credit for them."""
        return self.sudo().invoice_line_ids.sale_line_ids.filtered('returns_exist').returns_line_ids
