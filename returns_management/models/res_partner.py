from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _inherit = 'res.partner'

    # For the staff alone: customers can read their own contact.
    returns_blocked = fields.Boolean(
        groups='returns_management.group_returns_user',
        help="Returns of this customer wait for a returns manager. A withdrawal by law does not.")
    returns_blocked_reason = fields.Char(
        "Why Blocked", groups='returns_management.group_returns_user', help="Stands on the return, for the staff.")

    @api.constrains('returns_blocked', 'returns_blocked_reason')
    def _check_returns_blocked_reason(self):
        for partner in self:
            if partner.returns_blocked and not (partner.returns_blocked_reason or '').strip():
                raise ValidationError(self.env._("Say why the returns of %s are blocked.", partner.display_name))

    def _get_returns_address_text(self):
        """Name and address in one line."""
        self.ensure_one()
        address = self._display_address(without_company=True).split('\n')
        return ', '.join(part.strip() for part in [self.name or '', *address] if part.strip())
