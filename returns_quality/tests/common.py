from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.returns_management.tests.common import ReturnsCommon


class QualityCommon(ReturnsCommon):
    """A checklist for everything that is valued at average cost, an inspector, and short ways to a result."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.dispute_days = 0
        cls.inspector = new_test_user(
            cls.env, 'test_inspector', 'returns_quality.group_returns_inspector', company_id=cls.company.id)
        cls.checklist = cls._create_checklist("Everything", categ_ids=[Command.set(cls.category.ids)])
        cls.grade_a, cls.grade_b, cls.grade_c, cls.grade_d = (
            cls.env.ref(f'returns_quality.returns_grade_{code}') for code in 'abcd')
        cls.restock, cls.hold, cls.scrap, cls.send_back = (
            cls.env.ref(f'returns_quality.returns_disposition_{name}')
            for name in ('restock', 'hold', 'scrap', 'send_back'))
        cls.stock_location = cls.warehouse.lot_stock_id
        cls.returns_location = cls.warehouse.returns_location_id

    @classmethod
    def _create_checklist(cls, name, items=("Is it clean?",), **values):
        """A checklist of pass/fail items, or of those that `items` gives as dicts."""
        return cls.env['returns.checklist'].create({
            'name': name,
            'company_id': cls.company.id,
            'item_ids': [
                Command.create(item if isinstance(item, dict) else {'name': item}) for item in items],
            **values,
        })

    @classmethod
    def _create_inspections(cls, quantity=2, order=None, **values):
        """The inspections of a return of which all has arrived."""
        order = order or cls._create_delivered_order()
        return cls._create_received_return(order, quantity, **values).inspection_ids

    @classmethod
    def _finish(cls, inspections, grade=None, **values):
        """Finish `inspections`, everything passed, in a grade: the best one unless told otherwise."""
        inspections.answer_ids._pass_all()
        inspections.write({'grade_id': (grade or cls.grade_a).id, **values})
        inspections.action_finish()
        return inspections

    @classmethod
    def _refuse(cls, inspections, **values):
        return cls._finish(
            inspections, cls.grade_d, **{'is_refused': True, 'refusal_note': "The soles are worn.", **values})

    def _get_quantity(self, location, product=None, lot=None):
        return sum(self.env['stock.quant'].search([
            ('location_id', 'child_of', location.id), ('product_id', '=', (product or self.product).id),
            *([('lot_id', '=', lot.id)] if lot else []),
        ]).mapped('quantity'))
