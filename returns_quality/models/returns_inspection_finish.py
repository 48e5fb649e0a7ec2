from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.returns_management.models.locking import serialize


class ReturnsInspection(models.Model):
    """Many are finished at once: what follows for goods and money is one batch."""

    _inherit = 'returns.inspection'

    can_reopen = fields.Boolean(compute='_compute_can_reopen', compute_sudo=True)

    def action_pass_all(self):
        """Everything is fine: pass what is to be passed, and finish with the grade that follows."""
        todo = self.filtered(lambda inspection: inspection.state == 'todo')
        todo.answer_ids._pass_all()
        return todo.action_finish()

    def action_finish(self):
        """Finish the inspections, move the goods, and credit what the policies say; finished ones are left alone.

        :raise UserError: naming what is missing
        """
        self.check_access('write')
        serialize(self)
        todo = self.filtered(lambda inspection: inspection.state == 'todo')
        todo._check_return()
        for grade, inspections in todo.filtered(lambda one: not one.grade_id).grouped('proposed_grade_id').items():
            inspections.grade_id = grade
        todo._check_result()
        todo.sudo()._finish()
        return True

    def _check_return(self):
        """:raise UserError: naming the returns that nobody has approved"""
        orders = self.sudo().order_id.filtered(lambda order: order.state not in ('approved', 'done'))
        if orders:
            raise UserError(self.env._(
                "Nobody has approved %s yet. Decide about the return first, then finish the inspection.",
                ", ".join(orders.mapped('name'))))

    def _finish(self):
        now = fields.Datetime.now()
        for user, inspections in self.grouped('user_id').items():
            inspections.write({'state': 'done', 'date_done': now, 'user_id': user.id or self.env.uid})
        today = fields.Date.context_today(self)
        for days, inspections in self.filtered('is_refused').grouped(lambda one: one._get_dispute_days()).items():
            inspections.date_dispute = today + relativedelta(days=days)
        self._replace_previous()
        self._tell_discrepancies()
        self._write_down()
        self.line_id._update_credit_shares()
        self._get_to_dispose()._dispose()
        self._settle_disputes()
        self.order_id._on_inspected()

    def _get_dispute_days(self):
        """For how many days the customer may object; what was refused before is settled."""
        self.ensure_one()
        return 0 if self.previous_id.is_refused else self.line_id.policy_id.dispute_days

    def _tell_discrepancies(self):
        """What is not what it should be is settled with the customer before anything else."""
        labels = dict(self._fields['discrepancy']._description_selection(self.env))
        for inspection in self.filtered('discrepancy'):
            inspection.order_id._add_parcel_note(": ".join(filter(None, [
                inspection.product_id.display_name, labels[inspection.discrepancy], inspection.note])))

    # === Parts ===

    def action_split(self, quantity):
        """Inspect `quantity` of it apart, in the unit of the product.

        :return: the new `returns.inspection`, to inspect
        """
        self.ensure_one()
        self.check_access('write')
        if self.state != 'todo':
            raise UserError(self.env._("%s is finished, it cannot be divided any more.", self.display_name))
        return self.sudo()._split(quantity).sudo(False)

    def _split(self, quantity):
        """Take `quantity` out into a record of its own that says the same.

        :raise UserError: when nothing would be left on one side
        """
        self.ensure_one()
        unit = self.product_uom_id
        if unit.compare(quantity, 0) <= 0 or unit.compare(quantity, self.quantity) >= 0:
            raise UserError(self.env._(
                "Between 0 and %(quantity)s can be taken out of %(inspection)s.",
                quantity=self._format_quantity(), inspection=self.display_name))
        previous = self.previous_id and self.previous_id._split(quantity) or self.browse()
        part = self.copy({
            'quantity': quantity, 'previous_id': previous.id, 'state': self.state, 'date_dispute': self.date_dispute,
            'date_disposed': self.date_disposed,
            'answer_ids': [Command.create(vals) for vals in self.answer_ids.copy_data({'inspection_id': False})],
        })
        self._split_write_down(part, quantity / self.quantity)
        self.quantity = unit.round(self.quantity - quantity)
        return part

    # === Opened again ===

    def action_reopen(self):
        """Inspect anew what was finished today, as if it had not been.

        :raise UserError: when goods have moved, something is credited or the day is over, saying what to do instead
        """
        self.check_access('write')
        serialize(self)
        finished = self.filtered(lambda inspection: inspection.state == 'done')
        for inspection in finished.sudo():
            if objection := inspection._get_reopen_objection():
                raise UserError(objection)
        finished.sudo()._restore_previous()
        finished._write_by_system({
            'state': 'todo', 'date_done': False, 'date_dispute': False, 'date_disposed': False})
        finished.sudo().line_id._update_credit_shares()
        return True

    @api.depends(
        'state', 'is_superseded', 'date_done', 'goods_state', 'line_id.qty_credited', 'line_id.qty_in_draft_credit',
        'line_id.qty_replaced')
    def _compute_can_reopen(self):
        for inspection in self:
            inspection.can_reopen = inspection.state == 'done' and not inspection._get_reopen_objection()

    def _get_reopen_objection(self):
        """Why this finished inspection is not opened again and what to do instead, or False."""
        self.ensure_one()
        if self.goods_state in ('moved', 'moving'):
            return self.env._(
                "The goods of %(inspection)s have moved on to %(place)s. Ask for a second inspection instead: its "
                "result corrects what is credited.",
                inspection=self.display_name, place=self.disposition_id.name)
        line = self.line_id
        is_written_down = any(one.write_down_amount or one.write_down_move_id for one in self._get_with_former())
        if is_written_down or line.qty_credited or line.qty_in_draft_credit or line.qty_replaced:
            return self.env._(
                "Something follows from %(inspection)s already: a credit note, an exchange or a write-down. Ask for a "
                "second inspection instead: its result corrects what is credited.", inspection=self.display_name)
        if self.is_superseded:
            return self.env._("A second inspection stands for %s: reopen that one.", self.display_name)
        # What was told as of a day stays so: see `returns.reconciliation`.
        if self.company_id._get_returns_day(self.date_done) < self.company_id._get_returns_day(fields.Datetime.now()):
            return self.env._(
                "%s was finished on an earlier day, which may be reported already. Ask for a second inspection "
                "instead: its result corrects what is credited.", self.display_name)
        return False
