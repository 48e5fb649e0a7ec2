from odoo.tests import freeze_time

from .common import ReturnsCommon


class MonthEndCommon(ReturnsCommon):
    """Builders for stories around the end of November."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.credit_trigger = 'manual'
        journal = cls.company_data['default_journal_misc']
        cls.company.write({
            'returns_accrual_journal_id': journal.id,
            'returns_revenue_account_id': cls.company_data['default_account_revenue'].copy().id,
            'returns_liability_account_id': cls.env['account.account'].create({
                'name': "Refund Liability", 'code': 'REFLIAB', 'account_type': 'liability_current'}).id,
        })

    @classmethod
    def _on(cls, day):
        """What is done inside is done at noon of `day`, `YYYY-MM-DD`."""
        return freeze_time(f'{day} 12:00:00')

    @classmethod
    def _pay(cls, *documents):
        """Pay invoices or credit notes in full, today."""
        for document in documents:
            cls.env['account.payment.register'].with_context(
                active_model='account.move', active_ids=document.ids).create({})._create_payments()

    @classmethod
    def _create_paid_order(cls, quantity=5, **values):
        order = cls._create_delivered_order(quantity, **values)
        cls._pay(*order.invoice_ids)
        return order

    @classmethod
    def _credit(cls, return_order):
        """Credit what is owed and post it."""
        return_order.action_create_credit_notes()
        credit_notes = return_order.credit_note_ids.filtered(lambda move: move.state == 'draft')
        credit_notes.action_post()
        return credit_notes

    def _get_rows(self, records=None, as_of=None):
        """The rows of returns, or of all that concerns orders; of the company when there are none.

        Told anew, as each request does: rows read before are not updated in memory.
        """
        self.env['returns.reconciliation'].invalidate_model()
        self.env.flush_all()
        domain = [('company_id', '=', self.company.id)]
        if records:
            name = 'order_id' if records._name == 'returns.order' else 'sale_order_id'
            domain.append((name, 'in', records.ids))
        return self.env['returns.reconciliation'].with_context(returns_as_of=as_of).search(domain, order='id')
