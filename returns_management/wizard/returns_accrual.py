from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ReturnsAccrual(models.TransientModel):
    """Accrue what came back by the end of a day and is not credited: its cost is taken back, so its revenue has to be.

    One balanced entry for each company, reversed on the next day, when the credit notes take over:

    - stock valuation against expense: the value at which the goods came into stock, where cost is booked with invoices;
    - sales returns against refund liability: the net amount as it was invoiced. Tax waits for the credit note.

    What is accrued once for a day is not accrued again.
    """

    _name = 'returns.accrual'
    _description = "Accrue Returns Received, Not Credited"

    date = fields.Date(required=True, default=lambda self: self._get_last_month_end())
    company_ids = fields.Many2many(
        'res.company', string="Companies", required=True, default=lambda self: self.env.companies)
    line_ids = fields.One2many(
        'returns.accrual.line', 'accrual_id', string="Journal Items", compute='_compute_line_ids', store=True)
    entry_ids = fields.Many2many('account.move', string="Accrued Already", compute='_compute_entry_ids')
    problem = fields.Text(compute='_compute_problem')

    @api.model
    def _get_last_month_end(self):
        """The last day of the month before."""
        return fields.Date.context_today(self) + relativedelta(day=1, days=-1)

    @api.depends('date', 'company_ids')
    def _compute_entry_ids(self):
        for accrual in self:
            accrual.entry_ids = self.env['account.move'].search([
                ('company_id', 'in', accrual.company_ids.ids), ('returns_accrual_date', '=', accrual.date),
                ('state', '!=', 'cancel'),
            ]) if accrual.date else False

    def _get_open_companies(self):
        """The companies that have not accrued the day yet."""
        return self.company_ids._origin - self.entry_ids.company_id

    @api.depends('date', 'company_ids')
    def _compute_problem(self):
        for accrual in self:
            accrual.problem = "\n".join(accrual._get_all_problems())

    @api.depends('date', 'company_ids')
    def _compute_line_ids(self):
        for accrual in self:
            accrual.line_ids = [Command.clear()] + [
                Command.create({'company_id': company.id, **vals})
                for company in accrual._get_open_companies() if accrual.date
                for vals in accrual._prepare_items(company)]

    # === What is accrued ===

    def _prepare_items(self, company):
        """The journal items of one company, one for each account and side.

        :return: list of dicts with `account_id` (False where it is missing), `name`, `debit` and `credit`
        """
        amounts = defaultdict(float)
        for product, net, cost in self._get_open_amounts(company):
            accounts = product.product_tmpl_id.with_company(company).get_product_accounts()
            amounts[accounts['stock_valuation'], 'cost', 1] += cost
            amounts[accounts['expense'], 'cost', -1] += cost
            amounts[company.returns_revenue_account_id, 'revenue', 1] += net
            amounts[company.returns_liability_account_id, 'revenue', -1] += net
        labels = {
            'cost': self.env._("Cost of goods received, not credited"),
            'revenue': self.env._("Returns received, not credited"),
        }
        return [
            {
                'account_id': account.id if account else False, 'name': labels[kind],
                'debit': amount if side > 0 else 0.0, 'credit': amount if side < 0 else 0.0,
            }
            for (account, kind, side), amount in amounts.items()
            if not company.currency_id.is_zero(amount)
        ]

    def _get_open_amounts(self, company):
        """What is received and not credited on the day: list of `(product, net, cost)`, in the company's currency."""
        rows = self.env['returns.reconciliation'].with_company(company).with_context(returns_as_of=self.date)
        return rows._read_group(
            [('company_id', '=', company.id), ('qty_uncredited', '>', 0)],
            ['product_id'], ['amount_uncredited:sum', 'cost_uncredited:sum'])

    # === What stands in the way ===

    def _get_all_problems(self):
        return [problem for company in self._get_open_companies() for problem in self._get_problems(company)]

    def _get_problems(self, company):
        """Why one company cannot accrue: list of sentences."""
        missing = self._get_missing(company)
        problems = [self.env._(
            "%(company)s: set %(missing)s.", company=company.name, missing=", ".join(missing))] if missing else []
        # No later day is locked where this one is not, so neither is that of the reversal.
        locks = self.date and company._get_violated_lock_dates(self.date, False, company.returns_accrual_journal_id)
        if locks:
            problems.append(self.env._(
                "%(company)s: %(day)s is locked (%(locks)s). Choose a later day.", company=company.name,
                day=format_date(self.env, self.date), locks=company._format_lock_dates(locks)))
        return problems

    def _get_missing(self, company):
        """What nobody has set: list of names with where to set them."""
        names = ('returns_accrual_journal_id', 'returns_revenue_account_id', 'returns_liability_account_id')
        unset = [company._fields[name]._description_string(self.env) for name in names if not company[name]]
        missing = [
            self.env._("%s (Settings → Returns → Month End)", ", ".join(unset))] if unset else []
        if not self.date:
            return missing
        for product, _net, cost in self._get_open_amounts(company):
            accounts = product.product_tmpl_id.with_company(company).get_product_accounts()
            if cost and not (accounts['stock_valuation'] and accounts['expense']):
                missing.append(self.env._(
                    "stock valuation and expense account of the category %s", product.categ_id.display_name))
        return list(dict.fromkeys(missing))

    def _get_reversal_date(self):
        return self.date + relativedelta(days=1)

    # === Booking it ===

    def action_accrue(self):
        """Book the entries and their reversals; companies that have accrued the day are left as they are.

        :return: the action that shows the entries
        :raise UserError: naming all that stands in the way
        """
        self.ensure_one()
        self.env['account.move'].check_access('create')
        if problems := self._get_all_problems():
            raise UserError("\n".join(problems))
        vals_list = [
            self._prepare_entry_vals(company, items)
            for company in self._get_open_companies() if (items := self._prepare_items(company))]
        if not vals_list and not self.entry_ids:
            raise UserError(self.env._("Nothing is received and not credited on %s: there is nothing to accrue.",
                                       format_date(self.env, self.date)))
        entries = self.env['account.move'].create(vals_list)
        entries._post(soft=False)
        self._create_reversals(entries)
        accrued = self.entry_ids | entries
        views = [(self.env.ref('account.view_move_tree').id, 'list'), (False, 'form')]
        return accrued._get_records_action(
            name=self.env._("Returns Accrued"), **({'views': views} if len(accrued) > 1 else {}))

    def _prepare_entry_vals(self, company, items):
        """:return: dict for `account.move.create`"""
        return {
            'move_type': 'entry',
            'company_id': company.id,
            'journal_id': company.returns_accrual_journal_id.id,
            'date': self.date,
            'returns_accrual_date': self.date,
            'ref': self.env._("Returns received, not credited on %s", format_date(self.env, self.date)),
            'line_ids': [Command.create(item) for item in items],
        }

    def _create_reversals(self, entries):
        """Reverse the entries on the next day: at once, or by Odoo's scheduler when that day has come."""
        reversals = entries._reverse_moves([
            {'date': self._get_reversal_date(), 'ref': self.env._("Reversal of: %s", entry.ref)} for entry in entries])
        reversals._post(soft=True)
        entries._message_log_batch(bodies={
            entry.id: self.env._(
                "Reversed on %(date)s by %(entry)s.",
                date=format_date(self.env, reversal.date), entry=reversal._get_html_link())
            for entry, reversal in zip(entries, reversals, strict=True)})


class ReturnsAccrualLine(models.TransientModel):
    _name = 'returns.accrual.line'
    _description = "Journal Item of Accrued Returns"

    accrual_id = fields.Many2one('returns.accrual', required=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    account_id = fields.Many2one('account.account', readonly=True)
    name = fields.Char("Label", readonly=True)
    debit = fields.Monetary("Debit Amount", readonly=True)
    credit = fields.Monetary("Credit Amount", readonly=True)
