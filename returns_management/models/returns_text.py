from odoo import fields, models


class ReturnsText(models.Model):
    """What customers read often: written once, translated once, chosen in the dialogs of many returns."""

    _name = 'returns.text'
    _description = "Text for Customers"
    _order = 'verb, sequence, id'

    name = fields.Char("Title", required=True, translate=True, help="Only your colleagues read it.")
    verb = fields.Selection(
        [('approve', "Approve"), ('refuse', "Refuse"), ('ask', "Ask the customer"), ('close', "Close the rest")],
        string="Used To", required=True, default='refuse')
    body = fields.Text("Text", required=True, translate=True, help="What the customer reads, in the own language.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
