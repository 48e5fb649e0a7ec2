from odoo import fields, models


class ReturnsReason(models.Model):
    """Why the customer sends something back. What an inspector finds is another question."""

    _name = 'returns.reason'
    _description = "Return Reason"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short code for labels, imports and reports.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    fault = fields.Selection(
        [('customer', "Customer"), ('seller', "Us"), ('carrier', "Carrier")],
        string="Caused By", required=True, default='customer', help="Who is at fault when this is the reason.",
    )

    _code_uniq = models.UniqueIndex('(code)', "This code is taken by another return reason.")
