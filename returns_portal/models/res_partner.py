from odoo import models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    def _get_returns_address_text(self):
        """Name and address in one line."""
        self.ensure_one()
        address = self._display_address(without_company=True).split('\n')
        return ', '.join(part.strip() for part in [self.name or '', *address] if part.strip())
