from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _inherit = 'res.partner'

    returns_blocked = fields.Boolean(
        help="Returns of this customer wait for a returns manager. A withdrawal by law does not.")
    returns_blocked_reason = fields.Char("Why Blocked", help="Stands on the return, for the staff.")

    @api.constrains('returns_blocked', 'returns_blocked_reason')
    def _check_returns_blocked_reason(self):
        for partner in self:
            if partner.returns_blocked and not (partner.returns_blocked_reason or '').strip():
                raise ValidationError(self.env._("Say why the returns of %s are blocked.", partner.display_name))
