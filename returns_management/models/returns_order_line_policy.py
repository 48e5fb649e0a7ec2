from odoo import Command, api, fields, models

from .compute_anew import compute_anew
from .eligibility import OUTCOMES


class ReturnsOrderLine(models.Model):
    """May it come back? What the policy says, live while the return is a draft and frozen then; what we decide."""

    _inherit = 'returns.order.line'

    # What the policy says
    policy_id = fields.Many2one(
        'returns.policy', compute='_compute_policy_id', store=True, ondelete='restrict', check_company=True,
        index='btree_not_null')
    eligibility = fields.Selection(
        OUTCOMES, string="Policy Check", compute='_compute_eligibility', store=True)
    objection_ids = fields.One2many(
        'returns.objection', 'line_id', string="Objections", compute='_compute_eligibility', store=True)
    objection_summary = fields.Char("Why", compute='_compute_eligibility', store=True)

    # What we decide
    qty_approved = fields.Float(
        "Approved", digits='Product Unit', copy=False,
        help="How much may come back. 0 refuses the line: then say why in the refusal.")
    refusal_note = fields.Char("Refusal", copy=False, help="Why not all of it may come back. The customer can read it.")
    resolution_id = fields.Many2one(
        'returns.resolution', string="Customer Gets", ondelete='restrict',
        compute='_compute_resolution_id', store=True, readonly=False)

    _qty_approved_in_range = models.Constraint(
        'CHECK (qty_approved >= 0 AND qty_approved <= product_uom_qty)',
        "The approved quantity must lie between zero and the quantity asked for.")

    def action_approve_all(self):
        for line in self:
            line.write({'qty_approved': line.product_uom_qty, 'refusal_note': False})

    def action_approve_nothing(self):
        self.qty_approved = 0.0

    def _is_frozen(self):
        self.ensure_one()
        return self.order_id.state not in (False, 'draft')

    @api.depends('company_id', 'sale_line_id', 'product_id', 'reason_id', 'order_id.partner_id')
    def _compute_policy_id(self):
        policies = self.env['returns.policy']._get_by_line(self.filtered(lambda line: not line._is_frozen()))
        for line in self:
            line.policy_id = line.policy_id if line._is_frozen() else policies.get(line)

    @api.depends(
        'policy_id', 'sale_line_id', 'origin_move_id', 'product_uom_id', 'product_uom_qty', 'reason_id',
        'resolution_id', 'wished_resolution_id', 'customer_note', 'order_id.customer_note', 'order_id.amount_expected',
        'order_id.legal_basis', 'order_id.date_declared', 'order_id.withdrawal_right_id',
        'order_id.withdrawal_information', 'order_id.date_informed',
    )
    def _compute_eligibility(self):
        objections_by_line = {}
        for line in self:
            if line._is_frozen():
                line.eligibility = line.eligibility
            elif not line.policy_id or not line.sale_line_id:  # still being filled in
                line.eligibility = line.objection_summary = False
                objections_by_line[line] = ()
            else:
                verdict = line.policy_id._evaluate(line)
                line.eligibility = verdict.outcome
                line.objection_summary = " ".join(objection.message for objection in verdict.objections)
                objections_by_line[line] = verdict.objections
        self._replace_objections(objections_by_line)

    @api.model
    def _replace_objections(self, objections_by_line):
        """Keep what the policy says now in place of what it said before."""
        lines = self.browse(line.id for line in objections_by_line if line.id)
        for line, objections in objections_by_line.items():
            if not line.id:  # on a form that is not saved
                line.objection_ids = [
                    Command.clear(), *(Command.create(objection._asdict()) for objection in objections)]
        if lines:  # all of them at once, which commands line by line would not be
            objections_sudo = self.env['returns.objection'].sudo()
            objections_sudo.search([('line_id', 'in', lines.ids)]).unlink()
            objections_sudo.create([
                {'line_id': line.id, **objection._asdict()} for line in lines for objection in objections_by_line[line]
            ])
            lines.invalidate_recordset(['objection_ids'], flush=False)

    @api.depends('policy_id', 'reason_id')
    def _compute_resolution_id(self):
        for line in self:
            keep = line.resolution_id and (line._is_frozen() or line._is_resolution_allowed(line.resolution_id))
            line.resolution_id = line.resolution_id if keep else line._get_default_resolution()

    def _get_resolution(self):
        """What the customer gets: our decision, else what the policy gives by default."""
        self.ensure_one()
        return self.resolution_id or self.policy_id.resolution_id

    def _update_verdict(self):
        """Have the verdict of drafts given anew, as of now."""
        # What other returns claim, and what is attached, may have changed since it was read.
        self.invalidate_recordset(['qty_returnable', 'qty_available', 'has_photo'])
        # Without what follows from the policy: what the customer gets stays as it was chosen.
        self.env.add_to_compute(self._fields['policy_id'], self)
        compute_anew(self, ['eligibility', 'objection_ids', 'objection_summary'])

    def _freeze_verdict(self):
        """Give the verdict a last time, and propose what to approve of it."""
        self._update_verdict()
        self.env.flush_all()
        self.policy_id._check_found(self)
        proposals = self.grouped(lambda line: (
            (0.0, line.objection_summary) if line.eligibility == 'refused' else (line.product_uom_qty, False)))
        for (quantity, note), lines in proposals.items():
            lines.write({'qty_approved': quantity, 'refusal_note': note})

    def _name_products(self, summary):
        """`summary` with the products in front that it does not name itself."""
        names = [name for name in self.product_id.mapped('display_name') if name not in summary]
        return f"{', '.join(names)}: {summary}" if names else summary

    def _get_request_date(self):
        """The day that counts for the policy: when the customer asked, else today; as the company's calendar has it."""
        self.ensure_one()
        return self.order_id._get_declared_on() or self._to_local_date(
            self.order_id.date_request or fields.Datetime.now())

    def _to_local_date(self, moment):
        """The day of `moment` (naive UTC) where the company is."""
        return fields.Datetime.context_timestamp(self.with_context(tz=self._get_timezone()), moment).date()

    def _get_timezone(self):
        return self.company_id.partner_id.tz or self.env.user.tz or 'UTC'
