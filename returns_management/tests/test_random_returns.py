import logging
import os
from collections import defaultdict

from odoo import Command
from odoo.tests import tagged

from .common_cost import ReturnsCostCommon
from .random_stories import CURRENCIES, FATES, METHODS, PIECES_IN_DOZEN, ROUNDS, WAYS, Part, count_kinds, create_story

_logger = logging.getLogger(__name__)

#: Another seed tells other stories: RETURNS_SEED=7 RETURNS_STORIES=1 tells the one that failed again.
SEED = int(os.environ.get('RETURNS_SEED', 1))
STORIES = int(os.environ.get('RETURNS_STORIES', 200))
KINDS = {*METHODS, *CURRENCIES, *WAYS, *FATES, 'piece', 'dozen', 'partial', 'two parcels', 'all comes back', 'discount'}
RESOLUTIONS = ('exchange', 'send_back', 'keep')


class Run:
    """A story on its way through Odoo, once with its returns and once without."""

    def __init__(self, story, product, with_returns):
        self.story, self.product, self.with_returns = story, product, with_returns
        self.orders = []
        self.returns = []  # (part, return)


@tagged('post_install', '-at_install')
class TestRandomReturns(ReturnsCostCommon):
    """Whatever customers send back, and however it is credited: the books are as right as without any return.

    Hundreds of random stories, told side by side: each step is one batch for all of them.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.auto_approve_limit = 10 ** 9
        cls.reason_by_way = {
            'in advance': cls._create_reason_with_policy("In advance", 'on_approval'),
            'by hand': cls._create_reason_with_policy("By hand", 'manual'),
        }
        cls.pieces, cls.dozens = cls.env.ref('uom.product_uom_unit'), cls.env.ref('uom.product_uom_dozen')
        cls.pricelists = {'company': cls.env['product.pricelist'].create({
            'name': "Company", 'currency_id': cls.company.currency_id.id})}
        for code, rate in (('EUR', 0.9), ('JPY', 150)):
            currency = cls.setup_other_currency(code, rates=[('2020-01-01', rate)])
            cls.pricelists[code] = cls.env['product.pricelist'].create({'name': code, 'currency_id': currency.id})

    @classmethod
    def _create_reason_with_policy(cls, name, trigger):
        reason = cls.reason.copy({'name': name, 'code': name, 'barcode': False})
        cls._create_policy(
            name=name, reason_ids=[Command.set(reason.ids)], credit_trigger=trigger, auto_approve_limit=10 ** 9)
        return reason

    # === The steps, each for all stories ===

    def _start(self, stories):
        templates = {method: self._create_costed(method) for method in METHODS}
        runs = [(story, with_returns) for story in stories for with_returns in (True, False)]
        products = self.env['product.product'].create([
            {
                'name': f"Story {story.seed}", 'is_storable': True, 'categ_id': templates[story.method].categ_id.id,
                'invoice_policy': story.invoice_policy, 'taxes_id': [Command.set(self.tax.ids)],
                'standard_price': story.purchases[0][0][1] if story.method == 'standard' else 0,
            } for story, _with_returns in runs])
        return [
            Run(story, product, with_returns)
            for (story, with_returns), product in zip(runs, products, strict=True)]

    def _buy_all(self, runs, number):
        purchases = [(run.product, *purchase) for run in runs for purchase in run.story.purchases[number]]
        moves = self.env['stock.move'].create([
            {
                'product_id': product.id, 'product_uom_qty': quantity, 'location_id': self.supplier_location.id,
                'location_dest_id': self.warehouse.lot_stock_id.id,
            } for product, quantity, _cost in purchases])
        moves._action_confirm(merge=False)
        moves._action_assign()
        moves.picked = True
        self.env['product.value'].create([
            {'move_id': move.id, 'value': quantity * cost, 'company_id': self.company.id}
            for move, (_product, quantity, cost) in zip(moves, purchases, strict=True)])
        moves._action_done()
        self.env['account.move'].create({
            'journal_id': self.company_data['default_journal_misc'].id,
            'line_ids': [
                Command.create({'account_id': account.id, 'balance': balance, 'product_id': product.id})
                for product, quantity, cost in purchases
                for account, balance in (
                    (self.account_stock, quantity * cost), (self.company_data['default_account_payable'],
                                                            -quantity * cost))],
        }).action_post()

    def _sell_all(self, runs, number):
        orders = self.env['sale.order'].create([self._prepare_order(run, number) for run in runs])
        orders.action_confirm()
        orders.picking_ids.move_ids.picked = True
        orders.picking_ids.button_validate()
        orders._create_invoices(grouped=True).action_post()
        for run, order in zip(runs, orders, strict=True):
            run.orders.append(order)

    def _prepare_order(self, run, number):
        story = run.story
        in_unit = PIECES_IN_DOZEN if story.unit == 'dozen' else 1
        return {
            'partner_id': self.customer.id, 'warehouse_id': self.warehouse.id,
            'pricelist_id': self.pricelists[story.currency].id,
            'order_line': [Command.create({
                'product_id': run.product.id, 'product_uom_id': (self.dozens if in_unit > 1 else self.pieces).id,
                'product_uom_qty': story.sales[number] / in_unit, 'price_unit': story.prices[number] * in_unit,
                'discount': story.discount})],
        }

    def _send_back(self, run_parts):
        """All that is asked for, approved and received; notes are drafted, or posted before the goods come."""
        if not run_parts:
            return []
        returns = self.env['returns.order'].create([
            {'partner_id': self.customer.id, 'line_ids': [Command.create(self._prepare_line(run, part))]}
            for run, part in run_parts])
        returns.action_confirm()
        by_part = list(zip(run_parts, returns, strict=True))
        for (run, part), return_order in by_part:
            run.returns.append((part, return_order))
        self._post_drafts(self._get_returns(by_part, lambda part: part.way == 'in advance'))
        for (_run, part), return_order in by_part:
            return_order.picking_ids.move_ids.quantity = part.received_first
        self._validate_all(returns.picking_ids)
        self._credit_all_by_hand(by_part)
        self._validate_all(returns.picking_ids)
        self._validate_all(returns.delivery_ids)
        return by_part

    def _validate_all(self, pickings):
        pickings = pickings.filtered(lambda picking: picking.state not in ('done', 'cancel'))
        if pickings:
            pickings.move_ids.picked = True
            pickings.button_validate()

    def _prepare_line(self, run, part):
        resolution = part.way if part.way in RESOLUTIONS else 'refund'
        return {
            'sale_line_id': run.orders[part.sale].order_line.id,
            'product_uom_id': self.pieces.id, 'product_uom_qty': part.quantity,
            'reason_id': self.reason_by_way.get(part.way, self.reason).id,
            'resolution_id': self.env.ref(f'returns_management.returns_resolution_{resolution}').id,
        }

    def _get_returns(self, by_part, condition):
        return self.env['returns.order'].union(*(
            return_order for (_run, part), return_order in by_part if condition(part)))

    def _get_notes(self, returns, states):
        return returns.credit_note_ids.filtered(lambda note: note.state in states)

    def _post_drafts(self, returns):
        self._do('action_post', self._get_notes(returns, ['draft']))

    def _credit_all_by_hand(self, by_part):
        """Somebody credits a part of what came by hand; some of these notes are cancelled again."""
        notes = defaultdict(self.env['account.move'].browse)
        for (run, part), _return_order in by_part:
            if part.way == 'by hand':
                notes[part.fate] += self._create_note_by_hand(run, part)
        self._do('action_post', self.env['account.move'].union(*notes.values()))
        self._do('button_draft', notes['reset'] + notes['cancelled'])
        self._do('action_post', notes['reset'])
        self._do('button_cancel', notes['cancelled'])

    def _do(self, verb, notes):
        if notes:
            getattr(notes, verb)()

    def _create_note_by_hand(self, run, part):
        invoice = run.orders[part.sale].invoice_ids.filtered(lambda move: move.move_type == 'out_invoice')
        note = invoice._reverse_moves([{'invoice_date': invoice.invoice_date}])
        note.invoice_line_ids.write({
            'product_uom_id': self.pieces.id, 'quantity': min(part.by_hand, part.received_first),
            'price_unit': run.story.prices[part.sale]})
        return note

    def _post_all(self, by_part):
        """Post the notes by what happens to them, then credit what is left, until nothing is."""
        if not by_part:
            return
        returns = self._get_returns(by_part, lambda part: True)
        by_fate = {
            fate: self._get_returns(by_part, lambda part: part.fate == fate) for fate in FATES}  # noqa: B023
        for line in self._get_notes(by_fate['smaller'], ['draft']).invoice_line_ids:
            line.quantity = max(1, line.quantity // 2)
        returns.filtered(lambda order: not order.credit_note_ids).action_create_credit_notes()
        self._post_drafts(returns)
        self._do('button_draft', self._get_notes(by_fate['reset'] | by_fate['cancelled'], ['posted']))
        self._do('button_cancel', self._get_notes(by_fate['cancelled'], ['draft']))
        self._post_drafts(by_fate['reset'])
        returns.action_create_credit_notes()
        self._post_drafts(returns)

    # === The proof ===

    def test_the_books_are_as_right_as_without_returns(self):
        stories = [create_story(seed) for seed in range(SEED, SEED + STORIES)]
        runs = self._start(stories)
        for number in range(ROUNDS):
            selling = [run for run in runs if number < len(run.story.sales)]
            self._buy_all(selling, number)
            self._sell_all(selling, number)
            self._post_all(self._send_back([
                (run, part) for run in runs if run.with_returns for part in run.story.parts[number]]))
        self._post_all(self._send_back(self._get_rest(runs)))
        self._check_kinds(stories)
        problems = [
            f"seed {run.story.seed}: {problem}\n    {run.story}"
            for run, twin in zip(runs[::2], runs[1::2], strict=True) for problem in self._get_problems(run, twin)]
        self.assertFalse(problems, "\n".join([f"{len(problems)} of {len(stories)} went wrong", *problems[:20]]))

    def _get_rest(self, runs):
        """What has not come back of the stories in which all does."""
        rest = []
        for run in runs:
            for sale, sold in enumerate(run.story.sales if run.with_returns and run.story.all_comes_back else ()):
                left = sold - sum(part.quantity for part, _return in run.returns if part.sale == sale)
                if left:
                    rest.append((run, Part(sale, left, 'refund', 'posted', left, 0)))
        return rest

    def _check_kinds(self, stories):
        kinds = count_kinds(stories)
        _logger.info("%s stories: %s", len(stories), dict(kinds))
        if len(stories) >= 100:
            rare = {kind: kinds[kind] for kind in KINDS if kinds[kind] < len(stories) * 0.03}
            self.assertFalse(rare, f"These hardly occur: {rare} of {dict(kinds)}")

    def _get_problems(self, run, twin):
        gap, twin_gap = self._get_gap(run.product), self._get_gap(twin.product)
        if abs(gap - twin_gap) > 0.01 + self._get_core_rounding(run):
            yield f"stock account and report differ by {gap}, without returns by {twin_gap}"
        if self._get_unproven(run) > 0.01:
            yield f"{self._get_unproven(run)} in the books is no value of a stock move"
        open_returns = [order.name for _part, order in run.returns if order.credit_status not in ('no', 'full')]
        if open_returns:
            yield f"not credited in full: {open_returns}"
        for order in run.orders:
            yield from self._get_credit_problems(run, order)

    def _get_unproven(self, run):
        """By how much the ledger differs from the values of the stock moves, exact to the cent."""
        items = self.env['account.move.line'].search([
            ('account_id', '=', self.account_stock.id), ('product_id', '=', run.product.id),
            ('parent_state', '=', 'posted')])
        moves = self.env['stock.move'].search([('product_id', '=', run.product.id), ('state', '=', 'done')])
        value = sum(move.value * (1 if move.is_in else -1) for move in moves if move.is_in or move.is_out)
        return round(abs(sum(items.mapped('balance')) - value), 2)

    def _get_core_rounding(self, run):
        """Odoo rounds the value of each delivery, but not the average that it replays for its report."""
        if run.story.method == 'standard':
            return 0.0
        moves = self.env['stock.move'].search_count([
            ('product_id', '=', run.product.id), '|', ('is_in', '=', True), ('is_out', '=', True)])
        return 0.005 * moves

    def _get_credit_problems(self, run, order):
        invoice = order.invoice_ids.filtered(lambda move: move.move_type == 'out_invoice')
        notes = invoice.reversal_move_ids.filtered(lambda note: note.state == 'posted')
        # What people credit by hand is rounded by itself: a cent for each such note.
        by_hand = notes.filtered(lambda note: not note.invoice_line_ids.returns_invoice_line_id)
        tolerance = invoice.currency_id.rounding * (len(by_hand) + 0.5)
        for name in ('amount_untaxed', 'amount_tax', 'amount_total'):
            credited, invoiced = sum(notes.mapped(name)), invoice[name]
            if credited > invoiced + tolerance:
                yield f"{invoice.name}: {name} {credited} credited of {invoiced}"
            if run.story.all_comes_back and abs(credited - invoiced) > tolerance:
                yield f"{invoice.name}: all came back, {name} {credited} credited of {invoiced}"
