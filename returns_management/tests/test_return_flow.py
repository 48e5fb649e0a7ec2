from odoo.tests import tagged

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestReturnFlow(ReturnsCommon):
    """One return from the sales order to the posted credit note."""

    def test_two_of_five_come_back_and_are_credited(self):
        for policy in ('order', 'delivery'):
            with self.subTest(policy=policy):
                product = self._create_storable(f"Shoe {policy}", invoice_policy=policy)
                order = self._create_delivered_order(product=product)
                return_order = self._create_received_return(order)

                credit_note = return_order.credit_note_ids
                credit_note.action_post()

                self.assertRecordValues(credit_note, [{
                    'state': 'posted',
                    'move_type': 'out_refund',
                    'amount_untaxed': 200,
                    'amount_tax': 30,
                    'amount_total': 230,
                    'reversed_entry_id': order.invoice_ids.filtered(lambda move: move.move_type == 'out_invoice').id,
                    'invoice_payment_term_id': False,
                }])
                self.assertRecordValues(order.order_line, [{
                    'qty_delivered': 3,
                    'qty_invoiced': 3,
                    'qty_to_invoice': 0,
                    'untaxed_amount_to_invoice': 0,
                    'amount_to_invoice': 0,
                    'invoice_status': 'invoiced',
                }])
