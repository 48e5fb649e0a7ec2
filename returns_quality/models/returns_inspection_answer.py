from odoo import api, fields, models
from odoo.exceptions import UserError

from .returns_checklist_item import KINDS

#: What an inspector writes; all else was copied from the checklist.
ANSWER_FIELDS = {'verdict', 'value', 'is_measured', 'choice_id', 'text', 'photo_ids'}


class ReturnsInspectionAnswer(models.Model):
    """What was found about one item. The item is copied: changing a checklist changes no inspection."""

    _name = 'returns.inspection.answer'
    _description = "Return Inspection Answer"
    _order = 'inspection_id, sequence, id'

    inspection_id = fields.Many2one('returns.inspection', required=True, index=True, ondelete='cascade')
    state = fields.Selection(related='inspection_id.state', string="Status")
    company_id = fields.Many2one(related='inspection_id.company_id')

    # What was asked
    item_id = fields.Many2one('returns.checklist.item', readonly=True, ondelete='set null', index='btree_not_null')
    sequence = fields.Integer(readonly=True)
    name = fields.Char("What to Look At", required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    is_required = fields.Boolean("Required", readonly=True)
    is_critical = fields.Boolean("Critical", readonly=True)
    fail_grade_id = fields.Many2one('returns.grade', readonly=True, ondelete='restrict')
    limit_low = fields.Float("From", digits=(16, 4), readonly=True)
    limit_high = fields.Float("To", digits=(16, 4), readonly=True)
    unit_name = fields.Char("Unit", readonly=True)
    instruction = fields.Html(related='item_id.instruction')
    image = fields.Image(related='item_id.image')

    # What was found
    verdict = fields.Selection([('pass', "Pass"), ('fail', "Fail")])
    is_measured = fields.Boolean("Measured")
    value = fields.Float("Measured Value", digits=(16, 4))
    choice_id = fields.Many2one(
        'returns.checklist.choice', ondelete='set null', domain="[('item_id', '=', item_id)]")
    choice_name = fields.Char("Chosen", compute='_compute_choice', store=True)
    choice_fails = fields.Boolean(compute='_compute_choice', store=True)
    text = fields.Char()
    photo_ids = fields.Many2many(
        'ir.attachment', 'returns_inspection_answer_photo_rel', string="Pictures", bypass_search_access=True)
    outcome = fields.Selection(
        [('open', "Open"), ('pass', "Pass"), ('fail', "Fail")], compute='_compute_outcome', store=True)

    @api.depends('choice_id')
    def _compute_choice(self):
        """What was chosen stays as it was when the choice is renamed or removed."""
        for answer in self:
            answer.choice_name = answer.choice_id.name
            answer.choice_fails = answer.choice_id.is_failure

    @api.depends('kind', 'verdict', 'is_measured', 'value', 'choice_name', 'choice_fails', 'text', 'photo_ids')
    def _compute_outcome(self):
        for answer in self:
            answer.outcome = getattr(answer, f'_judge_{answer.kind}')() if answer.kind else 'open'

    def _judge_pass_fail(self):
        return self.verdict or 'open'

    def _judge_measure(self):
        if not self.is_measured:
            return 'open'
        return 'pass' if self.limit_low <= self.value <= self.limit_high else 'fail'

    def _judge_choice(self):
        if not self.choice_name:
            return 'open'
        return 'fail' if self.choice_fails else 'pass'

    def _judge_text(self):
        return 'pass' if (self.text or '').strip() else 'open'

    def _judge_photo(self):
        return 'pass' if self.photo_ids else 'open'

    def write(self, vals):
        self.env['returns.order']._check_wish(self, vals)
        if ANSWER_FIELDS & vals.keys() and 'done' in self.mapped('state'):
            raise UserError(self.env._(
                "This inspection is finished. Reopen it, or ask for a second inspection, before you change an answer."))
        if 'value' in vals:
            vals = {'is_measured': True, **vals}
        return super().write(vals)

    def action_pass(self):
        self.verdict = 'pass'

    def action_fail(self):
        self.verdict = 'fail'

    def _pass_all(self):
        """Everything is fine: what was not answered yet passes. Measures, choices, texts and pictures are not guessed.

        :return: the answers that are still missing
        """
        self.filtered(lambda answer: answer.kind == 'pass_fail' and answer.outcome == 'open').verdict = 'pass'
        return self.filtered(lambda answer: answer.is_required and answer.outcome == 'open')

    def _get_proposed_grade(self, grades):
        """The grade that these answers lead to: the worst one that a failure says, else the best one.

        :param grades: all `returns.grade` there are, the best one first
        :return: one of them; none while something required is open, or when the failures say nothing about it
        """
        if self.filtered(lambda answer: answer.is_required and answer.outcome == 'open'):
            return grades.browse()
        failed = self.filtered(lambda answer: answer.outcome == 'fail')
        if not failed:
            return grades[:1]
        named = failed.fail_grade_id
        if failed.filtered(lambda answer: answer.is_critical and not answer.fail_grade_id):
            named |= grades[-1:]
        return grades.filtered(lambda grade: grade in named)[-1:]
