from datetime import timedelta

from odoo import Command, api, fields, models


class ReturnsDemo(models.AbstractModel):
    """Tells one story for each state a return can be in, with Odoo's own methods, for demo databases only."""

    _name = 'returns.demo'
    _description = "Return Stories for Demo Databases"

    @api.model
    def _create_stories(self):
        """Quietly: nobody gets a mail about a story."""
        self.with_context(tracking_disable=True)._tell_stories()

    def _tell_stories(self):
        self._add_stock()
        self._ask_for_returns()
        self._wait_for_parcels()
        self._settle_returns()
        self._receive_odd_parcels()
        self._give_something_else()
        # And orders that wait for somebody to press Return.
        self._create_delivered_order('paula', {'shoe': 5})
        self._create_delivered_order('cleo', {'jacket': 2, 'lamp': 2})

    def _ask_for_returns(self):
        """A draft, and what waits for a decision or an answer."""
        draft = self._create_return('paula', {'lamp': 2}, {'lamp': 1}, 'mind')
        draft.customer_note = "I only needed one of them."

        late = self._create_return('ben', {'jacket': 1}, {'jacket': 1}, 'expectation', delivered_days_ago=45)
        late.action_submit()

        large = self._create_return('outdoor', {'shoe': 5}, {'shoe': 3}, 'fit')
        large.action_submit()

        asked = self._create_return('cleo', {'lamp': 3}, {'lamp': 2}, 'defect', delivered_days_ago=40)
        asked.action_submit()
        asked.action_ask_customer("Does the lamp stay dark with new batteries, too?")

    def _wait_for_parcels(self):
        """Approved: to be sent, sent, and partly here."""
        self._create_return('cleo', {'shoe': 2, 'lamp': 1}, {'shoe': 1}, 'fit').action_confirm()

        sent = self._create_return('paula', {'jacket': 2}, {'jacket': 1}, 'wrong')
        sent.action_confirm()
        sent.date_sent = fields.Date.context_today(self)
        sent.tracking_ref = "1Z999AA10123456784"

        partial = self._create_return('outdoor', {'lamp': 6}, {'lamp': 4}, 'defect')
        partial.action_confirm()
        self._receive(partial, quantity=2)

    def _settle_returns(self):
        """All here, credited, paid, refused and called off."""
        received = self._create_return('ben', {'shoe': 2}, {'shoe': 1}, 'transport')
        received.action_confirm()
        self._receive(received)

        credited = self._create_return('cleo', {'jacket': 1}, {'jacket': 1}, 'late', paid=True)
        credited.action_confirm()
        self._receive(credited)
        credited.credit_note_ids.action_post()

        done = self._create_return('outdoor', {'shoe': 4}, {'shoe': 1}, 'fit')
        done.action_confirm()
        self._receive(done)
        done.credit_note_ids.action_post()

        refused = self._create_return('ben', {'lamp': 1}, {'lamp': 1}, 'mind', delivered_days_ago=90)
        refused.action_submit()
        refused.refusal_note = "The 30 days for returns are over, and the lamp works as described."
        refused.action_refuse()

        cancelled = self._create_return('paula', {'shoe': 1}, {'shoe': 1}, 'mind')
        cancelled.action_confirm()
        cancelled.action_cancel()

    def _receive_odd_parcels(self):
        """What the dock cannot simply take in: nobody's parcel, something else in the box, nothing in it."""
        dock = self.env['returns.dock']
        warehouse_id = dock.get_session()['warehouse_id']
        dock.record_unknown(
            warehouse_id, "JD0146000039", "C. Cr…z, Portland, the rest is torn off", "A jacket, shelf R3")

        wrong = self._create_return('outdoor', {'lamp': 2}, {'lamp': 2}, 'defect')
        wrong.action_confirm()
        dock.receive(warehouse_id, wrong.id, {wrong.line_ids.id: 1}, held=[{
            'product_id': self._get_demo_record('product', 'shoe').id, 'quantity': 1}])

        empty = self._create_return('ben', {'jacket': 1}, {'jacket': 1}, 'fit')
        empty.action_confirm()
        dock.receive_empty(warehouse_id, empty.id, "Taped shut again, weighs nothing.")

        unannounced = self._create_delivered_order('cleo', {'shoe': 1})
        moves = unannounced.order_line._get_returns_delivered_moves()
        dock.receive_delivered(warehouse_id, unannounced.id, dict.fromkeys(moves.ids, 1), note="Came without a slip.")

    def _give_something_else(self):
        """What customers get beside a refund: other goods, a lower price, what they keep, what goes back to them."""
        same = self._create_decided('cleo', {'lamp': 2}, {'lamp': 1}, 'defect', 'exchange')
        self._receive(same)

        other = self._create_decided(
            'paula', {'jacket': 1}, {'jacket': 1}, 'fit', 'exchange',
            exchange_product_id=self._get_demo_record('product', 'shoe').id)
        self._receive(other)

        self._create_decided('ben', {'lamp': 3}, {'lamp': 1}, 'transport', 'keep')
        self._create_decided('outdoor', {'jacket': 4}, {'jacket': 2}, 'expectation', 'reduce', reduction_percent=20)

        refused = self._create_decided('cleo', {'shoe': 2}, {'shoe': 2}, 'mind', 'refund')
        self._receive(refused)
        self.env['returns.refuse.goods'].with_context(default_order_id=refused.id).create({
            'line_ids': [Command.create({
                'returns_line_id': refused.line_ids.id, 'quantity': 1, 'note': "Worn outdoors, the sole is muddy."})],
        }).action_refuse_goods()

    def _create_decided(self, customer, ordered, returned, reason, resolution, **line_values):
        """An approved return of one product whose customer gets what `resolution` says."""
        return_order = self._create_return(customer, ordered, returned, reason)
        return_order.line_ids.write({
            'resolution_id': self.env.ref(f'returns_management.returns_resolution_{resolution}').id, **line_values})
        return_order.action_confirm()
        return return_order

    def _get_demo_record(self, kind, name):
        suffix = '' if kind == 'returns_reason' else '_demo'
        return self.env.ref(f'returns_management.{kind}_{name}{suffix}')

    def _add_stock(self):
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', self.env.company.id)], limit=1)
        quants = self.env['stock.quant'].with_context(inventory_mode=True).create([
            {
                'product_id': self._get_demo_record('product', name).id,
                'location_id': warehouse.lot_stock_id.id,
                'inventory_quantity': 100,
            }
            for name in ('shoe', 'jacket', 'lamp')
        ])
        quants.action_apply_inventory()

    def _create_delivered_order(self, customer, quantities, delivered_days_ago=3, paid=False, invoiced=True):
        """A sales order of `quantities` by product, delivered and, unless told otherwise, invoiced."""
        order = self.env['sale.order'].create({
            'partner_id': self._get_demo_record('partner', customer).id,
            'order_line': [
                Command.create({
                    'product_id': self._get_demo_record('product', product).id, 'product_uom_qty': quantity,
                })
                for product, quantity in quantities.items()
            ],
        })
        order.action_confirm()
        order.picking_ids.with_context(skip_sms=True).button_validate()
        delivered_on = fields.Datetime.now() - timedelta(days=delivered_days_ago)
        order.picking_ids.move_ids.date = delivered_on
        if not invoiced:
            return order
        invoice = order._create_invoices()
        invoice.invoice_date = delivered_on
        invoice.action_post()
        if paid:
            self._pay(invoice)
        return order

    def _pay(self, invoice):
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({}).action_create_payments()

    def _create_return(self, customer, ordered, returned, reason, **order_values):
        """A draft return of the quantities `returned`, by product, of a new order of the quantities `ordered`."""
        order = self._create_delivered_order(customer, ordered, **order_values)
        return self.env['returns.order'].create({
            'partner_id': order.partner_id.id,
            'user_id': self.env.ref('returns_management.user_returns_demo').id,
            'line_ids': [
                Command.create({
                    'sale_line_id': order.order_line.filtered(
                        lambda line: line.product_id == self._get_demo_record('product', product)).id,  # noqa: B023
                    'product_uom_qty': quantity,
                    'reason_id': self._get_demo_record('returns_reason', reason).id,
                })
                for product, quantity in returned.items()
            ],
        })

    def _receive(self, return_order, quantity=None):
        """Receive all that `return_order` announces, or `quantity` of it with the rest on a backorder."""
        moves = return_order.picking_ids.move_ids
        for move in moves:
            move.quantity = quantity or move.product_uom_qty
        moves.picked = True
        return_order.picking_ids.button_validate()
