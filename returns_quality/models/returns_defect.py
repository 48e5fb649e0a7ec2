from odoo import fields, models


class ReturnsDefect(models.Model):
    """What an inspector finds. Why the customer sends it back is another question."""

    _name = 'returns.defect'
    _description = "Return Defect"
    _order = 'sequence, name, id'

    name = fields.Char(required=True, translate=True)
    code = fields.Char()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: for every company.")

    _name_uniq = models.UniqueIndex(
        '(name, COALESCE(company_id, 0))', "There is a defect of this name already.")
