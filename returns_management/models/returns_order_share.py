from odoo import api, fields, models
from odoo.exceptions import UserError


class ReturnsOrder(models.Model):
    """A return waits for its credit also when a higher share of the price is owed than was credited."""

    _inherit = 'returns.order'

    has_credit_shares = fields.Boolean(compute='_compute_has_credit_shares')

    @api.depends('line_ids.credit_share')
    def _compute_has_credit_shares(self):
        """Nobody else needs the column for it."""
        for order in self:
            order.has_credit_shares = any(line.credit_share != 1 for line in order.line_ids)

    def action_change_credit(self):
        """Open the dialog in which less of the price is credited, or more than before."""
        self.ensure_one()
        if not any(line._is_credit_changeable() for line in self.line_ids):
            raise UserError(self.env._("Nothing of %s is credited at a share of its price.", self.name))
        action = self.env['ir.actions.act_window']._for_xml_id('returns_management.returns_change_credit_action')
        action['context'] = {'default_order_id': self.id}
        return action

    @api.depends('line_ids.share_to_credit', 'line_ids.share_in_draft_credit')
    def _compute_credit_status(self):
        super()._compute_credit_status()

    @api.depends('line_ids.share_to_credit', 'line_ids.share_in_draft_credit')
    def _compute_next_step(self):
        super()._compute_next_step()

    def _has_open_credit(self):
        return super()._has_open_credit() or any(
            line.share_to_credit or line.share_in_draft_credit for line in self.line_ids)

    def _get_next_actor(self):
        if self.next_step == 'credit' and any(self.line_ids.mapped('share_to_credit')):
            return 'returns'
        return super()._get_next_actor()
