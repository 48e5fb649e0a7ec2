from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common_month_end import MonthEndCommon
from .common_payout import ReturnsPayoutCommon

#: What has to be told the same on every later day.
TOLD = (
    'status', 'qty_requested', 'qty_approved', 'qty_received', 'qty_accepted', 'qty_credited', 'qty_paid',
    'qty_uncredited', 'qty_unreceived', 'amount_net', 'amount_tax', 'amount_uncredited', 'amount_unpaid',
    'cost_booked', 'cost_difference', 'cost_uncredited', 'date_received', 'date_credit', 'age',
)


@tagged('post_install', '-at_install')
class TestReconciliation(MonthEndCommon):
    """What a row says, compared with what was done."""

    def test_what_is_received_waits_for_its_credit(self):
        return_order = self._create_received_return(self._create_delivered_order())
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'uncredited', 'qty_requested': 2, 'qty_approved': 2, 'qty_received': 2, 'qty_accepted': 2,
            'qty_credited': 0, 'qty_uncredited': 2, 'amount_uncredited': 200, 'amount_tax_uncredited': 30,
            'cost_uncredited': 120, 'age_bucket': '14',
        }])

    def test_a_draft_credits_nothing(self):
        return_order = self._create_received_return(self._create_delivered_order())
        return_order.action_create_credit_notes()
        self.assertRecordValues(self._get_rows(return_order), [{'status': 'uncredited', 'qty_credited': 0}])

    def test_a_credit_matched_with_its_open_invoice_is_settled(self):
        return_order = self._create_received_return(self._create_delivered_order())
        self._credit(return_order)
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'matched', 'qty_credited': 2, 'qty_paid': 2, 'qty_uncredited': 0, 'amount_net': 200,
            'amount_tax': 30, 'amount_unpaid': 0, 'cost_credited': 120, 'cost_booked': 120, 'cost_difference': 0,
        }])

    def test_the_credit_of_a_paid_invoice_waits_for_its_payment(self):
        return_order = self._create_received_return(self._create_paid_order())
        credit_note = self._credit(return_order)
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'unpaid', 'qty_credited': 2, 'qty_paid': 0, 'amount_unpaid': 230}])
        self._pay(credit_note)
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'matched', 'qty_paid': 2, 'amount_unpaid': 0}])

    def test_a_credit_in_advance_waits_for_the_goods(self):
        self.policy.credit_trigger = 'on_approval'
        return_order = self._create_confirmed_return(self._create_delivered_order())
        self._credit(return_order)
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'unreceived', 'qty_credited': 2, 'qty_unreceived': 2, 'amount_unreceived': 200,
            'qty_uncredited': 0}])

    def test_goods_that_were_never_invoiced_need_no_credit(self):
        return_order = self._create_received_return(self._create_delivered_order(invoiced=False))
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'matched', 'qty_received': 2, 'qty_uncredited': 0, 'qty_uninvoiced': 2, 'cost_uncredited': 0}])

    def test_a_return_without_a_return_is_in_it(self):
        order = self._create_delivered_order()
        self._reverse(order.picking_ids, 2).button_validate()
        self.assertRecordValues(self._get_rows(order), [{
            'kind': 'plain', 'status': 'uncredited', 'qty_received': 2, 'qty_uncredited': 2, 'cost_uncredited': 120}])
        with self.assertRaisesRegex(UserError, "Nobody made a return for this"):
            self._get_rows(order).action_view_return()
        self._credit_by_hand(order.invoice_ids, 2).action_post()
        self.assertRecordValues(self._get_rows(order), [{
            'status': 'matched', 'qty_credited': 2, 'amount_net': 200, 'qty_uncredited': 0, 'cost_difference': 0}])

    def test_what_came_back_without_a_return_before_the_invoice_waits_for_nothing(self):
        order = self._create_delivered_order(invoiced=False)
        self._reverse(order.picking_ids, 2).button_validate()
        order.order_line.qty_to_invoice = 3
        self._invoice(order)
        self.assertRecordValues(self._get_rows(order), [{
            'kind': 'plain', 'status': 'matched', 'qty_received': 2, 'qty_uncredited': 0}])

    def test_a_credit_note_made_by_hand_settles_the_return(self):
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        self._credit_by_hand(order.invoice_ids, 2).action_post()
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'matched', 'qty_credited': 2, 'qty_uncredited': 0, 'qty_paid': 2, 'amount_net': 200}])

    def test_two_returns_of_one_order_line_share_what_is_invoiced(self):
        order = self._create_delivered_order()
        first, second = (self._create_received_return(order, quantity=quantity) for quantity in (1, 2))
        self._credit(second)
        self.assertRecordValues(self._get_rows(first), [{'qty_uncredited': 1, 'status': 'uncredited'}])
        self.assertRecordValues(self._get_rows(second), [{'qty_uncredited': 0, 'status': 'matched'}])

    def test_what_later_returns_exchange_or_refuse_takes_nothing_off(self):
        order = self._create_delivered_order()
        first = self._create_received_return(order, quantity=1)
        for action in ('exchange', 'refund'):
            later = self._create_return(order)
            later.line_ids.resolution_id = self.env.ref(f'returns_management.returns_resolution_{action}')
            later.action_confirm()
            self._receive(later)
            if action == 'refund':
                later.line_ids._refuse_goods(2, "Worn")
                later.line_ids._create_send_backs()
            for sent in (False, True):
                if sent:
                    self._validate(later.delivery_ids)
                with self.subTest(action=action, sent=sent):
                    self.assertRecordValues(self._get_rows(first), [{'status': 'uncredited', 'qty_uncredited': 1}])
                    self.assertRecordValues(self._get_rows(later), [{'status': 'matched', 'qty_uncredited': 0}])

    def test_the_net_to_credit_is_what_the_next_credit_note_credits(self):
        fee = self.env['product.product'].create({'name': "Restocking", 'type': 'service', 'taxes_id': False})
        for name, net in (('share', 140), ('discount', 160), ('fee', 170)):
            order = self._create_order()
            if name == 'discount':
                self.env['sale.order.discount'].create({
                    'sale_order_id': order.id, 'discount_type': 'so_discount', 'discount_percentage': 0.2,
                }).action_apply_discount()
            self._deliver(order)
            self._invoice(order)
            if name == 'fee':
                self.policy.write({'fee_type': 'percent', 'fee_percent': 15, 'fee_product_id': fee.id})
            return_order = self._create_received_return(order, line_ids=[Command.create({
                'sale_line_id': order.order_line[0].id, 'product_uom_qty': 2, 'reason_id': self.reason.id})])
            if name == 'share':
                return_order.line_ids._set_credit_share(0.7, "Scratched")
            with self.subTest(name):
                self.assertEqual(self._get_rows(return_order).amount_uncredited, net)
                self.assertEqual(self._credit(return_order).amount_untaxed, net)

    def test_a_credit_note_made_by_hand_settles_two_returns_as_far_as_it_goes(self):
        order = self._create_delivered_order()
        returns = self._create_received_return(order) + self._create_received_return(order)
        self._credit_by_hand(order.invoice_ids, 3).action_post()
        self.assertRecordValues(self._get_rows(returns), [
            {'status': 'matched', 'qty_credited': 2, 'qty_uncredited': 0, 'qty_uninvoiced': 0},
            {'status': 'uncredited', 'qty_credited': 1, 'qty_uncredited': 1, 'qty_uninvoiced': 0}])

    def test_what_was_delivered_again_waits_for_no_credit(self):
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        self._reverse(return_order.picking_ids, 2).button_validate()
        self.assertEqual(return_order.line_ids.qty_to_credit, 0)
        self.assertRecordValues(self._get_rows(return_order), [{'qty_received': 2, 'qty_uncredited': 0}])

    def test_a_raise_of_the_order_takes_nothing_off(self):
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        order.order_line.product_uom_qty = 6
        self._deliver(order)
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'uncredited', 'qty_uncredited': 2, 'amount_uncredited': 200, 'cost_uncredited': 120}])
        self._credit(return_order)
        self.assertRecordValues(self._get_rows(return_order), [{'status': 'matched', 'qty_uncredited': 0}])

    def test_what_came_back_unbilled_waits_for_nothing_however_much_is_billed_in_advance(self):
        order = self._create_order()
        self._deliver(order, quantity=3)
        return_order = self._create_received_return(order)
        self._invoice(order)
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'matched', 'qty_uncredited': 0, 'qty_uninvoiced': 2}])

    def test_what_the_customer_keeps_is_never_awaited(self):
        order = self._create_delivered_order()
        keep = self.env['returns.resolution'].search([('action', '=', 'keep')], limit=1)
        return_order = self._create_return(order)
        return_order.line_ids.resolution_id = keep
        return_order.action_confirm()
        self._credit(return_order)
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'matched', 'qty_credited': 2, 'qty_unreceived': 0, 'cost_difference': 0}])

    def test_a_cost_that_differs_is_seen(self):
        return_order = self._create_received_return(self._create_delivered_order())
        self._credit(return_order)
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move SET value = 100 WHERE id = %s", return_order.line_ids.move_ids.ids)
        self.env.invalidate_all()
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'cost', 'cost_credited': 100, 'cost_booked': 120, 'cost_difference': 20}])

    def test_more_credited_than_invoiced_is_seen(self):
        order = self._create_delivered_order()
        return_order = self._create_received_return(order)
        self._credit(return_order)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET quantity = 6 WHERE id = %s", return_order.line_ids.credit_line_ids.ids)
        self.env.invalidate_all()
        self.assertEqual(self._get_rows(return_order).status, 'over_credited')

    def test_money_for_a_credit_note_that_was_taken_back_is_seen(self):
        return_order = self._create_received_return(self._create_paid_order())
        credit_note = self._credit(return_order)
        self._pay(credit_note)
        credit_note.button_draft()
        self.assertRecordValues(self._get_rows(return_order), [{'status': 'paid_alone', 'amount_paid_alone': 230}])

    def test_a_rate_that_differs_is_seen_unless_the_company_wants_it(self):
        with self._on('2026-11-10'):
            currency = self.setup_other_currency('EUR', rates=[('2026-11-01', 0.5), ('2026-11-20', 0.4)])
            pricelist = self.env['product.pricelist'].create({'name': "EUR", 'currency_id': currency.id})
            order = self._create_delivered_order(pricelist_id=pricelist.id)
        with self._on('2026-11-25'):
            self.company.returns_exchange_rate = 'credit_note'
            return_order = self._create_received_return(order)
            self._credit(return_order)
        told = {
            'rate_invoice': 0.5, 'rate_credit': 0.4, 'amount_net': 500, 'amount_tax': 75,
            'amount_rate_difference': 100}
        self.assertRecordValues(self._get_rows(return_order), [{'status': 'matched', **told}])
        self.company.returns_exchange_rate = 'invoice'
        self.assertRecordValues(self._get_rows(return_order), [{'status': 'rate', **told}])

    def test_how_long_a_row_waits_is_told_in_buckets(self):
        with self._on('2026-06-01'):
            return_order = self._create_received_return(self._create_delivered_order())
        first = fields.Date.to_date('2026-06-01')
        for days, bucket in ((0, '14'), (14, '14'), (15, '30'), (30, '30'), (31, '60'), (61, '90'), (91, 'more')):
            row = self._get_rows(return_order, as_of=fields.Date.to_string(first + timedelta(days=days)))
            self.assertRecordValues(row, [{'age': days, 'age_bucket': bucket}])

    def test_quantities_are_in_the_unit_of_the_product(self):
        dozen = self.env.ref('uom.product_uom_dozen')
        order = self._create_delivered_order(order_line=[Command.create({
            'product_id': self.product.id, 'product_uom_qty': 2, 'product_uom_id': dozen.id, 'price_unit': 1200})])
        return_order = self._create_received_return(order, line_ids=[Command.create({
            'sale_line_id': order.order_line.id, 'product_uom_qty': 6, 'product_uom_id': self.product.uom_id.id})])
        self.assertRecordValues(self._get_rows(return_order), [{
            'qty_received': 6, 'qty_uncredited': 6, 'amount_uncredited': 600, 'cost_uncredited': 360}])

    def test_what_is_refused_is_in_the_unit_of_the_product_too(self):
        dozen = self.env.ref('uom.product_uom_dozen')
        order = self._create_delivered_order(order_line=[Command.create({
            'product_id': self.product.id, 'product_uom_qty': 2, 'product_uom_id': dozen.id, 'price_unit': 1200})])
        return_order = self._create_received_return(order, line_ids=[Command.create({
            'sale_line_id': order.order_line.id, 'product_uom_qty': 1, 'product_uom_id': dozen.id})])
        return_order.line_ids._refuse_goods(0.5, "Worn")
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'uncredited', 'qty_received': 12, 'qty_accepted': 6, 'qty_uncredited': 6}])
        self._credit(return_order)
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'matched', 'qty_credited': 6, 'cost_difference': 0}])


@tagged('post_install', '-at_install')
class TestReconciliationOnline(ReturnsPayoutCommon, MonthEndCommon):
    """What was paid online and what was refunded, beside invoices and credit notes."""

    def test_what_was_paid_and_never_invoiced_is_seen(self):
        order, _payment = self._create_unpaid_order()
        return_order = self._create_received_return(order)
        self.assertRecordValues(self._get_rows(return_order), [{
            'status': 'uninvoiced', 'qty_uninvoiced': 2, 'amount_uninvoiced': 230, 'qty_uncredited': 0}])

    def _create_order_paid(self, through):
        """A delivered and invoiced order, its customer has paid the `order` online or its `invoice`."""
        if through == 'invoice':
            return self._create_paid_order()
        order, payment = self._create_unpaid_order()
        self._invoice(order)
        return order, payment

    def test_what_was_refunded_without_a_credit_note_is_seen_until_there_is_one(self):
        for through in ('order', 'invoice'):
            with self.subTest(through):
                order, payment = self._create_order_paid(through)
                return_order = self._create_received_return(order)
                self._refund_elsewhere(payment, 230)
                self.assertRecordValues(self._get_rows(return_order), [{
                    'status': 'paid_alone', 'amount_paid_alone': 230}])
                return_order.action_create_credit_notes()
                self.assertRecordValues(self._get_rows(return_order), [{'status': 'matched', 'amount_paid_alone': 0}])

    def test_a_payment_captured_in_parts_is_told_once_with_the_refunds_of_its_parts(self):
        order = self._create_delivered_order()
        parts = self._pay_in_parts(order.invoice_ids, [400, 175])
        return_order = self._create_received_return(order)
        self._refund_elsewhere(parts[0], 230)
        self.assertRecordValues(self._get_rows(return_order), [{'status': 'paid_alone', 'amount_paid_alone': 230}])

    def test_parts_of_a_payment_that_were_never_invoiced_are_told_until_they_are_refunded(self):
        order = self._create_order()
        parts = self._pay_in_parts(order, [400, 175])
        self._deliver(order)
        return_order = self._create_received_return(order)
        self.assertRecordValues(self._get_rows(return_order), [{'status': 'uninvoiced', 'amount_uninvoiced': 230}])
        self._refund_elsewhere(parts[0], 230)
        self.assertRecordValues(self._get_rows(return_order), [{'status': 'matched', 'amount_uninvoiced': 0}])

    def test_what_was_never_invoiced_is_worth_its_price_in_every_unit(self):
        dozen = self.env.ref('uom.product_uom_dozen')
        order = self._create_order(order_line=[Command.create({
            'product_id': self.product.id, 'product_uom_qty': 2, 'product_uom_id': dozen.id, 'price_unit': 1200})])
        self._pay_online(order)
        self._deliver(order)
        return_order = self._create_received_return(order, line_ids=[Command.create({
            'sale_line_id': order.order_line.id, 'product_uom_qty': 6, 'product_uom_id': self.product.uom_id.id})])
        self.assertRecordValues(self._get_rows(return_order), [{'qty_uninvoiced': 6, 'amount_uninvoiced': 690}])

    def test_a_refund_beside_returns_without_a_return_is_told_once(self):
        order, payment = self._create_paid_order()
        for _number in range(2):
            self._reverse(order.picking_ids[0], 1).button_validate()
        self._refund_elsewhere(payment, 115)
        self.assertEqual(self._get_rows(order).mapped('amount_paid_alone'), [115, 0])

    def test_a_direct_refund_is_shared_by_the_goods_that_were_never_invoiced(self):
        other = self._create_storable("Boots", list_price=50)
        order = self._create_order(order_line=[
            Command.create({'product_id': self.product.id, 'product_uom_qty': 5, 'price_unit': 100}),
            Command.create({
                'product_id': other.id, 'product_uom_qty': 1, 'price_unit': 600,
                'product_uom_id': self.env.ref('uom.product_uom_dozen').id})])
        payment = self._pay_online(order)
        self._deliver(order)
        return_order = self._create_received_return(order, line_ids=[
            Command.create({
                'sale_line_id': line.id, 'product_uom_qty': 2, 'product_uom_id': self.product.uom_id.id,
            }) for line in order.order_line])
        self.assertEqual(self._get_rows(return_order).mapped('amount_uninvoiced'), [230, 115])
        self._refund_elsewhere(payment, 172.5)
        self.assertEqual(self._get_rows(return_order).mapped('amount_uninvoiced'), [115, 57.5])
        self._refund_elsewhere(payment, 172.5)
        self.assertEqual(self._get_rows(return_order).mapped('status'), ['matched', 'matched'])

    def test_a_refund_whose_credit_note_was_taken_back_is_told_once(self):
        for through in ('order', 'invoice'):
            with self.subTest(through):
                return_order = self._create_received_return(self._create_order_paid(through)[0])
                return_order.action_create_credit_notes()
                return_order.action_pay_out()
                self.assertEqual(self._get_rows(return_order).status, 'matched')
                return_order.credit_note_ids.button_draft()
                self.assertRecordValues(self._get_rows(return_order), [{
                    'status': 'paid_alone', 'amount_paid_alone': 230}])

    def test_the_refund_of_another_order_on_the_same_invoice_is_none_of_this(self):
        orders = self._create_delivered_order(invoiced=False) + self._create_delivered_order(invoiced=False)
        self._invoice(orders)
        payment = self._pay_online(orders.invoice_ids)
        return_order = self._create_received_return(orders[1])
        note = self._credit_by_hand(orders.invoice_ids, 2)
        note.invoice_line_ids.filtered(lambda item: item.sale_line_ids.order_id == orders[1]).unlink()
        note.action_post()
        self._refund_elsewhere(payment, 230)
        self.assertRecordValues(self._get_rows(return_order), [{'status': 'uncredited', 'amount_paid_alone': 0}])

    def test_a_refund_of_one_payment_for_several_orders_is_told_once(self):
        for through in ('order', 'invoice'):
            with self.subTest(through):
                orders = self._create_delivered_order(invoiced=False) + self._create_delivered_order(invoiced=False)
                self._invoice(orders)
                payment = self._pay_online(orders.invoice_ids) if through == 'invoice' else self._pay_online(
                    orders[0], orders.invoice_ids.amount_total, sale_order_ids=[Command.set(orders.ids)])
                returns = self._create_received_return(orders[0]) + self._create_received_return(orders[1])
                self._refund_elsewhere(payment, 230)
                self.assertRecordValues(self._get_rows(returns).sorted('id'), [
                    {'status': 'paid_alone', 'amount_paid_alone': 230},
                    {'status': 'uncredited', 'amount_paid_alone': 0},
                ])

    def test_a_return_that_was_called_off_hides_no_refund(self):
        order, payment = self._create_paid_order()
        self._create_return(order, quantity=1).action_cancel()
        return_order = self._create_received_return(order)
        self._refund_elsewhere(payment, 230)
        today = fields.Date.to_string(fields.Date.today())
        for as_of in (None, today):
            self.assertRecordValues(self._get_rows(return_order, as_of=as_of), [{
                'status': 'paid_alone', 'amount_paid_alone': 230}])


@tagged('post_install', '-at_install')
class TestReconciliationAsOf(MonthEndCommon):
    """November, told on its last day and five days later."""

    def _create_history(self):
        """What is done until 30 November."""
        with self._on('2026-11-20'):
            orders = [self._create_paid_order() for _number in range(5)]
            self.paid, self.credited, self.received, self.awaited, self.cancelled = returns = [
                self._create_confirmed_return(order) for order in orders]
        with self._on('2026-11-25'):
            for return_order in returns[:3]:
                self._receive(return_order)
            self.note_paid = self._credit(self.paid)
            self.received.action_create_credit_notes()
        with self._on('2026-11-28'):
            self.note_credited = self._credit(self.credited)
        with self._on('2026-11-29'):
            self._pay(self.note_paid)
        self.env.flush_all()  # stored before the month is closed, as each request does

    def _continue_history(self):
        """What is done in December, when November is closed."""
        self.company.fiscalyear_lock_date = '2026-11-30'
        with self._on('2026-12-02'):
            self.received.credit_note_ids.action_post()
            # Odoo neither receives nor cancels what is still scheduled in a closed month.
            (self.awaited + self.cancelled).picking_ids.scheduled_date = fields.Datetime.now()
            self.env.flush_all()
            self._receive(self.awaited)
            self._pay(self.note_credited)
            self.cancelled.action_cancel()
            self.late = self._create_received_return(self.paid.sale_order_ids, quantity=1)
            self._credit(self.late)

    def test_november_is_the_same_on_the_fifth_of_december(self):
        self._create_history()
        with self._on('2026-11-30'):
            told = self._get_rows(as_of='2026-11-30').read(TOLD)
            now = self._get_rows().read(TOLD)
        self._continue_history()
        with self._on('2026-12-05'):
            self.assertEqual(self._get_rows(as_of='2026-11-30').read(TOLD), told)
        self.assertEqual(
            [row['status'] for row in told], ['matched', 'unpaid', 'uncredited', 'awaited', 'awaited'])
        self.assertEqual([row['status'] for row in now], [row['status'] for row in told])

    def test_december_knows_what_was_done_since(self):
        self._create_history()
        self._continue_history()
        with self._on('2026-12-05'):
            rows = self._get_rows(as_of='2026-12-05')
        self.assertEqual(
            {row.order_id: row.status for row in rows},
            {self.paid: 'matched', self.credited: 'matched', self.received: 'unpaid', self.awaited: 'uncredited',
             self.late: 'unpaid'})

    def test_what_came_in_the_last_hour_of_the_month_belongs_to_it(self):
        self.company.resource_calendar_id.tz = 'Europe/Berlin'
        with self._on('2026-11-20'):
            return_order = self._create_received_return(self._create_delivered_order())
        move = return_order.line_ids.move_ids
        for moment, received in (('2026-11-30 22:59:59', 2), ('2026-11-30 23:00:00', 0)):
            move.date = moment
            self.assertEqual(self._get_rows(return_order, as_of='2026-11-30').qty_received, received)

    def test_two_days_are_not_mixed_up_in_memory(self):
        with self._on('2026-11-20'):
            return_order = self._create_confirmed_return(self._create_delivered_order())
        with self._on('2026-11-25'):
            self._receive(return_order)
        row = self._get_rows(return_order)
        self.assertEqual(row.qty_received, 2)
        self.assertEqual(row.with_context(returns_as_of='2026-11-22').qty_received, 0)


@tagged('post_install', '-at_install')
class TestReconciliationAccess(MonthEndCommon):
    """Who opens it, and what is done from it."""

    def test_accountants_need_no_role_in_returns(self):
        return_order = self._create_received_return(self._create_paid_order())
        return_order.action_create_credit_notes()
        self.env.flush_all()
        row = self.env['returns.reconciliation'].with_user(self.accountant).search(
            [('order_id', '=', return_order.id)])
        self.assertEqual(row.web_read({'order_id': {'fields': {'display_name': {}}}, 'status': {}})[0]['status'],
                         'uncredited')
        row.action_post_credit_notes()
        self.assertEqual(return_order.credit_note_ids.state, 'posted')
        self.assertEqual(row.action_pay()['res_model'], 'account.payment.register')
        for action in (row.action_view_return, row.action_view_invoices, row.action_view_credit_notes):
            self.assertTrue(action()['res_id'])

    def test_several_documents_are_listed_with_their_customers(self):
        returns = self.env['returns.order'].union(*(
            self._create_received_return(self._create_delivered_order()) for _number in range(2)))
        self._credit(returns)
        rows = self._get_rows(returns)
        for action in (rows.action_view_invoices, rows.action_view_credit_notes):
            window = action()
            self.assertEqual(window['views'][0][1], 'list')
            self.assertIn(window['context']['default_move_type'], ('out_invoice', 'out_refund'))
            documents = self.env['account.move'].search(window['domain'])
            self.assertEqual(len(documents), 2)
            self.assertEqual(set(documents.mapped('move_type')), {window['context']['default_move_type']})

    def test_the_window_of_a_day_says_which_day_it_is(self):
        action = self.env['returns.month.end'].create({'date': '2026-11-30'}).action_show()
        self.assertEqual(action['display_name'], "As of 11/30/2026")
        self.assertEqual(action['context']['returns_as_of'], '2026-11-30')

    def test_what_is_done_already_is_told(self):
        return_order = self._create_received_return(self._create_delivered_order())
        self._credit(return_order)
        row = self._get_rows(return_order)
        with self.assertRaisesRegex(UserError, "No draft credit note"):
            row.action_post_credit_notes()
        with self.assertRaisesRegex(UserError, "are paid"):
            row.action_pay()

    def test_a_draft_is_not_paid(self):
        returns = self.env['returns.order'].union(*(
            self._create_received_return(self._create_paid_order()) for _number in range(2)))
        posted = self._credit(returns[0])
        returns[1].action_create_credit_notes()
        self.assertEqual(returns[1].credit_note_ids.state, 'draft')
        self.assertEqual(
            self._get_rows(returns).action_pay()['context']['active_ids'], posted.line_ids.ids)

    def test_companies_stay_apart(self):
        self._create_received_return(self._create_delivered_order())
        self.env.flush_all()
        other = self.setup_other_company()['company']
        stranger = new_test_user(
            self.env, 'test_other_accountant', 'account.group_account_invoice', company_id=other.id,
            company_ids=[Command.set(other.ids)])
        self.assertFalse(self.env['returns.reconciliation'].with_user(stranger).search([]))
