from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ReturnsCommon

#: What must have as many rows after a refusal as before it.
TABLES = (
    'returns.order', 'returns.order.line', 'returns.objection', 'stock.picking', 'stock.move', 'account.move',
    'account.move.line', 'mail.message', 'sale.order.line', 'returns.parcel',
)


@tagged('post_install', '-at_install')
class TestBadInput(ReturnsCommon):
    """What makes no sense is refused in plain words, and nothing is written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_delivered_order()

    def _count_rows(self):
        self.env.flush_all()
        return {model: self.env[model].sudo().with_context(active_test=False).search_count([]) for model in TABLES}

    @contextmanager
    def _refused(self, message, **subtest):
        """What is done within is refused with `message`, as people read it, and leaves nothing behind."""
        before, told = self._count_rows(), None
        with self.subTest(**subtest):
            try:
                with mute_logger('odoo.sql_db'), self.env.cr.savepoint():
                    yield
                    self.env.flush_all()
            except UserError as error:
                told = str(error)
            except IntegrityError as error:
                told = self._tell(error)
            self.assertIsNotNone(told, "It was not refused.")
            self.assertRegex(told, message)
            self.env.invalidate_all()
            self.assertEqual(self._count_rows(), before)

    def _tell(self, error):
        """What Odoo makes of it for people."""
        model = next(cls for cls in self.env.registry.values() if cls._table == error.diag.table_name)
        return self.env[model._name]._sql_error_to_message(error)

    def _create_wish(self, quantity=1, **values):
        line_vals = {'sale_line_id': self.order.order_line.id, 'product_uom_qty': quantity, **values.pop('line', {})}
        return self.env['returns.order'].with_user(self.user).create({
            'partner_id': self.customer.id, 'line_ids': [Command.create(line_vals)], **values})

    def test_quantities_that_are_none(self):
        for quantity, message in (
            (0, "more than zero"), (-1, "more than zero"), (0.001, "more than zero"),
            (float('nan'), "Enter a number"), (float('inf'), "Enter a number"), (float('-inf'), "Enter a number"),
            ('nan', "Enter a number"), ('some', "Enter a number"), ([1], "Enter a number"),
        ):
            with self._refused(message, quantity=quantity, way='create'):
                self._create_wish(quantity)
        line = self._create_wish().line_ids
        for quantity, message in ((0, "more than zero"), (-1, "more than zero"), (float('nan'), "Enter a number")):
            with self._refused(message, quantity=quantity, way='write'):
                line.write({'product_uom_qty': quantity})
            with self._refused(message, quantity=quantity, way='write on the return'):
                line.order_id.line_ids = [Command.update(line.id, {'product_uom_qty': quantity})]

    def test_too_much(self):
        for quantity in (6, 5.01, 1e12):
            with self._refused("More would come back|Only 5", quantity=quantity):
                self._create_wish(quantity).action_submit()

    def test_the_form_refuses_too_much_and_nothing(self):
        for quantity, message in ((6, "More would come back"), (-1, "more than zero"), (0, "more than zero")):
            with self._refused(message, quantity=quantity):
                form = Form(self.env['returns.order'].with_user(self.user))
                form.partner_id = self.customer
                with form.line_ids.new() as line:
                    line.sale_line_id = self.order.order_line
                    line.product_uom_qty = quantity
                    line.reason_id = self.reason
                form.save().action_submit()

    def test_the_form_refuses_what_somebody_else_bought(self):
        other = self.env['res.partner'].create({'name': "Somebody Else"})
        with self._refused("one customer"):
            form = Form(self.env['returns.order'].with_user(self.user))
            form.partner_id = other
            with form.line_ids.new() as line:
                line.sale_line_id = self.order.order_line
                line.reason_id = self.reason
            form.save()

    def _import(self, **cells):
        """A clerk imports a file with one return of one line.

        :raise UserError: with what the page says about it
        """
        row = {'partner_id/.id': self.customer.id, 'line_ids/sale_line_id/.id': self.order.order_line.id,
               'line_ids/product_uom_qty': 1, **cells}
        result = self.env['returns.order'].with_user(self.user).load(list(row), [[str(cell) for cell in row.values()]])
        if not result['ids']:
            raise UserError("\n".join(message['message'] for message in result['messages']))
        return self.env['returns.order'].browse(result['ids'])

    def test_an_import_is_refused_in_the_same_words(self):
        other = self.env['res.partner'].create({'name': "Somebody Else"})
        cancelled = self._create_delivered_order(invoiced=False)
        cancelled._action_cancel()
        archived = self._create_storable("Gone")
        archived.active = False
        company = self.setup_other_company(name="Other Company")['company']
        for cell, value, message in (
            ('line_ids/product_uom_qty', -1, "more than zero"), ('line_ids/product_uom_qty', 0, "more than zero"),
            ('line_ids/product_uom_qty', 'nan', "Enter a number"),
            ('line_ids/product_uom_qty', 'inf', "Enter a number"),
            ('line_ids/qty_approved', 2, "between zero"), ('line_ids/reduction_percent', -1, "price reduction"),
            ('partner_id/.id', other.id, "one customer"), ('company_id/.id', company.id, "[Cc]ompan"),
            ('line_ids/sale_line_id/.id', cancelled.order_line.id, "not confirmed, or cancelled"),
            ('line_ids/exchange_product_id/.id', archived.id, "archived"),
            ('line_ids/qty_received', 1, "nobody writes them"), ('state', "Approved", "nobody writes them"),
        ):
            with self._refused(message, cell=cell, value=value):
                self._import(**{cell: value})
        with self._refused("More would come back"):
            self._import(**{'line_ids/product_uom_qty': 6}).action_submit()
        self.env['ir.sequence'].search([('code', '=', 'returns.order')]).unlink()
        with self._refused("has no numbering for returns"):
            self._import()

    def test_what_can_come_back_is_imported(self):
        return_order = self._import(**{'line_ids/product_uom_qty': 5})
        return_order.action_submit()
        self.assertEqual(return_order.state, 'approved')

    def test_by_phone(self):
        Returns = self.env['returns.order'].with_user(self.user)
        wish = {'move_id': self.order.picking_ids.move_ids.id, 'reason_id': self.reason.id}
        for quantity, message in (
            (6, "Only 5"), (0, "at least one"), (-1, "at least one"), (None, "at least one"),
            (float('nan'), "Enter a number"), (float('inf'), "Enter a number"), ('some', "Enter a number"),
        ):
            with self._refused(message, quantity=quantity):
                Returns.create_by_phone([{**wish, 'quantity': quantity}])
        with self._refused("not there any more"):
            Returns.create_by_phone([{**wish, 'move_id': 2**30, 'quantity': 1}])
        with self._refused("Enter a number"):
            Returns.check_phone_lines([{**wish, 'quantity': float('inf')}])
        self.order._action_cancel()
        with self._refused("not confirmed, or cancelled"):
            Returns.create_by_phone([{**wish, 'quantity': 1}])

    def test_an_approved_quantity_that_is_none(self):
        self.policy.auto_approve = False
        line = self._create_wish(2).line_ids
        line.order_id.action_submit()
        for quantity, message in ((3, "between zero"), (-1, "between zero"), (float('nan'), "Enter a number")):
            with self._refused(message, quantity=quantity):
                line.write({'qty_approved': quantity})

    def test_a_reduction_that_is_none(self):
        line = self._create_wish().line_ids
        for name in ('reduction_percent', 'reduction_amount'):
            for value, message in (
                (-1, "price reduction cannot"), (float('nan'), "Enter a number"), (float('inf'), "Enter a number"),
            ):
                with self._refused(message, field=name, value=value):
                    line.write({name: value})
        with self._refused("nor more than 100 percent"):
            line.reduction_percent = 101

    def test_refusing_goods_that_never_came(self):
        return_order = self._create_received_return(self.order)
        for quantity, message in (
            (-1, "was received"), (3, "was received"), (float('nan'), "Enter a number"),
            (float('inf'), "Enter a number"),
        ):
            with self._refused(message, quantity=quantity):
                return_order.line_ids.with_user(self.user)._refuse_goods(quantity, "Worn")

    def test_a_count_at_the_dock_that_is_none(self):
        return_order = self._create_confirmed_return(self.order)
        for quantity in (-1, float('nan'), float('inf'), 1e12, "some"):
            with self._refused("not negative", quantity=quantity):
                self.env['returns.dock'].with_user(self.stock_user).receive(
                    self.warehouse.id, return_order.id, {return_order.line_ids.id: quantity})

    def test_days_of_a_company_that_are_none(self):
        for name in ('returns_answer_days', 'returns_reminder_days', 'returns_review_days'):
            for days in (-1, 3651):
                with self._refused("between 0 and 3650", field=name, days=days):
                    self.company[name] = days

    def test_somebody_elses_order(self):
        other = self.env['res.partner'].create({'name': "Somebody Else", 'is_company': True})
        with self._refused("one customer", way='create'):
            self._create_wish(partner_id=other.id)
        return_order = self._create_wish()
        with self._refused("one customer", way='write'):
            return_order.partner_id = other

    def test_another_company(self):
        other = self.setup_other_company(name="Other Company")['company']
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', other.id)], limit=1)
        stranger = self.env['res.partner'].create({'name': "Stranger", 'company_id': other.id})
        colleague = new_test_user(
            self.env, 'test_colleague', company_id=other.id, company_ids=[Command.set(other.ids)])
        for name, value in (
            ('company_id', other), ('warehouse_id', warehouse), ('contact_id', stranger),
            ('partner_shipping_id', stranger), ('user_id', colleague),
        ):
            with self._refused("compan", field=name):
                self._create_return(self.order, **{name: value.id})
        with self._refused("compan", field='partner_id'):
            self.env['returns.order'].create({'partner_id': stranger.id})
        for name, values in (
            ('reason_id', {'name': "Foreign", 'code': "FOREIGN", 'company_id': other.id}),
            ('exchange_product_id', {'name': "Foreign", 'company_id': other.id}),
        ):
            foreign = self.env[self.env['returns.order.line']._fields[name].comodel_name].create(values)
            with self._refused("compan", field=name):
                self._create_wish(line={name: foreign.id})
        for name, value in (('returns_location_id', warehouse.lot_stock_id), ('returns_partner_id', stranger)):
            with self._refused("compan", field=name):
                self.warehouse[name] = value

    def test_an_order_that_is_not_confirmed(self):
        quotation = self.order.copy()
        cancelled = self._create_order()
        cancelled._action_cancel()
        delivered = self._create_delivered_order(invoiced=False)
        delivered._action_cancel()
        for order in (quotation, cancelled, delivered):
            with self._refused("not confirmed, or cancelled", state=order.state):
                self._create_wish(line={'sale_line_id': order.order_line.id})

    def test_a_parcel_of_a_cancelled_order_is_received(self):
        self.order._action_cancel()
        result = self.env['returns.dock'].with_user(self.stock_user).receive_delivered(
            self.warehouse.id, self.order.id, {self.order.picking_ids.move_ids.id: 2})
        self.assertEqual(self.env['returns.order'].browse(result['order_id']).line_ids.qty_received, 2)

    def test_an_order_without_delivery(self):
        order = self._create_order()
        with self._refused("was not delivered"):
            self._create_wish(line={'sale_line_id': order.order_line.id})
        with self._refused("was not delivered", way='write'):
            self._create_return(self.order).line_ids.sale_line_id = order.order_line
        with self._refused("Nothing of"):
            order.action_create_return()

    def test_a_delivery_of_another_order(self):
        other = self._create_delivered_order()
        with self._refused("was not delivered for"):
            self._create_wish(line={'origin_move_id': other.picking_ids.move_ids.id})

    def test_a_unit_of_something_else(self):
        with self._refused("cannot be returned in"):
            self._create_wish(line={'product_uom_id': self.env.ref('uom.product_uom_kgm').id})

    def test_an_archived_product_is_no_exchange(self):
        archived = self._create_storable("Gone")
        archived.active = False
        with self._refused("archived"):
            self._create_wish(line={'exchange_product_id': archived.id})

    def test_without_a_number_there_is_no_return(self):
        self.env['ir.sequence'].search([('code', '=', 'returns.order')]).unlink()
        with self._refused("has no numbering for returns"):
            self._create_wish()

    def test_without_a_number_there_is_no_receipt_and_no_parcel(self):
        return_order = self._create_return(self.order)
        self.warehouse.returns_type_id.sequence_id.unlink()
        with self._refused("Returns has no numbering"):
            return_order.action_confirm()
        self.env['ir.sequence'].search([('code', '=', 'returns.parcel')]).unlink()
        with self._refused("Parcels have no numbering"):
            self.env['returns.dock'].with_user(self.stock_user).record_unknown(self.warehouse.id)

    def test_without_an_operation_type_nothing_is_approved(self):
        return_order = self._create_return(self.order)
        self.warehouse.returns_type_id = False
        with self._refused("has no warehouse to receive"):
            return_order.action_confirm()

    # === Accounting ===

    def test_without_a_journal_nothing_is_half_credited(self):
        """By itself it fails on the return, where somebody sees it; by hand in the face of who presses the button."""
        self.policy.credit_note_posting = 'posted'
        journal = self.order.invoice_ids.journal_id
        return_order = self._create_confirmed_return(self.order)
        journal.active = False
        with mute_logger('odoo.addons.returns_management.models.returns_order_automation'):
            self._receive(return_order)
        self.assertEqual(return_order.line_ids.qty_received, 2, "The goods are here, whatever accounting lacks.")
        self.assertFalse(return_order.credit_note_ids)
        self.assertIn("archived journal", return_order.attention_note)
        with self._refused("archived journal"):
            return_order.action_create_credit_notes()
        journal.active = True
        return_order.action_retry()
        self.assertRecordValues(return_order, [{'credit_note_count': 1, 'attention_note': False}])

    def test_an_invoice_in_a_locked_period_is_credited_on_the_first_open_day(self):
        order = self._create_delivered_order(invoiced=False)
        invoice = order._create_invoices()
        invoice.invoice_date = self._days_ago(40).date()
        invoice.action_post()
        credit_note = self._create_received_return(order).credit_note_ids
        by_core = self._credit_by_hand(invoice, 1)
        self.company.fiscalyear_lock_date = self._days_ago(10).date()
        for note in (credit_note, by_core):
            note.invoice_date = self._days_ago(20).date()
            note.action_post()
        self.assertRecordValues(credit_note, [{'state': 'posted', 'reversed_entry_id': invoice.id}])
        self.assertGreater(credit_note.date, self.company.fiscalyear_lock_date)
        self.assertEqual(credit_note.date, by_core.date, "As Odoo does it.")
