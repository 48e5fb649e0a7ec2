from datetime import datetime, time, timedelta

from odoo import Command, api, fields, models
from odoo.tools import SQL, mute_logger

from .season_stories import MAIN, NORDIC

#: In which order a return gets to its end; each step is done for all that come so far, in one batch.
ARRIVED = ('received', 'attention', 'credited', 'done', 'paid')
CREDITED = ('credited', 'done', 'paid')
APPROVED = ('approved', 'sent', 'partial', 'cancel', *ARRIVED)


class ReturnsDemo(models.AbstractModel):
    """The last four months of two companies, in batches, with the verbs that people use."""

    _inherit = 'returns.demo'

    @api.model
    def _create_season(self):
        nordic = self._get_demo_record('company', 'nordic')
        if self.env['stock.warehouse'].search_count([('company_id', '=', nordic.id)], limit=1):
            return  # told by an earlier installation: its orders and transfers are still there
        self._open_company(nordic)
        for company, stories in ((self.env.ref('base.main_company'), MAIN), (nordic, NORDIC)):
            demo = self.with_context(
                allowed_company_ids=company.ids, mail_create_nosubscribe=True, mail_create_nolog=True,
                tracking_disable=True)
            demo._set_rates()
            demo._prepare_month_end()
            demo._stock_up()
            demo._tell(stories)

    # --- What there is before anything is sold ------------------------------------------------------------------------

    def _open_company(self, company):
        """Give `company` accounts, taxes and a warehouse; its numbers and policies came by themselves."""
        currency = company.currency_id
        self.env['account.chart.template']._load('generic_coa', company, install_demo=False)
        company.currency_id = currency  # the chart brings dollars
        company.inventory_valuation = 'real_time'
        self.env['stock.warehouse'].create({
            'name': company.name, 'code': 'NORD', 'company_id': company.id, 'partner_id': company.partner_id.id})
        self._get_goods().taxes_id = [Command.link(company.account_sale_tax_id.id)]

    def _set_rates(self):
        """What a unit of the company's money was worth when the season began, where nobody has said so before."""
        company = self.env.company
        currencies = self.env.ref('base.USD') + self.env.ref('base.EUR') + self.env.ref('base.GBP')
        currencies.active = True
        worth = {'USD': 1.0, 'EUR': 0.92, 'GBP': 0.79}
        if company.currency_id not in currencies:
            return
        known = self.env['res.currency.rate'].search([('company_id', '=', company.id)]).currency_id
        self.env['res.currency.rate'].create([
            {
                'currency_id': currency.id,
                'company_id': company.id,
                'name': fields.Date.today() - timedelta(days=200),
                'rate': worth[currency.name] / worth[company.currency_id.name],
            }
            for currency in currencies - company.currency_id - known
        ])

    def _prepare_month_end(self):
        """Say where what is received and not credited is accrued, where nobody has."""
        company = self.env.company
        if company.returns_accrual_journal_id:
            return
        Account = self.env['account.account']
        revenue, liability = Account.create([
            {'name': name, 'code': Account._search_new_account_code(code), 'account_type': account_type}
            for name, code, account_type in (
                ("Sales Returns", '400500', 'income'), ("Refund Liability", '211500', 'liability_current'))
        ])
        company.write({
            'returns_accrual_journal_id': self.env['account.journal'].search([
                *self.env['account.journal']._check_company_domain(company), ('type', '=', 'general')], limit=1).id,
            'returns_revenue_account_id': revenue.id,
            'returns_liability_account_id': liability.id,
        })

    def _get_good(self, name):
        """A product by the name in the stories: `boot_m` is the variant M of the boot."""
        name, _underscore, size = name.partition('_')
        if not size:
            return self._get_demo_record('product', name)
        return self._get_demo_record('product_template', name).product_variant_ids.filtered(
            lambda product: product.product_template_attribute_value_ids.name == size.upper())

    def _get_goods(self):
        names = {story.product for story in MAIN + NORDIC}
        return self.env['product.product'].union(*map(self._get_good, names))

    def _stock_up(self):
        """Put what is going to be sold on the shelf, under lots and serial numbers where it has some."""
        location = self.env['stock.warehouse'].search([('company_id', '=', self.env.company.id)], limit=1).lot_stock_id
        self._set_costs()
        self.env['stock.quant'].with_context(inventory_mode=True).create([
            {
                'product_id': product.id,
                'location_id': location.id,
                'inventory_quantity': quantity,
                'lot_id': lot.id,
            }
            for product in self._get_goods() for lot, quantity in self._get_lots(product)
        ]).action_apply_inventory()

    def _set_costs(self):
        """What the company pays: sizes have no cost of their own yet, and costs are set for each company."""
        goods = self._get_goods().with_company(self.env.company)
        for product in goods.filtered(lambda product: not product.standard_price):
            product.standard_price = product.list_price * 0.55

    def _get_lots(self, product):
        """Lots and quantities that come in: pairs."""
        company, prefix = self.env.company, product.default_code
        if product.tracking == 'none':
            return [(self.env['stock.lot'], 200)]
        count, quantity = (12, 1) if product.tracking == 'serial' else (3, 25)
        return [(lot, quantity) for lot in self.env['stock.lot'].create([
            {'name': f'{prefix}-{company.id}{number:03}', 'product_id': product.id, 'company_id': company.id}
            for number in range(1, count + 1)
        ])]

    # --- The stories --------------------------------------------------------------------------------------------------

    def _tell(self, stories):
        """Each step for all the stories that get so far; at the end everything is dated back."""
        orders = self._sell(stories)
        self._deliver(orders, stories)
        self._bill(orders, stories)
        told = dict(zip(
            self._ask(orders, stories), [story for story in stories if story.back], strict=True))
        self._decide(told)
        self._ask_for_too_much(told)
        self._take_in(told)
        self._give_back(told)
        self._date_back(told)

    def _pick(self, told, *ends):
        return self.env['returns.order'].union(*(record for record, story in told.items() if story.end in ends))

    def _get_moment(self, days_ago, hour=10):
        return datetime.combine(fields.Date.today() - timedelta(days=days_ago), time(hour))

    def _get_delivered_days_ago(self, story):
        return story.asked + (story.days[0] if story.back else 0)

    def _sell(self, stories):
        orders = self.env['sale.order'].create([
            {
                'partner_id': self._get_demo_record('partner', story.customer).id,
                'pricelist_id': self._get_pricelist(story.currency).id,
                'order_line': self._prepare_order_lines(story),
            }
            for story in stories
        ])
        orders.action_confirm()
        for order, story in zip(orders, stories, strict=True):
            order.date_order = self._get_moment(self._get_delivered_days_ago(story) + 3)
        return orders

    def _prepare_order_lines(self, story):
        vals_list = [{
            'product_id': self._get_good(story.product).id,
            'product_uom_qty': story.sold,
            'discount': story.discount,
        }]
        if story.end == 'attention':
            vals_list.append({
                'product_id': self._get_demo_record('product', 'discount').id, 'product_uom_qty': 1, 'price_unit': -15})
        return [Command.create(vals) for vals in vals_list]

    def _get_pricelist(self, currency):
        """The prices in `currency`; none when the company's own will do."""
        if not currency or currency == self.env.company.currency_id.name:
            return self.env['product.pricelist']
        name = f"Prices in {currency}"
        return self.env['product.pricelist'].search([('name', '=', name)], limit=1) or (
            self.env['product.pricelist'].create({'name': name, 'currency_id': self.env.ref(f'base.{currency}').id}))

    def _deliver(self, orders, stories):
        """Deliver the orders as long before the request as the stories say: the policy looks at today's request."""
        orders.picking_ids.with_context(skip_sms=True).button_validate()
        for order, story in zip(orders, stories, strict=True):
            order.picking_ids.date_done = order.picking_ids.move_ids.date = (
                self._get_moment(story.days[0] if story.back else story.asked))

    def _bill(self, orders, stories):
        """One invoice for each order, of the day of its delivery; paid where money is going to be given back."""
        orders._create_invoices(grouped=True)
        for order, story in zip(orders, stories, strict=True):
            order.invoice_ids.invoice_date = fields.Date.today() - timedelta(days=self._get_delivered_days_ago(story))
        self._bill_in_closed_journal(orders.filtered(lambda order: any(
            line.price_unit < 0 for line in order.order_line)).invoice_ids)
        orders.invoice_ids.filtered(lambda invoice: invoice.state == 'draft').action_post()
        paid = [story.end in ('credited', 'paid', 'kept') for story in stories]
        self._pay(orders.filtered(dict(zip(orders, paid, strict=True)).get).invoice_ids)

    def _bill_in_closed_journal(self, invoices):
        """Post them in a journal that is given up afterwards: until somebody sees to it nothing is credited in it."""
        if not invoices:
            return
        journal = self.env['account.journal'].create({
            'name': "Old Web Shop", 'code': "OLDWS", 'type': 'sale', 'company_id': self.env.company.id})
        invoices.journal_id = journal
        invoices.action_post()
        journal.active = False

    def _ask(self, orders, stories):
        """The returns of the stories that have one, as drafts and in their order."""
        return self.env['returns.order'].create([
            {
                'partner_id': order.partner_id.id,
                'company_id': order.company_id.id,
                'user_id': self.env.ref('returns_management.user_returns_demo').id,
                'legal_basis': story.basis,
                'customer_note': story.note,
                'line_ids': [Command.create({
                    'sale_line_id': order.order_line[0].id,
                    'product_uom_qty': story.back,
                    'reason_id': self._get_demo_record('returns_reason', story.reason).id,
                })],
            }
            for order, story in zip(orders, stories, strict=True) if story.back
        ])

    def _decide(self, told):
        self._pick(told, *APPROVED, 'requested', 'refused').action_submit()
        self._pick(told, *APPROVED).filtered(lambda order: order.state == 'requested').action_approve()
        refused = self._pick(told, 'refused')
        refused.refusal_note = "The sale was final, as the product page and the invoice say."
        refused.action_refuse()
        self._pick(told, 'cancel').action_cancel()
        self._pick(told, 'sent').date_sent = fields.Date.today() - timedelta(days=2)

    def _ask_for_too_much(self, told):
        """Drafts for all of what is on a return in part already."""
        for return_order in self._pick(told, 'partial'):
            again = return_order.copy()
            again.line_ids.product_uom_qty = told[return_order].sold

    def _take_in(self, told):
        """Receive all that is announced, and one piece of those that arrive in parts."""
        moves = self._pick(told, *ARRIVED, 'partial').picking_ids.move_ids
        for move in moves:
            part = told[move.picking_id.returns_order_id].end == 'partial'
            move.quantity = 1 if part else move.product_uom_qty
        moves.picked = True
        # One credit fails, as its story wants it: the return says so, the log of the installation need not.
        with mute_logger('odoo.addons.returns_management.models.returns_order_automation'):
            moves.picking_id.button_validate()

    def _give_back(self, told):
        credited = self._pick(told, *CREDITED)
        for return_order in credited:
            story = told[return_order]
            return_order.credit_note_ids.filtered(lambda note: note.state == 'draft').invoice_date = (
                fields.Date.today() - timedelta(days=story.asked - sum(story.days[1:4])))
        credited.credit_note_ids.filtered(lambda note: note.state == 'draft').action_post()
        owed = self._pick(told, 'paid').credit_note_ids
        self._pay(owed.filtered(lambda note: note.payment_state == 'not_paid'))

    # --- When it was --------------------------------------------------------------------------------------------------

    def _date_back(self, told):
        """Everything has happened today. Now it gets the day on which the stories say that it was."""
        for return_order, story in told.items():
            moments = [self._get_moment(story.asked - sum(story.days[1:step]), 9 + step) for step in range(2, 5)]
            self._date_goods(return_order, self._get_moment(self._get_delivered_days_ago(story)), moments[1])
            return_order.write(self._prepare_dates(return_order, self._get_moment(story.asked), moments))
        returns = self.env['returns.order'].union(*told)
        self.env.add_to_compute(returns._fields['date_refund_deadline'], returns)
        self._date_lines(returns)

    def _date_lines(self, returns):
        """When lines were entered is Odoo's to say: nobody writes it but by SQL."""
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """UPDATE returns_order_line line SET create_date = asked.date_request FROM returns_order asked
                WHERE asked.id = line.order_id AND asked.date_request IS NOT NULL AND asked.id IN %s""", returns._ids))
        returns.line_ids.invalidate_recordset(['create_date'])

    def _date_goods(self, return_order, delivered_on, received_on):
        deliveries = return_order.line_ids.origin_move_id.picking_id
        deliveries.date_done = deliveries.move_ids.date = delivered_on
        arrived = return_order.picking_ids.filtered(lambda picking: picking.state == 'done')
        arrived.date_done = arrived.move_ids.date = received_on

    def _prepare_dates(self, return_order, requested_on, moments):
        approved_on, _received_on, credited_on = moments
        vals = {'date_request': requested_on if return_order.state != 'draft' else False}
        if return_order.date_approval:
            vals.update(
                date_approval=approved_on, approver_id=self.env.ref('returns_management.user_manager_demo').id,
                date_deadline=approved_on.date() + timedelta(days=14))
        if return_order.state == 'done':
            vals['date_done'] = credited_on
        return vals
