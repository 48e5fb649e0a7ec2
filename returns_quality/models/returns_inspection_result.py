from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

#: What an inspector says about the goods, until the inspection is finished.
RESULT_FIELDS = {
    'grade_id', 'credit_share', 'is_refused', 'refusal_note', 'disposition_id', 'defect_ids', 'discrepancy', 'note'}


class ReturnsInspection(models.Model):
    """What is the result? The grade proposes what is credited and where the goods go."""

    _inherit = 'returns.inspection'

    proposed_grade_id = fields.Many2one('returns.grade', compute='_compute_proposed_grade_id')
    grade_id = fields.Many2one(
        'returns.grade', tracking=True, ondelete='restrict', index='btree_not_null', check_company=True)
    credit_share = fields.Float(
        "Credited Share", digits=(3, 4), compute='_compute_credit_share', store=True, readonly=False,
        aggregator='avg', help="Of the price. The grade says it; only a returns administrator says otherwise.")
    is_refused = fields.Boolean(
        "Refused", compute='_compute_is_refused', store=True, readonly=False, tracking=True,
        help="Not accepted: nothing is credited, and the goods remain the customer's.")
    refusal_note = fields.Char("Refused Because", help="The customer can read it.")
    disposition_id = fields.Many2one(
        'returns.disposition', string="Goods Go To", compute='_compute_disposition_id', store=True, readonly=False,
        ondelete='restrict', index='btree_not_null', tracking=True, check_company=True)
    defect_ids = fields.Many2many('returns.defect', string="Defects", check_company=True)
    discrepancy = fields.Selection(
        [('wrong', "Another item than it should be"), ('missing', "Something is missing")],
        help="Somebody has to settle it with the customer: the return says so.")
    photo_ids = fields.Many2many(
        'ir.attachment', 'returns_inspection_photo_rel', string="Pictures", bypass_search_access=True)
    has_failed = fields.Boolean(
        "Failed", compute='_compute_has_failed', store=True, help="An item of the checklist failed, or a defect.")

    _share_in_range = models.Constraint(
        'CHECK (credit_share >= 0 AND credit_share <= 1)', "The credited share must lie between 0 and 100 %.")

    @api.depends('answer_ids.outcome')
    def _compute_proposed_grade_id(self):
        grades = self.env['returns.grade'].search([('company_id', 'in', [False, *self.company_id.ids])])
        for inspection in self:
            inspection.proposed_grade_id = inspection.answer_ids._get_proposed_grade(grades.filtered(
                lambda grade: grade.company_id.id in (False, inspection.company_id.id)))  # noqa: B023

    @api.depends('grade_id')
    def _compute_credit_share(self):
        for inspection in self:
            inspection.credit_share = (
                inspection.grade_id._get_credit_share(inspection.reason_id) if inspection.grade_id else 1.0)

    @api.depends('grade_id', 'credit_share')
    def _compute_is_refused(self):
        for inspection in self:
            inspection.is_refused = bool(inspection.grade_id) and not inspection.credit_share

    @api.depends('grade_id', 'is_refused')
    def _compute_disposition_id(self):
        """What the grade says; what is refused goes back to the customer, what the customer gets again stays here."""
        choices = self.env['returns.disposition'].search([('company_id', 'in', [False, *self.company_id.ids])])
        for inspection in self:
            action = 'send_back' if inspection.is_refused else (
                'hold' if inspection.line_id._get_action() == 'send_back' else False)
            inspection.disposition_id = choices.filtered(
                lambda choice: choice.action == action  # noqa: B023
                and choice.company_id.id in (False, inspection.company_id.id),  # noqa: B023
            )[:1] if action and inspection.grade_id else inspection.grade_id.disposition_id

    @api.depends('answer_ids.outcome', 'defect_ids')
    def _compute_has_failed(self):
        for inspection in self:
            inspection.has_failed = bool(inspection.defect_ids) or 'fail' in inspection.answer_ids.mapped('outcome')

    def write(self, vals):
        """Override: a finished inspection says what it said."""
        changed = RESULT_FIELDS & vals.keys()
        if changed and not self.env.su and 'done' in self.mapped('state'):
            raise UserError(self.env._(
                "These are finished and cannot be changed any more: %s. Reopen them, or ask for a second inspection.",
                format_list(self.env, self.filtered(lambda inspection: (
                    inspection.state == 'done')).mapped('display_name'))))
        if 'credit_share' in vals and not (
            self.env.su or self.env.user.has_group('returns_management.group_returns_manager')
        ):
            raise AccessError(self.env._(
                "The grade says what is credited. Choose another grade, or ask a returns administrator."))
        return super().write(vals)

    # === Is it complete, does it fit together? ===

    def _check_result(self):
        """:raise UserError: naming everything that is missing or does not go together, on every inspection at once"""
        problems = [
            f'{inspection.display_name}: {problem}' for inspection in self if (problem := inspection._get_problem())]
        if problems:
            raise UserError("\n".join(problems))

    def _get_problem(self):
        """What keeps this inspection from being finished; None when nothing does."""
        self.ensure_one()
        missing = self.answer_ids.filtered(lambda answer: answer.is_required and answer.outcome == 'open')
        if missing:
            return self.env._("answer these first: %s.", format_list(self.env, missing.mapped('name')))
        if not self.grade_id:
            return self.env._("choose a grade.")
        if not self.disposition_id:
            return self.env._("say where the goods go.")
        return self._get_refusal_problem() or self._get_stock_problem()

    def _get_refusal_problem(self):
        action = self.disposition_id.action
        if self.is_refused and not (self.refusal_note or self.note or '').strip():
            return self.env._("say why it is refused: the customer reads it.")
        if self.is_refused and action == 'restock':
            return self.env._("what is refused belongs to the customer, it cannot be put in stock.")
        if not self.is_refused and action == 'send_back':
            return self.env._("what goes back to the customer is not accepted: refuse it.")
        return None

    def _get_stock_problem(self):
        failed = self.answer_ids.filtered(lambda answer: answer.is_critical and answer.outcome == 'fail')
        if failed and self.disposition_id.action == 'restock':
            return self.env._(
                "“%s” failed, which is critical: it cannot be put in stock.", failed[0].name)
        return None
