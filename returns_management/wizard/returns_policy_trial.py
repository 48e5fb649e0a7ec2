from odoo import Command, api, fields, models

from ..models.eligibility import OUTCOMES


class ReturnsPolicyTrial(models.TransientModel):
    """Tries the policies on a real order, without making a return: what would this shop say now?"""

    _name = 'returns.policy.trial'
    _description = "Try Return Policies"

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    sale_order_id = fields.Many2one(
        'sale.order', string="Sales Order", domain="[('company_id', '=', company_id), ('state', '=', 'sale')]")
    reason_id = fields.Many2one('returns.reason', domain="[('company_id', 'in', (company_id, False))]")
    legal_basis = fields.Selection(
        selection=lambda self: self.env['returns.order']._fields['legal_basis']._description_selection(self.env),
        required=True, default='policy')
    line_ids = fields.One2many('returns.policy.trial.line', 'trial_id', compute='_compute_line_ids')

    @api.depends('sale_order_id', 'reason_id', 'legal_basis')
    def _compute_line_ids(self):
        for trial in self:
            trial.line_ids = [
                Command.clear(), *(Command.create(vals) for vals in trial._prepare_line_vals())]

    def _prepare_line_vals(self):
        """What the policies say about each product of the order.

        :return: list of dicts for `returns.policy.trial.line.create`
        """
        self.ensure_one()
        return_order = self._get_return()
        return [
            {
                'sale_line_id': line.sale_line_id._origin.id,
                'policy_id': line.policy_id._origin.id,
                'eligibility': line.eligibility,
                'objection_summary': line.objection_summary,
                'date_until': line._get_window_deadline(),
            }
            for line in return_order.line_ids
        ]

    def _get_return(self):
        """A return of all that can come back of the order, which is never saved."""
        order = self.sale_order_id._origin
        returnable = self.env['returns.order']._prepare_line_vals(
            order.sudo().order_line._get_returns_delivered_moves())
        offered = {vals['sale_line_id'] for vals in returnable}
        others = order.order_line.filtered(
            lambda line: line.product_id.type == 'consu' and not line.display_type and line.id not in offered)
        return self.env['returns.order'].new({
            'company_id': order.company_id.id,
            'partner_id': order.partner_id.commercial_partner_id.id,
            'legal_basis': self.legal_basis,
            'line_ids': [
                Command.create({**vals, 'reason_id': self.reason_id._origin.id})
                for vals in (*returnable, *({'sale_line_id': line.id} for line in others))
            ],
        })


class ReturnsPolicyTrialLine(models.TransientModel):
    _name = 'returns.policy.trial.line'
    _description = "What Return Policies Say About a Product"

    trial_id = fields.Many2one('returns.policy.trial', ondelete='cascade', index=True)
    sale_line_id = fields.Many2one('sale.order.line', readonly=True)
    product_id = fields.Many2one(related='sale_line_id.product_id')
    policy_id = fields.Many2one('returns.policy', readonly=True)
    eligibility = fields.Selection(OUTCOMES, string="Policy Check", readonly=True)
    objection_summary = fields.Text("Why", readonly=True)
    date_until = fields.Date("Until", readonly=True)
