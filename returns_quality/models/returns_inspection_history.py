from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ReturnsInspection(models.Model):
    """What if somebody looks again? The last finished inspection counts, those before it stay as they were."""

    _inherit = 'returns.inspection'

    previous_id = fields.Many2one(
        'returns.inspection', string="Looks Again At", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict')
    again_ids = fields.One2many('returns.inspection', 'previous_id', string="Looked at Again By", readonly=True)
    is_superseded = fields.Boolean(
        "Replaced", readonly=True, copy=False, help="A later inspection of the same goods counts instead.")
    is_told = fields.Boolean("Customer Was Told", readonly=True, copy=False)
    counts = fields.Boolean(
        compute='_compute_counts', store=True, help="Finished, and not replaced by a second inspection.")

    @api.depends('state', 'is_superseded')
    def _compute_counts(self):
        for inspection in self:
            inspection.counts = inspection.state == 'done' and not inspection.is_superseded

    def action_inspect_again(self):
        """Ask for a second inspection of each; until it is finished the first one stands, and its goods stay.

        :return: the action that shows the new inspections
        """
        self.check_access('write')
        again = self.sudo()._inspect_again()
        return {
            'type': 'ir.actions.act_window', 'res_model': self._name, 'name': self.env._("Second Inspection"),
            'views': [(False, 'form')] if len(again) == 1 else [(False, 'list'), (False, 'form')],
            'res_id': again.id if len(again) == 1 else False, 'domain': [('id', 'in', again.ids)],
        }

    def action_open_dispute(self):
        """Note down that the customer does not agree, or show what was noted."""
        self.ensure_one()
        dispute = self.dispute_ids.filtered(lambda one: one.state == 'open')
        return {
            'type': 'ir.actions.act_window', 'res_model': 'returns.dispute', 'name': self.env._("Customer Objects"),
            'views': [(False, 'form')], 'res_id': dispute.id, 'context': {'default_inspection_id': self.id},
        }

    def _inspect_again(self):
        """:return: the second inspections, to do; where one is open already, that one"""
        wrong = self.filtered(lambda inspection: not inspection.counts)
        if wrong:
            raise UserError(self.env._(
                "%s: only what is finished, and was not inspected again already, can be inspected again.",
                ", ".join(wrong.mapped('display_name'))))
        open_again = self.again_ids.filtered(lambda inspection: inspection.state == 'todo')
        return open_again | self.create([
            {
                'line_id': inspection.line_id.id,
                'move_id': inspection.move_id.id,
                'lot_id': inspection.lot_id.id,
                'quantity': inspection.quantity,
                'location_id': inspection.location_id.id,
                'previous_id': inspection.id,
                'checklist_ids': [Command.set(inspection.checklist_ids.ids)],
                'answer_ids': inspection.checklist_ids._prepare_answers(),
            }
            for inspection in self - open_again.previous_id
        ])

    def _replace_previous(self):
        """The second inspection counts now. Where the goods have moved already they stay, only the money changes."""
        for inspection in self.filtered('previous_id'):
            previous = inspection.previous_id
            previous.is_superseded = True
            if previous.date_disposed and previous.disposition_id.action != 'hold':
                inspection.write({
                    'disposition_id': previous.disposition_id.id, 'date_disposed': previous.date_disposed,
                    'location_id': previous.location_id.id})
        self._take_over_write_down()

    def _settle_disputes(self):
        """The second look that these inspections are was asked for by customers who object."""
        disputes = self.previous_id.dispute_ids.filtered(
            lambda dispute: dispute.state == 'open' and dispute.again_id in self)
        for dispute in disputes:
            dispute._settle()

    def _restore_previous(self):
        self.previous_id.is_superseded = False

    def _get_with_former(self):
        """These, and all that they look again at."""
        return self | self.previous_id._get_with_former() if self else self
