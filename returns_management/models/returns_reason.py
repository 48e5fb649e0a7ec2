from odoo import fields, models


class ReturnsReason(models.Model):
    """Why the customer sends something back. What an inspector finds is another question."""

    _name = 'returns.reason'
    _description = "Return Reason"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short code for labels, imports and reports.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    fault = fields.Selection(
        [('customer', "Customer"), ('seller', "Us"), ('carrier', "Carrier")],
        string="Caused By", required=True, default='customer', help="Who is at fault when this is the reason.",
    )

    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: for every company.")
    barcode = fields.Char(copy=False, help="To scan on a card at the packing table.")
    needs_photo = fields.Boolean("Photo Needed")
    needs_comment = fields.Boolean("Comment Needed")
    resolution_ids = fields.Many2many(
        'returns.resolution', string="Customer May Get", help="Empty: whatever the policy allows.")
    refund_shipping = fields.Boolean(
        "Refund Delivery", help="What the customer paid for the delivery is owed, too.")

    _code_uniq = models.UniqueIndex(
        '(code, COALESCE(company_id, 0))', "This code is taken by another return reason.")
    _barcode_uniq = models.UniqueIndex(
        '(barcode, COALESCE(company_id, 0)) WHERE barcode IS NOT NULL',
        "This barcode is taken by another return reason.")
