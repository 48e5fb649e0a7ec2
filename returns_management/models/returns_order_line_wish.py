from odoo import fields, models

from .returns_order_line_resolution import WITHOUT_GOODS


class ReturnsOrderLine(models.Model):
    """What would the customer like to get? A wish: what is given is our decision."""

    _inherit = 'returns.order.line'

    wished_resolution_id = fields.Many2one(
        'returns.resolution', string="Customer Wishes", ondelete='restrict',
        help="What the customer would like to get. Somebody looks at it when it is something else than what is given.")

    def _get_wishes_offered(self):
        """What customers may wish for each line, the policy's default first.

        That is what policy and reason allow. Where neither narrows it down, only what brings the goods back: money or
        goods for nothing are offered where somebody has said so.

        :return: dict of `returns.resolution` records by line
        """
        unasked = self.env['returns.resolution'].search([('action', 'in', ('refund', 'exchange'))])
        offered = {}
        for line in self:
            allowed = line._get_resolutions_allowed()
            default = line._get_default_resolution()
            if allowed is None:
                offered[line] = self.env['returns.resolution']
            elif allowed:
                offered[line] = (default | allowed).filtered('active')
            else:
                usual = default if default.action not in WITHOUT_GOODS else default.browse()
                offered[line] = usual | unasked
        return offered
