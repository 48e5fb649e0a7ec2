from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ReturnsCommon, ReturnsMailCommon


class RefuseGoodsCommon(ReturnsCommon):

    def _open(self, return_order):
        return Form(self.env['returns.refuse.goods'].with_user(self.user).with_context(
            default_order_id=return_order.id))

    def _refuse(self, return_order, quantity, note="Worn", **values):
        """What a clerk does in the dialog, on each line."""
        dialog = self.env['returns.refuse.goods'].with_user(self.user).with_context(
            default_order_id=return_order.id).create(values)
        dialog.line_ids.write({'quantity': quantity, 'note': note})
        dialog.action_refuse_goods()

    def _create_sent_back(self, order, quantity=2):
        """An approved return of which all that comes goes back to the customer."""
        return_order = self._create_return(order, quantity)
        return_order.line_ids.resolution_id = self.env.ref('returns_management.returns_resolution_send_back')
        return_order.action_confirm()
        return return_order


@tagged('post_install', '-at_install')
class TestRefuseGoods(RefuseGoodsCommon):
    """A part of what came is not accepted, and goes to the customer again."""

    # === The dialog ===

    def test_one_product_is_refused_whole_by_saying_why(self):
        return_order = self._create_received_return(self._create_delivered_order())
        dialog = self._open(return_order)
        with dialog.line_ids.edit(0) as line:
            self.assertEqual(line.quantity, 2)
            line.note = "Worn"
        dialog.save().action_refuse_goods()
        self.assertRecordValues(return_order.line_ids, [{'qty_refused': 2, 'qty_to_deliver': 2}])
        self.assertFalse(return_order.can_refuse_goods, "It is on its way back.")

    def test_the_draft_credit_note_is_made_anew_for_the_rest(self):
        for order in self._each_kind_of_order():
            return_order = self._create_received_return(order)
            self.assertEqual(return_order.credit_note_ids.amount_total, 230)
            self._refuse(return_order, 1)
            self.assertRecordValues(return_order.credit_note_ids, [{'state': 'draft', 'amount_total': 115}])
            self.assertRecordValues(return_order.line_ids, [{'qty_in_draft_credit': 1, 'qty_to_credit': 0}])

    def test_refusing_everything_leaves_no_credit_note(self):
        return_order = self._create_received_return(self._create_delivered_order())
        self._refuse(return_order, 2)
        self.assertRecordValues(return_order, [{'credit_note_count': 0, 'credit_status': 'no', 'next_step': 'ship'}])

    def test_a_posted_credit_note_is_left_alone(self):
        return_order = self._create_received_return(self._create_delivered_order())
        credit_note = return_order.credit_note_ids
        credit_note.action_post()
        self.assertFalse(return_order.can_refuse_goods)
        with self.assertRaisesRegex(UserError, "can be refused"):
            return_order.action_refuse_goods()
        with self.assertRaisesRegex(UserError, "credited or exchanged already"):
            return_order.line_ids._refuse_goods(1, "Worn")
        credit_note.button_draft()
        with self.assertRaisesRegex(UserError, "was posted before"):
            self._refuse(return_order, 1)
        self.assertTrue(credit_note.exists())

    def test_a_draft_that_accounting_has_changed_is_not_made_anew(self):
        other_tax = self.tax.copy({'name': "Other"})
        for changed in (
            {'price_unit': 90}, {'name': "Shoe, worn"}, {'tax_ids': other_tax.ids}, {'discount': 5},
            {'account_id': self.company_data['default_account_expense'].id},
        ):
            with self.subTest(changed=changed):
                return_order = self._create_received_return(self._create_delivered_order())
                credit_note = return_order.credit_note_ids
                credit_note.with_user(self.accountant).invoice_line_ids.write(changed)
                with self.assertRaisesRegex(UserError, "changed by hand"):
                    self._refuse(return_order, 1)
                self.assertTrue(credit_note.exists())
                self.assertEqual(return_order.line_ids.qty_refused, 0)

    def test_the_head_of_a_draft_that_accounting_has_changed_is_kept_too(self):
        for changed in ({'ref': "By phone"}, {'narration': "Sorry"}, {'invoice_date': '2020-01-01'}):
            with self.subTest(changed=changed):
                return_order = self._create_received_return(self._create_delivered_order())
                return_order.credit_note_ids.with_user(self.accountant).write(changed)
                with self.assertRaisesRegex(UserError, "changed by hand"):
                    self._refuse(return_order, 1)

    def test_a_draft_that_accounting_has_lowered_stays_as_it_is(self):
        return_order = self._create_received_return(self._create_delivered_order())
        credit_note = return_order.credit_note_ids
        credit_note.with_user(self.accountant).invoice_line_ids.write({'quantity': 1, 'price_unit': 90})
        self._refuse(return_order, 1)
        self.assertRecordValues(return_order, [{'credit_note_ids': credit_note.ids}])
        self.assertEqual(credit_note.amount_untaxed, 90)
        with self.assertRaisesRegex(UserError, "changed by hand"):
            self._refuse(return_order, 2)

    def test_goods_that_were_exchanged_are_not_refused_any_more(self):
        return_order = self._create_return(self._create_delivered_order())
        return_order.line_ids.resolution_id = self.env.ref('returns_management.returns_resolution_exchange')
        return_order.action_confirm()
        self._receive(return_order)
        with self.assertRaisesRegex(UserError, "credited or exchanged already"):
            return_order.line_ids._refuse_goods(1, "Worn")

    def test_who_changes_nothing_is_told_what_to_enter(self):
        return_order = self._create_received_return(self._create_delivered_order())
        with self.assertRaisesRegex(UserError, "Enter how many"):
            self._refuse(return_order, 0, note=False)

    def test_a_refusal_is_taken_back_until_the_goods_are_on_their_way(self):
        return_order = self._create_received_return(self._create_delivered_order())
        self._refuse(return_order, 2, send_back=False)
        self._refuse(return_order, 1, send_back=False)
        self.assertEqual(return_order.line_ids.qty_refused, 1)
        return_order.action_create_replacements()
        with self.assertRaisesRegex(UserError, "on its way to the customer already"):
            return_order.line_ids._refuse_goods(0, False)

    def test_what_goes_back_anyway_cannot_be_refused(self):
        return_order = self._create_sent_back(self._create_delivered_order())
        self.policy.exchange_trigger = 'manual'
        self._receive(return_order)
        self.assertEqual(return_order.line_ids._get_qty_refusable(), 0)
        with self.assertRaisesRegex(UserError, "go back anyway"):
            return_order.line_ids._refuse_goods(1, "Worn")

    def test_nothing_is_refused_before_it_came_nor_what_goes_back_anyway(self):
        return_order = self._create_sent_back(self._create_delivered_order())
        with self.assertRaisesRegex(UserError, "nothing has arrived"):
            return_order.action_refuse_goods()
        self._receive(return_order)
        self.assertFalse(return_order.can_refuse_goods)

    # === The way back ===

    def test_the_very_serial_number_goes_back(self):
        serials, order = self._create_delivered_serials()
        return_order = self._create_return(order, quantity=1)
        return_order.line_ids.lot_ids = serials[1]
        return_order.action_confirm()
        return_order.picking_ids.button_validate()
        self._refuse(return_order, 1)
        self.assertEqual(return_order.delivery_ids.move_ids.lot_ids, serials[1])

    def test_the_serial_that_came_goes_back_though_an_older_one_lies_there(self):
        serials, order = self._create_delivered_serials()
        older = self.env['stock.lot'].create({'name': "OLD-1", 'product_id': serials.product_id.id})
        self.env['stock.quant']._update_available_quantity(
            serials.product_id, self.warehouse.lot_stock_id, 1, lot_id=older, in_date=self._days_ago(100))
        return_order = self._create_return(order, quantity=1)
        return_order.line_ids.lot_ids = serials[1]
        return_order.action_confirm()
        return_order.picking_ids.button_validate()
        self._refuse(return_order, 1)
        move = return_order.delivery_ids.move_ids
        self.assertEqual((move.state, move.lot_ids), ('assigned', serials[1]))

    def test_goods_received_in_parts_go_back_as_they_came(self):
        return_order = self._create_sent_back(self._create_delivered_order(), quantity=3)
        self.policy.exchange_trigger = 'manual'
        self._receive(return_order, quantity=1)
        self._receive(return_order)
        return_order.action_create_replacements()
        moves = return_order.delivery_ids.filtered(lambda picking: picking.state != 'cancel').move_ids
        self.assertEqual(sorted(moves.mapped('product_uom_qty')), [1, 2])
        self.assertEqual(len(moves.origin_returned_move_id), 2)

    def test_e4_goods_received_in_steps_go_back_from_where_they_are(self):
        self.warehouse.reception_steps = 'two_steps'
        self.warehouse.returns_type_id.default_location_dest_id = self.warehouse.wh_input_stock_loc_id
        return_order = self._create_received_return(self._create_delivered_order())
        put_away = return_order.picking_ids.move_ids.move_dest_ids.picking_id
        self.assertEqual(put_away.location_id, self.warehouse.wh_input_stock_loc_id)
        self._validate(put_away)
        self._refuse(return_order, 1)
        self.assertEqual(return_order.delivery_ids.location_id, put_away.location_dest_id)
        self.assertEqual(return_order.delivery_ids.state, 'assigned')

    def test_e1_two_of_ten_go_back_then_the_other_eight_and_no_more(self):
        return_order = self._create_sent_back(self._create_delivered_order(quantity=10), quantity=10)
        self._receive(return_order)
        self._validate(return_order.delivery_ids.with_context(skip_backorder=True), quantity=2)
        self.assertRecordValues(return_order.line_ids, [{'qty_sent_back': 2, 'qty_to_deliver': 8}])
        self.assertRecordValues(return_order, [{
            'state': 'approved', 'next_step': 'ship', 'replacement_status': 'partial', 'delivery_count': 2}])
        self._validate(return_order.delivery_ids)
        return_order.action_create_replacements()
        self.assertRecordValues(return_order.line_ids, [{'qty_sent_back': 10, 'qty_to_deliver': 0}])
        self.assertRecordValues(return_order, [{
            'state': 'done', 'replacement_status': 'full', 'delivery_count': 2}])

    def _create_four_to_send_back(self):
        """Four received returns, two of each of two customers, that wait for the button."""
        self.policy.exchange_trigger = 'manual'
        other = self.env['res.partner'].create({'name': "Another customer"})
        returns = self.env['returns.order'].union(*(
            self._create_sent_back(self._create_delivered_order(partner_id=partner.id))
            for partner in (self.customer, self.customer, other, other)))
        self._validate(returns.picking_ids)
        return returns

    def test_e3_what_goes_back_to_one_customer_is_one_delivery(self):
        returns = self._create_four_to_send_back()
        returns.with_user(self.user).action_create_replacements()
        first, second = returns.delivery_ids.sorted('id')
        self.assertEqual(first.partner_id + second.partner_id, returns.partner_id)
        self.assertEqual((returns[0] + returns[1]).delivery_ids, first)
        self._validate(first)
        self.assertEqual(returns.mapped('state'), ['done', 'done', 'approved', 'approved'])

    def test_e3_each_return_goes_back_alone_where_the_company_says_so(self):
        self.company.returns_group_send_backs = False
        returns = self._create_four_to_send_back()
        returns.action_create_replacements()
        self.assertEqual(len(returns.delivery_ids), 4)
        self.assertEqual(returns.mapped('delivery_count'), [1] * 4)


@tagged('post_install', '-at_install')
class TestRefuseGoodsMail(RefuseGoodsCommon, ReturnsMailCommon):

    def test_the_customer_reads_what_is_not_accepted_and_why(self):
        return_order = self._create_received_return(self._create_delivered_order())
        self.env.cr.precommit.run()
        before = return_order.message_ids
        self._refuse(return_order, 1, note="The sole is dirty")
        self.env.cr.precommit.run()
        mail = (return_order.message_ids - before).filtered('partner_ids')
        self.assertEqual(mail.partner_ids, self.customer)
        for text in ("cannot accept", "1 ×", "The sole is dirty", "What happens next"):
            self.assertIn(text, mail.body)

    def test_the_mail_about_refused_goods_can_be_switched_off(self):
        self.company.returns_mail_goods_refused = False
        return_order = self._create_received_return(self._create_delivered_order())
        self.env.cr.precommit.run()
        before = return_order.message_ids
        self._refuse(return_order, 1)
        self.env.cr.precommit.run()
        self.assertFalse((return_order.message_ids - before).partner_ids)
