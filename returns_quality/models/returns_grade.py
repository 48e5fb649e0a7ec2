from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ReturnsGrade(models.Model):
    """In which condition something is: what is credited for it, and where it is proposed to go."""

    _name = 'returns.grade'
    _description = "Return Grade"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short, for buttons and labels.")
    sequence = fields.Integer(default=10, help="The best one first.")
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: for every company.")
    description = fields.Text(translate=True, help="How to recognise it.")

    credit_share = fields.Float(
        "Credited Share", digits=(3, 4), default=1.0,
        help="Of the price, when the condition is up to the customer. Nothing: the goods are refused.")
    credit_share_fault = fields.Float(
        "Credited Share, Not the Customer's Fault", digits=(3, 4), default=1.0,
        help="Of the price, when the reason of the return is ours or the carrier's fault.")
    disposition_id = fields.Many2one(
        'returns.disposition', string="Goods Go To", ondelete='restrict', required=True, check_company=True,
        domain="[('action', '!=', 'send_back')]", help="What is proposed for accepted goods.")
    write_down_percent = fields.Float(
        "Value Written Down By", digits=(5, 2),
        help="By how much of their value the goods that stay are worth less. Nothing: their value stays.")

    _share_in_range = models.Constraint(
        'CHECK (credit_share >= 0 AND credit_share <= 1 AND credit_share_fault >= 0 AND credit_share_fault <= 1)',
        "The credited share must lie between 0 and 100 %.")
    _write_down_in_range = models.Constraint(
        'CHECK (write_down_percent >= 0 AND write_down_percent <= 100)',
        "A value can be written down by 0 to 100 percent.")
    _code_uniq = models.UniqueIndex('(code, COALESCE(company_id, 0))', "This code is taken by another grade.")

    @api.constrains('disposition_id')
    def _check_disposition(self):
        for grade in self:
            if grade.disposition_id.action == 'send_back':
                raise ValidationError(self.env._(
                    "What goes back to the customer is refused: choose where the accepted goods of “%s” go.",
                    grade.name))

    @api.depends('name', 'code')
    def _compute_display_name(self):
        for grade in self:
            grade.display_name = grade.name if grade.name == grade.code else f'{grade.code} · {grade.name}'

    def _get_credit_share(self, reason):
        """Which part of the price is credited for goods of this grade that came back for `reason`, 0 to 1."""
        self.ensure_one()
        return self.credit_share if reason.fault in (False, 'customer') else self.credit_share_fault
