from odoo import Command
from odoo.tests import tagged

from .common import NOTHING_TO_INVOICE, ReturnsCommon


@tagged('post_install', '-at_install')
class TestOrderAmounts(ReturnsCommon):
    """What an order has on lines of its own: discounts of the whole order, and the delivery."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.credit_note_posting = 'posted'
        cls.delivery = cls.env['product.product'].create({
            'name': "Express", 'type': 'service', 'taxes_id': [Command.set(cls.tax.ids)],
            'returns_is_delivery': True, 'invoice_policy': 'order'})
        cls.damaged = cls.env['returns.reason'].create({
            'name': "Damaged", 'code': 'test_damaged', 'fault': 'carrier', 'refund_shipping': True})

    def _create_order_with(self, *more_lines, quantity=3, price=50):
        return self._create_order(order_line=[
            Command.create({'product_id': self.product.id, 'product_uom_qty': quantity, 'price_unit': price}),
            *(Command.create(line) for line in more_lines)])

    def _finish(self, order):
        self._deliver(order)
        self._invoice(order)
        return order

    def _return(self, order, quantity, **values):
        reason = values.pop('reason', self.reason)
        return_order = self.env['returns.order'].create({
            'partner_id': order.partner_id.id, 'line_ids': [Command.create({
                'sale_line_id': order.order_line[0].id, 'product_uom_qty': quantity, 'reason_id': reason.id})],
            **values})
        return_order.action_confirm()
        self._receive(return_order)
        return return_order

    # === Discounts ===

    def _create_discounted_order(self):
        order = self._create_order_with()
        self.env['sale.order.discount'].create({
            'sale_order_id': order.id, 'discount_type': 'so_discount', 'discount_percentage': 0.2,
        }).action_apply_discount()
        self.assertEqual(order.amount_untaxed, 120)
        return self._finish(order)

    def test_a_discount_of_the_order_is_shared_pro_rata(self):
        order = self._create_discounted_order()
        return_order = self._return(order, 1)
        note = return_order.credit_note_ids
        self.assertEqual(return_order.amount_expected, 46)
        self.assertRecordValues(note.invoice_line_ids, [
            {'price_subtotal': 50, 'returns_part': 'goods'}, {'price_subtotal': -10, 'returns_part': 'discount'}])
        self.assertEqual(note.amount_total, 46)
        self.assertRecordValues(order.order_line, [
            {'qty_invoiced': 2, **NOTHING_TO_INVOICE}, {'qty_invoiced': 1, **NOTHING_TO_INVOICE}])

    def test_a_discount_is_shared_by_what_each_product_costs(self):
        order = self._create_order_with({
            'product_id': self._create_storable("Other").id, 'product_uom_qty': 2, 'price_unit': 25})
        self.env['sale.order.discount'].create({
            'sale_order_id': order.id, 'discount_type': 'so_discount', 'discount_percentage': 0.1,
        }).action_apply_discount()
        note = self._return(self._finish(order), 1).credit_note_ids
        self.assertEqual(note.invoice_line_ids.mapped('price_subtotal'), [50, -5])

    def test_all_parts_of_a_discounted_order_add_up_to_the_invoice(self):
        order = self._create_order_with({
            'product_id': self._create_storable("Other").id, 'product_uom_qty': 2, 'price_unit': 33.33}, price=11.11)
        self.env['sale.order.discount'].create({
            'sale_order_id': order.id, 'discount_type': 'amount', 'discount_amount': 10,
        }).action_apply_discount()
        invoice = self._finish(order).invoice_ids
        notes = self.env['account.move']
        for index, quantity in ((0, 1), (1, 1), (0, 2), (1, 1)):
            return_order = self.env['returns.order'].create({
                'partner_id': self.customer.id, 'line_ids': [Command.create({
                    'sale_line_id': order.order_line[index].id, 'product_uom_qty': quantity})]})
            return_order.action_confirm()
            self._receive(return_order)
            notes += return_order.credit_note_ids
            self.assertLessEqual(sum(notes.mapped('amount_total')), invoice.amount_total)
        for name in ('amount_untaxed', 'amount_tax', 'amount_total'):
            self.assertAlmostEqual(sum(notes.mapped(name)), invoice[name])

    def test_a_policy_may_leave_discounts_out(self):
        self.policy.discount_share = 'none'
        return_order = self._return(self._create_discounted_order(), 1)
        self.assertEqual((return_order.amount_expected, return_order.credit_note_ids.amount_total), (57.5, 57.5))

    def test_a_discount_belongs_to_the_products_with_its_taxes(self):
        untaxed = self._create_storable("Stamps", taxes_id=False)
        order = self._create_order_with({'product_id': untaxed.id, 'product_uom_qty': 3, 'price_unit': 100})
        self.env['sale.order.discount'].create({
            'sale_order_id': order.id, 'discount_type': 'so_discount', 'discount_percentage': 0.2,
        }).action_apply_discount()
        return_order = self._return(self._finish(order), 1)
        self.assertEqual(return_order.amount_expected, 46)
        self.assertRecordValues(return_order.credit_note_ids.invoice_line_ids, [
            {'price_subtotal': 50, 'tax_ids': self.tax.ids}, {'price_subtotal': -10, 'tax_ids': self.tax.ids}])

    def test_a_fee_in_percent_is_of_what_was_paid(self):
        self.policy.write({'fee_type': 'percent', 'fee_percent': 10, 'fee_product_id': self.delivery.id})
        return_order = self._return(self._create_discounted_order(), 1)
        self.assertEqual(return_order.line_ids.fee_amount, 4)

    def test_a_share_of_the_price_takes_its_share_of_the_discount(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._return(self._create_discounted_order(), 1)
        return_order.line_ids._set_credit_share(0.5, "Scratched")
        return_order.action_create_credit_notes()
        self.assertEqual(return_order.credit_note_ids.amount_untaxed, 20)

    def test_a_reward_is_shared_like_a_discount(self):
        reward = self.env['product.product'].create({'name': "Coupon", 'type': 'service', 'taxes_id': False})
        order = self._finish(self._create_order_with({
            'product_id': reward.id, 'product_uom_qty': 1, 'price_unit': -30}))
        self.assertEqual(self._return(order, 1).credit_note_ids.amount_untaxed, 40)

    # === Delivery ===

    def _create_order_with_delivery(self, price=8.9):
        return self._finish(self._create_order_with({
            'product_id': self.delivery.id, 'product_uom_qty': 1, 'price_unit': price}))

    def test_the_delivery_is_paid_back_when_the_reason_says_so_once(self):
        order = self._create_order_with_delivery()
        first = self._return(order, 1, reason=self.damaged)
        self.assertRecordValues(first.credit_note_ids.invoice_line_ids, [
            {'price_subtotal': 50, 'returns_part': 'goods'}, {'price_subtotal': 8.9, 'returns_part': 'delivery'}])
        self.assertAlmostEqual(first.amount_expected, first.credit_note_ids.amount_total)
        second = self._return(order, 1, reason=self.damaged)
        self.assertRecordValues(second.credit_note_ids.invoice_line_ids, [{'returns_part': 'goods'}])
        self.assertEqual(second.delivery_amount, 0)
        self.assertEqual(order.order_line.mapped('qty_to_invoice'), [0, 0])

    def test_another_reason_pays_no_delivery_back(self):
        return_order = self._return(self._create_order_with_delivery(), 3)
        self.assertEqual(return_order.credit_note_ids.amount_untaxed, 150)

    def test_a_withdrawal_of_the_whole_order_pays_the_standard_delivery_back(self):
        self.customer.write({'is_company': False, 'country_id': self.env.ref('base.de').id})
        self.company.returns_standard_delivery = 4.9
        order = self._create_order_with_delivery()
        part = self._return(order, 1, legal_basis='withdrawal')
        self.assertEqual(part.credit_note_ids.amount_untaxed, 50)
        rest = self._return(order, 2, legal_basis='withdrawal')
        self.assertEqual(rest.delivery_amount, 4.9)
        self.assertEqual(rest.credit_note_ids.amount_total, 115 + 4.9)

    def test_a_delivery_credited_by_hand_is_not_paid_back_again(self):
        order = self._create_order_with_delivery()
        note = order.invoice_ids._reverse_moves([{}])
        note.invoice_line_ids.filtered(lambda line: line.product_id == self.product).unlink()
        note.action_post()
        return_order = self._return(order, 1, reason=self.damaged)
        self.assertEqual(return_order.delivery_amount, 0)
        self.assertEqual(return_order.credit_note_ids.amount_untaxed, 50)
