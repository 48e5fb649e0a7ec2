from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestReturnsOrderRules(ReturnsCommon):
    """What clerks meet on the way from an order to a decision."""

    def test_a1_all_that_is_empty_is_named_at_once(self):
        empty = self.env['returns.order'].create([{'partner_id': self.customer.id} for _number in range(2)])
        filled = self._create_return(self._create_delivered_order())
        with self.assertRaises(UserError) as caught:
            (empty + filled).action_confirm()
        for return_order in empty:
            self.assertIn(return_order.name, str(caught.exception))
        self.assertNotIn(filled.name, str(caught.exception))
        self.assertEqual(filled.state, 'draft')
        empty[0].line_ids = [Command.create({
            'sale_line_id': self._create_delivered_order().order_line.id, 'product_uom_qty': 1,
            'reason_id': self.reason.id})]
        empty[0].action_confirm()
        self.assertEqual(empty[0].state, 'approved')

    def test_a2_the_form_follows_customer_and_product(self):
        self.user.group_ids += self.env.ref('stock.group_production_lot')
        serials, watches = self._create_delivered_serials()
        shoes = self._create_delivered_order()
        other = self.env['res.partner'].create({'name': "Another Customer"})
        form = Form(self.env['returns.order'].with_user(self.user))
        for customer in (other, self.customer):
            form.partner_id = customer
            self.assertEqual((form.contact_id, form.partner_shipping_id), (customer, customer))
        with form.line_ids.new() as line:
            line.sale_line_id = watches.order_line
            line.lot_ids.add(serials[0])
            self.assertEqual((line.product_id, line.origin_move_id), (serials.product_id, watches.picking_ids.move_ids))
            line.sale_line_id = shoes.order_line
            self.assertEqual((line.product_id, line.origin_move_id), (self.product, shoes.picking_ids.move_ids))
            self.assertFalse(line.lot_ids[:])
            line.reason_id = self.reason
        self.assertRecordValues(form.save().line_ids, [{
            'product_id': self.product.id, 'product_uom_id': self.product.uom_id.id, 'lot_ids': []}])

    def test_customer_and_company_stand_once_it_is_submitted(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        other = self.setup_other_company(name="Other Company")['company']
        for values in ({'partner_id': self.env['res.partner'].create({'name': "Other"}).id}, {'company_id': other.id}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "cannot be changed any more on RMA"):
                return_order.write(values)

    def test_a3_confirming_again_announces_nothing_again(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        return_order.action_confirm()
        self.assertEqual(return_order.picking_count, 1)

    def test_a6_what_is_credited_cannot_be_cancelled_though_nothing_came(self):
        return_order = self._create_return(self._create_delivered_order())
        return_order.line_ids.resolution_id = self.env.ref('returns_management.returns_resolution_keep')
        return_order.action_confirm()
        return_order.credit_note_ids.action_post()
        with self.assertRaises(UserError):
            return_order.with_user(self.manager).action_cancel()
        self.assertEqual(return_order.state, 'done')

    def test_a10_what_is_kept_of_an_unbilled_order_needs_no_receipt_and_is_done(self):
        return_order = self._create_return(self._create_delivered_order(invoiced=False))
        return_order.line_ids.resolution_id = self.env.ref('returns_management.returns_resolution_keep')
        return_order.action_confirm()
        self.assertRecordValues(return_order, [{
            'picking_count': 0, 'credit_note_count': 0, 'reception_status': 'no', 'replacement_status': 'no',
            'state': 'done'}])
        self._invoice(return_order.sale_order_ids)
        self.assertRecordValues(return_order, [{'state': 'approved', 'credit_status': 'pending'}])

    def test_a15_a_category_that_needs_a_person_waits_for_one(self):
        watched = self.env['product.category'].create({'name': "Watched", 'parent_id': self.category.id})
        self._create_policy(product_category_ids=watched.ids, auto_approve=False)
        states = []
        for category in (watched, self.category):
            order = self._create_delivered_order(product=self._create_storable("Thing", categ_id=category.id))
            return_order = self._create_return(order)
            return_order.with_user(self.user).action_submit()
            states.append(return_order.state)
        self.assertEqual(states, ['requested', 'approved'])

    def test_b1_a_quotation_and_an_open_delivery_say_that_nothing_was_delivered(self):
        quotation = self.env['sale.order'].create({
            'partner_id': self.customer.id,
            'order_line': [Command.create({'product_id': self.product.id, 'product_uom_qty': 5})]})
        for order in (quotation, self._create_order()):
            with self.subTest(state=order.state), self.assertRaisesRegex(UserError, "nothing was delivered yet"):
                order.with_user(self.user).action_create_return()

    def test_b2_b4_the_order_proposes_what_was_delivered_and_no_service(self):
        service = self.env['product.product'].create({'name': "Fitting", 'type': 'service', 'list_price': 20})
        late = self._create_storable("Late")
        for quantity in (5, 3):
            order = self._create_order(order_line=[
                Command.create({'product_id': self.product.id, 'product_uom_qty': 5}),
                Command.create({'product_id': service.id, 'product_uom_qty': 1, 'qty_delivered': 1}),
                Command.create({'product_id': late.id, 'product_uom_qty': 1}),
            ])
            shoes = order.picking_ids.move_ids.filtered(lambda move: move.product_id == self.product)
            shoes.write({'quantity': quantity, 'picked': True})
            order.picking_ids.with_context(skip_backorder=True).button_validate()
            action = order.with_user(self.user).action_create_return()
            lines = [vals for _command, _id, vals in action['context']['default_line_ids']]
            self.assertEqual([(vals['sale_line_id'], vals['product_uom_qty']) for vals in lines],
                             [(order.order_line[0].id, quantity)])

    def test_b18_what_the_product_says_wins_over_its_category(self):
        keep, exchange = (
            self.env.ref(f'returns_management.returns_resolution_{name}') for name in ('keep', 'exchange'))
        tag = self.env['product.tag'].create({'name': "Too heavy"})
        self._create_policy(product_tag_ids=tag.ids, resolution_id=keep.id)
        self._create_policy(product_category_ids=self.category.ids, resolution_id=exchange.id, sequence=2)
        for tags, resolution in ((tag, keep), (tag.browse(), exchange)):
            self.product.product_tag_ids = tags
            self.assertEqual(self._create_return(self._create_delivered_order()).line_ids.resolution_id, resolution)

    def test_l8_two_companies_name_their_policies_alike(self):
        other = self.env['res.company'].create({'name': "Another company"})
        policies = self.env['returns.policy'].search([('name', '=', self.policy.name)])
        self.assertIn(other, policies.company_id)
        self.assertIn(self.company, policies.company_id)

    def test_n5_the_reason_narrows_down_what_the_customer_may_get(self):
        keep = self.env.ref('returns_management.returns_resolution_keep')
        self.reason.resolution_ids = keep
        return_order = self._create_return(self._create_delivered_order())
        form = Form(return_order.with_user(self.user))
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.selectable_resolution_ids[:], keep)
        everything = self.env['returns.resolution'].search([])
        self.assertEqual(return_order.line_ids.with_user(self.manager).selectable_resolution_ids, everything)
