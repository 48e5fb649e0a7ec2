from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import NOTHING_TO_INVOICE, ReturnsCommon


@tagged('post_install', '-at_install')
class TestFees(ReturnsCommon):
    """What is deducted from a credit: on its own line, with its own account and tax, once and never more than it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fee_account = cls.company_data['default_account_revenue'].copy({'code': '400900', 'name': "Fee income"})
        cls.fee_product = cls._create_service("Restocking")
        cls.freight_product = cls._create_service("Return label")
        cls.defect = cls.env['returns.reason'].create({'name': "Broken", 'code': 'test_broken', 'fault': 'seller'})

    @classmethod
    def _create_service(cls, name):
        return cls.env['product.product'].create({
            'name': name, 'type': 'service', 'taxes_id': [Command.set(cls.tax.ids)],
            'property_account_income_id': cls.fee_account.id})

    def _charge(self, **values):
        self.policy.write({'fee_product_id': self.fee_product.id, 'freight_product_id': self.freight_product.id})
        self.policy.write(values)

    def _get_fees(self, notes):
        lines = notes.invoice_line_ids.filtered(lambda line: line.returns_part in ('restocking', 'freight', 'value'))
        return [(line.returns_part, line.price_subtotal) for line in lines.sorted('id')]

    def test_e2_sold_two_one_back_with_a_fee_line_by_line(self):
        self._charge(fee_type='amount', fee_amount=15)
        tax_account = self.company_data['default_account_tax_sale']
        repartition = self.tax.invoice_repartition_line_ids | self.tax.refund_repartition_line_ids
        repartition.filtered(lambda line: line.repartition_type == 'tax').account_id = tax_account
        order = self._create_delivered_order(quantity=2)
        return_order = self._create_received_return(order, quantity=1)
        note = return_order.credit_note_ids
        note.action_post()
        accounts = self.product._get_product_accounts()
        self.assertRecordValues(note.line_ids.sorted(lambda line: (line.display_type, line.balance)), [
            {'display_type': 'cogs', 'account_id': accounts['expense'].id, 'balance': -60},
            {'display_type': 'cogs', 'account_id': accounts['stock_valuation'].id, 'balance': 60},
            {'display_type': 'payment_term', 'account_id': self.customer.property_account_receivable_id.id,
             'balance': -97.75},
            {'display_type': 'product', 'account_id': self.fee_account.id, 'balance': -15},
            {'display_type': 'product', 'account_id': accounts['income'].id, 'balance': 100},
            {'display_type': 'tax', 'account_id': tax_account.id, 'balance': 12.75},
        ])
        self.assertEqual(note.invoice_line_ids.filtered(lambda line: line.returns_part == 'restocking').quantity, -1)
        self.assertRecordValues(return_order, [{'amount_expected': 97.75, 'fee_amount': 17.25, 'state': 'done'}])
        self.assertRecordValues(order.order_line, [{'qty_invoiced': 1, **NOTHING_TO_INVOICE}])

    def test_a_percentage_grows_with_what_is_credited(self):
        self._charge(fee_type='percent', fee_percent=10)
        return_order = self._create_confirmed_return(self._create_delivered_order(), quantity=3)
        self.assertEqual(return_order.line_ids.fee_amount, 30)
        self._receive(return_order, quantity=1)
        self._receive(return_order)
        self.assertEqual(
            [self._get_fees(note) for note in return_order.credit_note_ids.sorted('id')],
            [[('restocking', -10)], [('restocking', -20)]])

    def test_a_percentage_is_of_what_is_approved(self):
        self._charge(fee_type='percent', fee_percent=10)
        self.policy.auto_approve = False
        return_order = self._create_return(self._create_delivered_order(), quantity=3)
        return_order.action_submit()
        return_order.line_ids.qty_approved = 1
        return_order.action_approve()
        self.assertRecordValues(return_order, [{'fee_amount': 11.5, 'amount_expected': 103.5}])
        self._receive(return_order)
        self.assertEqual(return_order.credit_note_ids.amount_total, 103.5)

    def test_several_notes_of_a_return_charge_a_fixed_fee_once(self):
        self._charge(fee_type='amount', fee_amount=5.5, return_freight='customer', freight_amount=4)
        return_order = self._create_confirmed_return(self._create_delivered_order(), quantity=3)
        self._receive(return_order, quantity=1)
        self._receive(return_order)
        self.assertEqual(self._get_fees(return_order.credit_note_ids), [('restocking', -5.5), ('freight', -4)])
        return_order.credit_note_ids.sorted('id')[0].unlink()
        return_order.action_create_credit_notes()
        self.assertEqual(self._get_fees(return_order.credit_note_ids), [('restocking', -5.5), ('freight', -4)])

    def test_no_fee_is_more_than_the_credit_and_the_rest_waits_for_the_next(self):
        self._charge(fee_type='amount', fee_amount=150)
        return_order = self._create_confirmed_return(self._create_delivered_order(), quantity=2)
        self.assertEqual(return_order.amount_expected, 57.5)
        self._receive(return_order, quantity=1)
        self.assertEqual(return_order.credit_note_ids.amount_total, 0)
        self._receive(return_order)
        self.assertEqual(return_order.credit_note_ids.sorted('id').mapped('amount_total'), [0, 57.5])

    def test_what_one_invoice_has_no_room_for_is_charged_on_the_next(self):
        self._charge(fee_type='amount', fee_amount=150)
        orders = self._create_delivered_order() + self._create_delivered_order()
        notes = self._create_received_return(orders, quantity=1, partner_id=self.customer.id).credit_note_ids
        self.assertEqual([self._get_fees(note) for note in notes.sorted('id')],
                         [[('restocking', -100)], [('restocking', -50)]])

    def _receive_last_of_two(self):
        """A return of two products, of which only the second has come."""
        hat = self._create_storable("Hat")
        return_order = self._create_confirmed_return(self._create_delivered_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 5, 'price_unit': 100})
            for product in (self.product, hat)]))
        come = return_order.line_ids[1].move_ids
        come.picked = True
        (return_order.picking_ids.move_ids - come).quantity = 0
        return_order.picking_ids.button_validate()
        self.assertEqual(return_order.line_ids.mapped('qty_received'), [0, 2])
        return return_order

    def test_a_loss_of_value_is_deducted_from_the_goods_that_lost_it(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._receive_last_of_two()
        return_order.line_ids[0]._set_value_loss(30, "The sole is worn")
        return_order.action_create_credit_notes()
        self.assertEqual(self._get_fees(return_order.credit_note_ids), [])
        self._receive(return_order)
        return_order.action_create_credit_notes()
        self.assertEqual(self._get_fees(return_order.credit_note_ids), [('value', -30)])

    def test_a_fixed_fee_waits_for_goods_of_its_policy(self):
        self.product.product_tag_ids = self.env['product.tag'].create({'name': "Charged"})
        self._create_policy(
            product_tag_ids=self.product.product_tag_ids.ids, fee_type='amount', fee_amount=15,
            fee_product_id=self.fee_product.id)
        return_order = self._receive_last_of_two()
        self.assertEqual(self._get_fees(return_order.credit_note_ids), [])
        self._receive(return_order)
        self.assertEqual(self._get_fees(return_order.credit_note_ids), [('restocking', -15)])

    def test_drafts_follow_the_fees_of_the_policy(self):
        self._charge(fee_type='percent', fee_percent=10, return_freight='customer', freight_amount=4)
        return_order = self._create_return(self._create_delivered_order())
        policy = return_order.line_ids.policy_id
        self.env.flush_all()
        self.policy.write({'fee_percent': 15, 'freight_amount': 6})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertRecordValues(return_order.line_ids, [{
            'policy_id': policy.id, 'fee_restocking': 30, 'fee_freight': 6, 'fee_amount': 36}])
        self.assertEqual(return_order.amount_expected, 188.6)

    def test_another_reason_never_leaves_a_fee_behind_nor_doubles_it(self):
        self._charge(fee_type='amount', fee_amount=15, return_freight='fault', freight_amount=4)
        return_order = self._create_return(self._create_delivered_order())
        for reason, fee in ((self.reason, 19), (self.defect, 0), (self.reason, 19), (self.defect, 0)):
            return_order.line_ids.reason_id = reason
            self.assertEqual(return_order.line_ids.fee_amount, fee)
        return_order.action_confirm()
        return_order.line_ids.reason_id = self.reason
        self.assertEqual(return_order.line_ids.fee_amount, 0)

    def test_a_fixed_fee_is_charged_once_for_all_lines(self):
        self._charge(fee_type='amount', fee_amount=15, return_freight='customer', freight_amount=4)
        return_order = self._create_return(self._create_delivered_order(), quantity=1)
        return_order.line_ids.copy({'order_id': return_order.id})
        self.assertEqual(return_order.line_ids.mapped('fee_amount'), [19, 0])
        return_order.action_confirm()
        self._receive(return_order)
        self.assertEqual(self._get_fees(return_order.credit_note_ids), [('restocking', -15), ('freight', -4)])

    def test_the_way_back_costs_what_the_policy_says_of_whom(self):
        for freight, fee in (('company', 0), ('customer', 4), ('fault', 4)):
            self._charge(return_freight=freight, freight_amount=4)
            with self.subTest(freight):
                self.assertEqual(self._create_return(self._create_delivered_order()).line_ids.fee_amount, fee)

    def test_nothing_less_than_nothing_is_expected(self):
        self._charge(fee_type='amount', fee_amount=300)
        self.assertEqual(self._create_return(self._create_delivered_order()).amount_expected, 0)

    def test_a_fee_in_the_currency_of_the_company_is_charged_in_that_of_the_order(self):
        self._charge(fee_type='amount', fee_amount=15)
        euro = self.setup_other_currency('EUR', rates=[('2016-01-01', 0.5)])
        pricelist = self.env['product.pricelist'].create({'name': "EUR", 'currency_id': euro.id})
        return_order = self._create_received_return(self._create_delivered_order(pricelist_id=pricelist.id))
        self.assertEqual(self._get_fees(return_order.credit_note_ids), [('restocking', -7.5)])

    def test_a_fee_is_taxed_by_the_fiscal_position_of_the_invoice(self):
        self._charge(fee_type='amount', fee_amount=15)
        abroad = self.env['account.fiscal.position'].create({'name': "Abroad"})
        export = self.tax.copy({
            'name': "Export", 'amount': 0, 'fiscal_position_ids': [Command.set(abroad.ids)],
            'original_tax_ids': [Command.set(self.tax.ids)]})
        order = self._create_delivered_order(fiscal_position_id=abroad.id)
        note = self._create_received_return(order).credit_note_ids
        fee = note.invoice_line_ids.filtered(lambda line: line.returns_part == 'restocking')
        self.assertEqual((fee.tax_ids, note.amount_total), (export, 185))

    def test_the_law_and_other_goods_cost_nothing(self):
        self._charge(fee_type='amount', fee_amount=15, return_freight='customer', freight_amount=4)
        order = self._create_delivered_order()
        for legal_basis in ('withdrawal', 'defect'):
            with self.subTest(legal_basis):
                return_order = self._create_return(order, legal_basis=legal_basis)
                self.assertEqual(return_order.fee_amount, 0)
        return_order = self._create_return(order)
        return_order.line_ids.resolution_id = self.env.ref('returns_management.returns_resolution_exchange')
        self.assertEqual(return_order.fee_amount, 0)

    def test_a_loss_of_value_is_deducted_with_the_tax_of_the_goods(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(self._create_delivered_order())
        return_order.line_ids.with_user(self.user)._set_value_loss(30, "The sole is worn")
        self.assertEqual(return_order.amount_expected, 195.5)
        return_order.action_create_credit_notes()
        note = return_order.credit_note_ids
        self.assertEqual((note.amount_untaxed, note.amount_total), (170, 195.5))
        loss = note.invoice_line_ids.filtered(lambda line: line.returns_part == 'value')
        self.assertIn("The sole is worn", loss.name)

    def test_a_loss_of_value_is_without_the_taxes_that_prices_include(self):
        self.policy.credit_trigger = 'manual'
        self.tax.price_include_override = 'tax_included'
        return_order = self._create_received_return(self._create_delivered_order(order_line=[Command.create({
            'product_id': self.product.id, 'product_uom_qty': 5, 'price_unit': 115})]))
        return_order.line_ids._set_value_loss(30, "The sole is worn")
        return_order.action_create_credit_notes()
        self.assertRecordValues(return_order.credit_note_ids, [{'amount_untaxed': 170, 'amount_total': 195.5}])

    def test_a_loss_of_value_takes_no_more_than_the_share_that_is_credited_nor_anything_back(self):
        self.policy.credit_trigger = 'manual'
        return_order = self._create_received_return(self._create_delivered_order())
        line = return_order.line_ids
        line._set_credit_share(0.7, "Scratched")
        with self.assertRaisesRegex(UserError, "140.00"):
            line._set_value_loss(141, "Worn")
        return_order.action_create_credit_notes()
        with self.assertRaisesRegex(UserError, "credited already"):
            line._set_value_loss(30, "Worn")

    def test_a_loss_of_value_has_a_reason_and_an_end_and_on_a_withdrawal_a_proof(self):
        self.policy.credit_trigger = 'manual'
        self.customer.write({'is_company': False, 'country_id': self.env.ref('base.de').id})
        line = self._create_received_return(self._create_delivered_order(), legal_basis='withdrawal').line_ids
        for amount, note, message in ((30, "", "Say how"), (201, "Worn", "200.00"), (30, "Worn", "Attach a photo")):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                line._set_value_loss(amount, note)

    def test_what_the_way_back_costs_has_a_product(self):
        with self.assertRaisesRegex(ValidationError, "product of what the way back costs"):
            self.policy.freight_amount = 4
