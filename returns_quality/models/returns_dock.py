import math

from odoo import Command, api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare


class ReturnsDock(models.AbstractModel):
    """What was received is inspected on the same page, by those who may."""

    _inherit = 'returns.dock'

    @api.model
    def _is_inspector(self):
        return self.env.user.has_group('returns_quality.group_returns_inspector')

    @api.model
    def _is_dock_user(self):
        return super()._is_dock_user() or self._is_inspector()

    @api.model
    def get_session(self, warehouse_id=None):
        """Override: with what an inspector chooses from."""
        session = super().get_session(warehouse_id)
        if self._is_inspector():
            company = self.env['stock.warehouse'].sudo().browse(session['warehouse_id']).company_id
            domain = [('company_id', 'in', (False, company.id))]
            session['inspection'] = {
                'defects': [
                    {'id': defect.id, 'name': defect.name} for defect in self.env['returns.defect'].search(domain)],
                'dispositions': [
                    {'id': disposition.id, 'name': disposition.name, 'action': disposition.action}
                    for disposition in self.env['returns.disposition'].search(domain)],
            }
        return session

    # === What waits ===

    @api.model
    def _get_finders(self):
        """Override: a serial number that waits for its inspection comes before its delivery."""
        finders = super()._get_finders()
        return [finders[0], self._find_by_inspection, *finders[1:]] if self._is_inspector() else finders

    @api.model
    def _find_by_inspection(self, warehouse_sudo, code):
        inspections_sudo = warehouse_sudo.env['returns.inspection'].search([
            ('state', '=', 'todo'), ('company_id', '=', warehouse_sudo.company_id.id), ('lot_id.name', '=ilike', code)])
        return self._found(warehouse_sudo, inspections_sudo.order_id)

    @api.model
    def _get_return_card(self, warehouse_sudo, order_sudo):
        return {**super()._get_return_card(warehouse_sudo, order_sudo), 'inspections': self._get_open(order_sudo)}

    @api.model
    def _report(self, warehouse_sudo, order_sudo, taken, problems):
        """Override: what was received can be inspected at once."""
        return {
            **super()._report(warehouse_sudo, order_sudo, taken, problems), 'inspections': self._get_open(order_sudo)}

    @api.model
    def get_next_inspections(self, warehouse_id):
        """What waits in this warehouse, the oldest first.

        :return: list of dicts to show, of the return that waits longest
        """
        warehouse_sudo = self._get_warehouse_sudo(warehouse_id)
        oldest = warehouse_sudo.env['returns.inspection'].search([
            ('state', '=', 'todo'), ('order_id.warehouse_id', '=', warehouse_sudo.id),
            ('order_id.state', 'in', ('approved', 'done')), ('user_id', 'in', (False, self.env.uid)),
        ], order='date_deadline, id', limit=1)
        return self._get_open(oldest.order_id) if oldest else []

    @api.model
    def _get_open(self, order_sudo):
        """The inspections of a return that an inspector can do now, as the page shows them."""
        if not self._is_inspector() or order_sudo.state not in ('approved', 'done'):
            return []
        todo = order_sudo.inspection_ids.filtered(lambda inspection: inspection.state == 'todo').sorted('id')
        grades = self.env['returns.grade'].search([('company_id', 'in', (False, order_sudo.company_id.id))])
        return [self._get_inspection(inspection, grades) for inspection in todo]

    @api.model
    def _get_inspection(self, inspection, grades):
        return {
            'id': inspection.id,
            'title': inspection.order_id.name,
            'name': inspection.product_id.display_name,
            'image': f'/web/image/product.product/{inspection.product_id.id}/image_256',
            'quantity': inspection.quantity,
            'unit': inspection.product_uom_id.name,
            'lot_name': inspection.lot_id.name or '',
            'reason': inspection.reason_id.name or '',
            'customer_note': inspection.line_id.customer_note or inspection.order_id.customer_note or '',
            'again': inspection.previous_id.grade_id.display_name or '',
            'answers': [self._get_answer(answer) for answer in inspection.answer_ids],
            'grades': [
                {
                    'id': grade.id, 'code': grade.code, 'name': grade.name,
                    'share': grade._get_credit_share(inspection.reason_id), 'disposition_id': grade.disposition_id.id,
                }
                for grade in grades
            ],
        }

    @api.model
    def _get_answer(self, answer):
        item = answer.item_id
        return {
            'id': answer.id,
            'name': answer.name,
            'kind': answer.kind,
            'is_required': answer.is_required,
            'is_critical': answer.is_critical,
            'fail_grade_id': answer.fail_grade_id.id,
            'low': answer.limit_low,
            'high': answer.limit_high,
            'unit': answer.unit_name or '',
            'choices': [
                {'id': choice.id, 'name': choice.name, 'fails': choice.is_failure} for choice in item.choice_ids],
            'instruction': answer.instruction or '',
            'image': f'/web/image/returns.checklist.item/{item.id}/image' if item.image else False,
        }

    # === What was found ===

    @api.model
    def inspect(self, warehouse_id, inspection_id, seen, quantity=None, answers=None, result=None, pass_rest=False,
                photos=None):
        """Finish an inspection, or a part of it; the rest of its quantity is to be inspected next.

        :param seen: the quantity that the page showed, so that two inspectors do not decide about the same goods
        :param quantity: how much this is about, in the unit of the product; all of it when left out
        :param dict answers: by id of the answer: *pass* or *fail*, a number, the id of a choice, a text, or a list of
            pictures, dicts (name, data) in base 64
        :param dict result: what else the inspector says: grade_id, disposition_id, is_refused, refusal_note,
            defect_ids, discrepancy, note
        :param pass_rest: pass what has not been answered
        :param photos: list of pictures of the goods
        :return: dict to show: what happened, and what is to be inspected next of this return
        """
        warehouse_sudo = self._get_warehouse_sudo(warehouse_id)
        inspection = self._get_inspection_to_finish(warehouse_sudo, inspection_id, seen)
        if quantity is not None and inspection.product_uom_id.compare(quantity, inspection.quantity):
            inspection.action_split(inspection.quantity - self._read_quantity(quantity))
        self._write_answers(inspection, answers or {})
        if pass_rest:
            inspection.answer_ids._pass_all()
        inspection.write(self._read_result(result or {}))
        if photos:
            inspection.photo_ids = self._keep_photos(inspection, photos)
        inspection.action_finish()
        return self._report_inspection(warehouse_sudo, inspection)

    @api.model
    def _get_inspection_to_finish(self, warehouse_sudo, inspection_id, seen):
        if not self._is_inspector():
            raise AccessError(self.env._("Only inspectors inspect. Ask for that role."))
        inspection_sudo = self._get_record_sudo(warehouse_sudo, 'returns.inspection', inspection_id)
        inspection = inspection_sudo.with_env(self.env).with_company(warehouse_sudo.company_id)
        if inspection.state != 'todo' or float_compare(seen, inspection.quantity, precision_digits=6):
            raise UserError(self.env._("Somebody has inspected this meanwhile. Scan the return again."))
        return inspection

    @api.model
    def _write_answers(self, inspection, answers):
        for answer, value in self._pick(inspection.answer_ids, answers, lambda value: value).items():
            if answer.kind == 'pass_fail':
                answer.verdict = value if value in ('pass', 'fail') else False
            elif answer.kind == 'measure':
                answer.value = self._read_measure(answer, value)
            elif answer.kind == 'choice':
                answer.choice_id = answer.item_id.choice_ids.filtered(lambda choice: choice.id == value)  # noqa: B023
            elif answer.kind == 'text':
                answer.text = str(value)
            else:
                answer.photo_ids = self._keep_photos(inspection, value)

    @api.model
    def _read_measure(self, answer, value):
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise UserError(self.env._("Enter a number for “%s”.", answer.name))
        return number

    @api.model
    def _read_result(self, result):
        """What of `result` an inspector may say; the grade comes first, since it proposes the rest."""
        names = ('grade_id', 'is_refused', 'refusal_note', 'disposition_id', 'discrepancy', 'note')
        vals = {name: result[name] for name in names if result.get(name) not in (None, '')}
        if result.get('defect_ids'):
            vals['defect_ids'] = [Command.set([int(defect_id) for defect_id in result['defect_ids']])]
        return vals

    @api.model
    def _keep_photos(self, inspection, photos):
        """The pictures as attachments of the inspection, as commands."""
        attachments_sudo = self.env['ir.attachment'].sudo().create([
            {'name': name, 'raw': content, 'res_model': inspection._name, 'res_id': inspection.id}
            for name, content in self._read_photos(photos)
        ])
        return [Command.link(attachment.id) for attachment in attachments_sudo]

    @api.model
    def _report_inspection(self, warehouse_sudo, inspection):
        result = self.env._("refused") if inspection.is_refused else inspection.grade_id.display_name
        order_sudo = inspection.order_id.sudo()
        return {
            'message': self.env._(
                "%(product)s: %(result)s → %(place)s", product=inspection.product_id.display_name, result=result,
                place=inspection.disposition_id.name),
            'problems': [],
            'order_id': order_sudo.id,
            'inspections': self._get_open(order_sudo),
            'done_today': self._count_done_today(warehouse_sudo),
        }
