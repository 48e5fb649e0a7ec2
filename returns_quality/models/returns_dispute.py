from odoo import api, fields, models
from odoo.exceptions import UserError


class ReturnsDispute(models.Model):
    """The customer does not agree with an inspection: the goods stay until that is settled."""

    _name = 'returns.dispute'
    _description = "Return Dispute"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'id desc'
    _check_company_auto = True

    inspection_id = fields.Many2one(
        'returns.inspection', required=True, index=True, ondelete='restrict', check_company=True,
        domain="[('counts', '=', True)]")
    order_id = fields.Many2one(related='inspection_id.order_id', store=True, index=True, string="Return")
    company_id = fields.Many2one(related='inspection_id.company_id', store=True, index=True)
    partner_id = fields.Many2one(related='order_id.partner_id')
    user_id = fields.Many2one(
        'res.users', string="Responsible", default=lambda self: self.env.user, tracking=True,
        domain="[('share', '=', False)]")
    date_opened = fields.Datetime("Opened On", default=fields.Datetime.now, readonly=True)
    customer_note = fields.Text("The Customer Says", required=True)
    state = fields.Selection(
        [('open', "Open"), ('upheld', "Result Upheld"), ('changed', "Result Changed")], string="Status",
        required=True, default='open', readonly=True, index=True, tracking=True)
    again_id = fields.Many2one(
        'returns.inspection', string="Second Inspection", readonly=True, copy=False, ondelete='set null',
        index='btree_not_null')
    outcome_note = fields.Text("Our Answer", help="The customer can read it.")
    date_closed = fields.Datetime("Settled On", readonly=True, copy=False)

    _one_open = models.UniqueIndex(
        "(inspection_id) WHERE state = 'open'", "The customer objects to this inspection already.")

    @api.depends('inspection_id')
    def _compute_display_name(self):
        for dispute in self:
            dispute.display_name = dispute.inspection_id.display_name

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.env['returns.order']._check_wish(self, vals)
        disputes = super().create(vals_list)
        wrong = disputes.inspection_id.filtered(lambda inspection: not inspection.counts)
        if wrong:
            raise UserError(self.env._(
                "Only a finished inspection can be objected to: %s.", ", ".join(wrong.mapped('display_name'))))
        return disputes

    def write(self, vals):
        self.env['returns.order']._check_wish(self, vals)
        return super().write(vals)

    def action_uphold(self):
        """The result stands, the customer reads why; the goods go on.

        :raise UserError: when nobody says why
        """
        self.check_access('write')
        disputes = self.filtered(lambda dispute: dispute.state == 'open')
        silent = disputes.filtered(lambda dispute: not (dispute.outcome_note or '').strip())
        if silent:
            raise UserError(self.env._(
                "Say why the result stands, the customer reads it: %s.", ", ".join(silent.mapped('display_name'))))
        busy = disputes.again_id.filtered(lambda inspection: inspection.state == 'todo')
        if busy:
            raise UserError(self.env._(
                "A second inspection is open: %s. Its result settles the dispute.",
                ", ".join(busy.mapped('display_name'))))
        disputes.sudo()._close('upheld')
        inspections = disputes.sudo().inspection_id
        inspections._get_to_dispose()._dispose()
        inspections.order_id._on_inspected()
        return True

    def action_inspect_again(self):
        """Look again: the result of the second inspection settles the dispute.

        :return: the action that shows the new inspection
        """
        self.check_access('write')
        disputes = self.filtered(lambda dispute: dispute.state == 'open').sudo()
        action = disputes.inspection_id.action_inspect_again()
        for dispute in disputes:
            dispute.again_id = dispute.inspection_id.again_ids.filtered(lambda one: one.state == 'todo')
        return action

    def _close(self, state):
        """Settle the disputes, and tell the customers."""
        self.write({'state': state, 'date_closed': fields.Datetime.now()})
        for dispute in self:
            dispute.order_id.message_post(
                body=dispute.outcome_note, message_type='auto_comment', subtype_xmlid='mail.mt_comment',
                partner_ids=dispute.order_id._get_mail_recipient().ids)

    def _settle(self):
        """The second inspection is finished: did anything change?"""
        self.ensure_one()
        first, inspection = self.inspection_id, self.again_id
        changed = (first.is_refused, first.credit_share) != (inspection.is_refused, inspection.credit_share)
        if not (self.outcome_note or '').strip():
            env = self.with_context(lang=self.order_id._get_customer_lang()).env
            self.outcome_note = inspection.note or (
                env._("We have looked again, and changed our result.") if changed
                else env._("We have looked again, and our result stands."))
        self._close('changed' if changed else 'upheld')
