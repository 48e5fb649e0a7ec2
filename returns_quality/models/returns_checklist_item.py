from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: How an item is answered.
KINDS = [
    ('pass_fail', "Pass or fail"), ('measure', "Measure"), ('choice', "Choice"), ('text', "Text"), ('photo', "Picture"),
]


class ReturnsChecklistItem(models.Model):
    """One thing that is looked at."""

    _name = 'returns.checklist.item'
    _description = "Return Checklist Item"
    _order = 'checklist_id, sequence, id'

    checklist_id = fields.Many2one('returns.checklist', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    name = fields.Char("What to Look At", required=True, translate=True)
    kind = fields.Selection(KINDS, required=True, default='pass_fail')
    is_required = fields.Boolean("Required", default=True, help="No inspection is finished without the answer.")
    is_critical = fields.Boolean("Critical", help="When it fails, the goods never go back to stock.")
    fail_grade_id = fields.Many2one(
        'returns.grade', string="Grade If It Fails", ondelete='restrict',
        help="What is proposed when it fails. Empty: the lowest grade for a critical item, none for another.")
    instruction = fields.Html(translate=True, help="How it is done.")
    image = fields.Image("Picture", max_width=1024, max_height=1024, help="What it has to look like.")

    limit_low = fields.Float("From", digits=(16, 4))
    limit_high = fields.Float("To", digits=(16, 4))
    unit_name = fields.Char("Unit", translate=True, help="Of the measured value, for example mm.")
    choice_ids = fields.One2many('returns.checklist.choice', 'item_id', string="Choices", copy=True)

    @api.constrains('kind', 'limit_low', 'limit_high')
    def _check_limits(self):
        for item in self.filtered(lambda item: item.kind == 'measure'):
            if item.limit_low > item.limit_high:
                raise ValidationError(self.env._("The limits of “%s” are the wrong way round.", item.name))

    @api.constrains('kind', 'choice_ids')
    def _check_choices(self):
        for item in self.filtered(lambda item: item.kind == 'choice'):
            if len(item.choice_ids) < 2:
                raise ValidationError(self.env._("Give “%s” two choices at least.", item.name))

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._check_choices()
        return items

    def _prepare_answer_vals(self):
        """What an inspection keeps of this item, whatever becomes of it later.

        :return: dict for `returns.inspection.answer.create`
        """
        self.ensure_one()
        return {
            'item_id': self.id,
            'name': self.name,
            'kind': self.kind,
            'is_required': self.is_required,
            'is_critical': self.is_critical,
            'fail_grade_id': self.fail_grade_id.id,
            'limit_low': self.limit_low,
            'limit_high': self.limit_high,
            'unit_name': self.unit_name,
        }


class ReturnsChecklistChoice(models.Model):
    """One answer to choose."""

    _name = 'returns.checklist.choice'
    _description = "Return Checklist Choice"
    _order = 'item_id, sequence, id'

    item_id = fields.Many2one('returns.checklist.item', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    is_failure = fields.Boolean("Fails")
