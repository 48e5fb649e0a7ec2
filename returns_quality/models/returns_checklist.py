import zlib

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache


class ReturnsChecklist(models.Model):
    """What is looked at when certain goods come back: by product, by category, by the reason of the return."""

    _name = 'returns.checklist'
    _description = "Return Checklist"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="Of two that fit equally well the first one comes first.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', default=lambda self: self.env.company, index='btree_not_null', help="Empty: for every company.")
    item_ids = fields.One2many('returns.checklist.item', 'checklist_id', string="Items", copy=True)
    user_id = fields.Many2one(
        'res.users', string="Inspector", check_company=True, domain="[('share', '=', False)]",
        help="Who inspects. Empty: whoever takes it.")

    # What is inspected by it?
    product_tmpl_ids = fields.Many2many('product.template', string="Products", check_company=True)
    categ_ids = fields.Many2many('product.category', string="Product Categories", help="With those below them.")
    reason_ids = fields.Many2many('returns.reason', string="Reasons", check_company=True)
    combination = fields.Selection(
        [('merge', "Ask also what more general checklists ask"), ('replace', "Ask this alone")],
        required=True, default='merge',
        help="Several checklists can fit: the most specific one is asked first. A product is more specific than a "
             "category, a category more than those above it, and a reason adds to either.")

    # How much of it?
    sampling = fields.Selection(
        [('all', "Everything"), ('nth', "Every n-th"), ('percent', "A share")], required=True, default='all')
    sampling_every = fields.Integer("Every", default=10, help="One reception of how many is inspected.")
    sampling_percent = fields.Float("Share in Percent", digits=(5, 2), default=10.0)
    sampling_sequence_id = fields.Many2one('ir.sequence', readonly=True, copy=False)

    _sampling_in_range = models.Constraint(
        'CHECK (sampling_every >= 1 AND sampling_percent >= 0 AND sampling_percent <= 100)',
        "Inspect every first one at least, and a share between 0 and 100 percent.")

    @api.constrains('item_ids')
    def _check_items(self):
        for checklist in self:
            if not checklist.item_ids:
                raise ValidationError(self.env._("Say what “%s” looks at: add an item.", checklist.name))

    @api.model_create_multi
    def create(self, vals_list):
        checklists = super().create(vals_list)
        checklists._check_items()
        checklists._create_sampling_sequences()
        self.env.registry.clear_cache()
        return checklists

    def write(self, vals):
        result = super().write(vals)
        if 'sampling' in vals:
            self._create_sampling_sequences()
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        sequences_sudo = self.sudo().sampling_sequence_id
        result = super().unlink()
        sequences_sudo.unlink()
        self.env.registry.clear_cache()
        return result

    def copy_data(self, default=None):
        return [
            {**vals, 'name': self.env._("%s (copy)", checklist.name)} if 'name' not in (default or {}) else vals
            for checklist, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # === Which ones ===

    @api.model
    def _get_by_line(self, lines):
        """Which checklists fit, the most specific one first.

        :param lines: `returns.order.line` records
        :return: dict of checklists by line; empty for lines of goods that nobody inspects
        """
        checklists = self.sudo().browse(self._get_active_ids())
        return {line: checklists._combine(line) for line in lines} if checklists else dict.fromkeys(lines, checklists)

    @api.model
    @ormcache()
    def _get_active_ids(self):
        """Every return asks for them, they hardly ever change."""
        return tuple(self.sudo().search([('active', '=', True)])._ids)

    def _combine(self, line):
        """Those of `self` that `line` is inspected by: no more general ones than the first that stands alone."""
        fitting = self.filtered(lambda checklist: checklist._fits(line)).sorted(
            lambda checklist: checklist._get_specificity(line), reverse=True)
        alone = fitting.filtered(lambda checklist: checklist.combination == 'replace')[:1]
        return fitting[:fitting.ids.index(alone.id) + 1] if alone else fitting

    def _fits(self, line):
        self.ensure_one()
        return (
            self.company_id.id in (False, line.company_id.id)
            and (not self.product_tmpl_ids or line.product_id.product_tmpl_id in self.product_tmpl_ids)
            and (not self.categ_ids or bool(self._get_category_depth(line)))
            and (not self.reason_ids or line.reason_id in self.reason_ids)
        )

    def _get_category_depth(self, line):
        """How far down the tree the category is by which this checklist fits; 0 when none does."""
        self.ensure_one()
        path = (line.product_id.categ_id.parent_path or '').split('/')
        return max((path.index(str(category.id)) + 1 for category in self.categ_ids if str(category.id) in path),
                   default=0)

    def _get_specificity(self, line):
        """A key that is larger the better this checklist says what it is for."""
        self.ensure_one()
        return (
            bool(self.product_tmpl_ids), self._get_category_depth(line), bool(self.reason_ids), -self.sequence,
            -self.id)

    # === How much ===

    def _sample(self, pieces):
        """Which of `pieces` are inspected by this checklist.

        :param list pieces: texts, each naming one piece for good
        :return: list of booleans, one for each piece
        """
        self.ensure_one()
        if self.sampling == 'all':
            return [True] * len(pieces)
        if self.sampling == 'percent':
            return [is_in_share(f'{self.id}/{piece}', self.sampling_percent) for piece in pieces]
        return [number % self.sampling_every == 0 for number in self._get_next_numbers(len(pieces))]

    def _create_sampling_sequences(self):
        """A counter of the database for each *every n-th*: two who receive at once do not wait for each other."""
        counted = self.filtered(lambda checklist: checklist.sampling == 'nth' and not checklist.sampling_sequence_id)
        sequences_sudo = self.env['ir.sequence'].sudo().create([
            {'name': self.env._("Sampling: %s", checklist.name), 'company_id': checklist.company_id.id}
            for checklist in counted
        ])
        for checklist, sequence in zip(counted, sequences_sudo, strict=True):
            checklist.sampling_sequence_id = sequence

    def _get_next_numbers(self, count):
        self.env.cr.execute(
            "SELECT nextval(%s) FROM generate_series(1, %s)",
            [f'ir_sequence_{self.sudo().sampling_sequence_id.id:03}', count])
        return [number for number, in self.env.cr.fetchall()]

    # === What it asks ===

    def _prepare_answers(self):
        """The open answers of an inspection by these checklists, as commands: copies, so that it stays as it was.

        :return: list of commands for `returns.inspection.answer_ids`
        """
        return [
            Command.create({**item._prepare_answer_vals(), 'sequence': sequence})
            for sequence, item in enumerate(item for checklist in self for item in checklist.item_ids)
        ]


def is_in_share(name, percent):
    """Whether what is called `name` belongs to a share of `percent`; always the same answer for the same name.

    >>> is_in_share('any', 0), is_in_share('any', 100)
    (False, True)
    >>> sum(is_in_share(str(number), 30) for number in range(10000)) // 100
    30
    """
    return zlib.crc32(name.encode()) / 2 ** 32 * 100 < percent
