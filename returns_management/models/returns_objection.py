from odoo import fields, models


class ReturnsObjection(models.Model):
    """What the policy said against a return line: kept as it was said when the return was submitted."""

    _name = 'returns.objection'
    _description = "Return Objection"
    _rec_name = 'message'
    _order = 'id'

    line_id = fields.Many2one('returns.order.line', string="Return Line", required=True, index=True, ondelete='cascade')
    code = fields.Char(required=True, help="Technical name of the check that objected.")
    message = fields.Char(required=True)
    waivable = fields.Boolean(help="A returns manager may accept the line anyway.")
