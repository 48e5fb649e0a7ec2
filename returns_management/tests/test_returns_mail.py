from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from odoo.addons.mail.tests.common import MailCase
from odoo.addons.returns_management.models.returns_order_mail import ReturnsOrder

from .common import ReturnsMailCommon


@tagged('post_install', '-at_install')
class TestReturnsMail(ReturnsMailCommon, MailCase):
    """One mail for each event, in the customer's language, saying what happens next and until when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('fr_FR')
        cls.company.email = 'shop@example.com'

    @contextmanager
    def _queued_mails(self):
        """The mails that a transaction leaves in the queue: a list that is filled at its end."""
        self.cr.flush()
        before = self.env['mail.mail'].sudo().search([])
        mails = []
        yield mails
        self.cr.flush()
        mails.extend(self.env['mail.mail'].sudo().search([], order='id') - before)

    def _create_requested(self, **values):
        self.policy.auto_approve = False
        return_order = self._create_return(self._create_delivered_order(**values))
        return_order.action_submit()
        self.cr.flush()
        return return_order

    def _news(self, mails):
        return [mail.subject.split(':')[-1].strip() for mail in mails]

    # === Which, and how many ===

    def test_each_event_is_one_mail_however_many_lines(self):
        other = self._create_storable("Sock")
        self.policy.write({'auto_approve': False, 'credit_trigger': 'manual'})
        order = self._create_delivered_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 5, 'price_unit': 100})
            for product in (self.product, other)])
        return_order = self._create_return(order)
        for act, words in (
            (return_order.action_submit, "we have received your request"),
            (lambda: return_order.action_ask_customer("Why?"), "a question"),
            (return_order.action_approve, "is approved"),
            (lambda: self._receive(return_order), "we have received your goods"),
            (return_order.action_create_credit_notes, None),
            (lambda: return_order.credit_note_ids.action_post(), "your credit note"),
        ):
            with self.subTest(words=words), self._queued_mails() as mails:
                act()
            self.assertEqual(len(mails), 1 if words else 0)
            if words:
                self.assertIn(words, mails[0].subject)
                self.assertIn(return_order.name, mails[0].subject)
                self.assertEqual(mails[0].recipient_ids, self.customer)
        self.assertEqual(return_order.state, 'done')  # told with the credit note

    def test_who_is_approved_at_once_reads_only_that(self):
        return_order = self._create_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            return_order.action_submit()
        self.assertEqual(self._news(mails), [f"Your return {return_order.name} is approved"])

    def test_confirming_is_one_mail_too(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            return_order.action_confirm()
        self.assertEqual(self._news(mails), [f"Your return {return_order.name} is approved"])

    def test_goods_credited_on_arrival_are_one_mail(self):
        self.policy.credit_note_posting = 'posted'
        return_order = self._create_confirmed_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            self._receive(return_order)
        self.assertEqual(self._news(mails), ["your credit note"])
        self.assertIn("your return is closed", mails[0].body_html)

    def test_who_is_credited_with_the_approval_gets_the_slip_too(self):
        self.policy.write({'credit_trigger': 'on_approval', 'credit_note_posting': 'posted'})
        return_order = self._create_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            return_order.action_submit()
        self.assertEqual(self._news(mails), [f"Your return {return_order.name} is approved", "your credit note"])
        self.assertEqual([mail.returns_slip for mail in mails], [True, False])

    def test_the_payment_closes_the_return_and_says_so(self):
        order = self._create_delivered_order()
        self._pay(order.invoice_ids)
        return_order = self._create_received_return(order)
        with self._queued_mails() as mails:
            return_order.credit_note_ids.action_post()
        self.assertIn("We pay the money back until", mails[0].body_html)
        with self._queued_mails() as mails:
            self._pay(return_order.credit_note_ids)
        self.assertEqual(self._news(mails), [f"Your return {return_order.name} is closed"])

    def _pay(self, move):
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=move.ids).create({})._create_payments()

    def test_a_credit_note_that_is_posted_again_tells_nothing_new(self):
        return_order = self._create_received_return(self._create_delivered_order())
        return_order.credit_note_ids.action_post()
        self.cr.flush()
        with self._queued_mails() as mails:
            return_order.credit_note_ids.button_draft()
            return_order.credit_note_ids.action_post()
        self.assertNotIn("your credit note", self._news(mails))

    def test_a_refusal_carries_its_text(self):
        return_order = self._create_requested()
        return_order.refusal_note = "Worn <b>out</b>."
        with self._queued_mails() as mails:
            return_order.action_refuse()
        self.assertIn("Worn &lt;b&gt;out&lt;/b&gt;.", mails[0].body_html)

    def test_a_question_is_asked_once_and_another_one_anew(self):
        return_order = self._create_requested()
        with self._queued_mails() as mails:
            return_order.action_ask_customer("Which size?")
        self.assertIn("Which size?", mails[0].body_html)
        yesterday = self._days_ago(1).date()
        return_order._write_by_system({'date_answer': yesterday})
        with self._queued_mails() as mails:
            return_order.action_ask_customer("Which size?")
            return_order.action_ask_customer()
        self.assertFalse(mails)
        self.assertEqual(return_order.date_answer, yesterday, "The customer has no more time for it.")
        with self._queued_mails() as mails:
            return_order.action_ask_customer("Which colour?")
        self.assertIn("Which colour?", mails[0].body_html)
        self.assertGreater(return_order.date_answer, yesterday)

    def test_a_partial_approval_says_how_much_and_why_not_more(self):
        return_order = self._create_requested()
        return_order.line_ids.write({'qty_approved': 1, 'refusal_note': "One is worn."})
        with self._queued_mails() as mails:
            return_order.action_approve()
        self.assertIn("(of 2): One is worn.", ' '.join(mails[0].body_html.replace('<t>', '').split()))

    def test_an_approval_says_how_much_is_credited_and_what_is_deducted(self):
        fee = self.env['product.product'].create({'name': "Restocking", 'type': 'service', 'taxes_id': False})
        self.policy.write({'fee_type': 'amount', 'fee_amount': 15, 'fee_product_id': fee.id})
        return_order = self._create_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            return_order.action_confirm()
        text = html2plaintext(mails[0].body_html)
        self.assertIn("$\N{NO-BREAK SPACE}215.00", text)
        self.assertIn("Fees of $\N{NO-BREAK SPACE}15.00 are deducted", text)

    def test_drafts_and_what_was_never_asked_for_are_not_told(self):
        with self._queued_mails() as mails:
            return_order = self._create_return(self._create_delivered_order())
            return_order.action_cancel()
        self.assertFalse(mails)

    def test_a_cancelled_return_is_told_and_one_that_was_closed_says_why(self):
        return_order = self._create_confirmed_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            return_order.action_close_rest("You keep it.")
        self.assertEqual(self._news(mails), [f"Your return {return_order.name} is closed"])
        self.assertIn("You keep it.", mails[0].body_html)

    def test_the_address_to_send_to_names_the_shop_once(self):
        self.company.partner_id.write({'name': "Shop & Co", 'street': "Dock 5", 'is_company': True})
        with self._queued_mails() as mails:
            self._create_confirmed_return(self._create_delivered_order())
        self.assertRegex(mails[0].body_html, r"Send it to: <strong>Shop &amp; Co, Dock 5")

    # === To whom, from whom, in which language ===

    def test_the_contact_reads_it_in_the_own_language(self):
        template = self.env.ref('returns_management.mail_template_approved')
        template.with_context(lang='fr_FR').subject = "Votre retour {{ object.name }} est accepté"
        contact = self.env['res.partner'].create({
            'name': "Cliente", 'parent_id': self.customer.id, 'lang': 'fr_FR', 'email': 'cliente@example.com'})
        return_order = self._create_return(self._create_delivered_order(), contact_id=contact.id)
        with self._queued_mails() as mails:
            return_order.action_submit()
        self.assertEqual(mails[0].recipient_ids, contact)
        self.assertIn("est accepté", mails[0].subject)
        lang = self.env['res.lang']._lang_get('fr_FR')
        self.assertIn(return_order.date_deadline.strftime(lang.date_format), mails[0].body_html)

    def test_what_stands_around_the_text_is_in_the_own_language_too(self):
        self.env['ir.model']._get('returns.order').with_context(lang='fr_FR').name = "Retour de marchandise"
        self.customer.lang = 'fr_FR'
        with self._queued_mails() as mails:
            self._create_confirmed_return(self._create_delivered_order())
        self.assertIn("Retour de marchandise", mails[0].body_html)
        self.assertIn('lang="fr_FR"', mails[0].body_html)

    def test_a_language_that_is_not_installed_any_more_is_left_out(self):
        self.customer.lang = 'fr_FR'
        return_order = self._create_return(self._create_delivered_order())
        self.assertEqual(return_order._get_customer_lang(), 'fr_FR')
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET lang = 'de_DE' WHERE id = %s", [self.customer.id])
        self.customer.invalidate_recordset()
        self.assertEqual(return_order._get_customer_lang(), 'en_US')
        with self._queued_mails() as mails:
            return_order.action_submit()
        self.assertIn("is approved", mails[0].subject)

    def test_quantities_are_written_as_people_write_them(self):
        line = self._create_return(self._create_delivered_order()).line_ids
        self.assertEqual((line._format_quantity(2.0), line._format_quantity(1.5)), ("2", "1.50"))
        line.product_uom_id = self.env.ref('uom.product_uom_dozen')
        self.assertEqual(line._format_quantity(2.0), "2 Dozens")

    def test_the_sender_is_valid_when_nobody_is_responsible(self):
        return_order = self._create_return(self._create_delivered_order(), user_id=False)
        with self._queued_mails() as mails:
            return_order.action_submit()
        self.assertEqual(mails[0].email_from, self.company.email_formatted)
        self.company.email = False
        return_order.action_cancel()
        return_order.action_reset_to_draft()
        with self._queued_mails() as mails:
            return_order.action_submit()
        self.assertRegex(mails[0].email_from, r'.+@.+')

    def test_without_an_address_there_is_a_note_and_no_failure(self):
        self.customer.email = False
        return_order = self._create_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            return_order.action_submit()
        self.assertFalse(mails)
        self.assertEqual(return_order.state, 'approved')
        self.assertIn("no valid e-mail address", return_order.message_ids[0].body)

    # === Switched off, broken, quiet ===

    def test_each_mail_can_be_switched_off_for_a_company(self):
        settings = self.env['res.config.settings'].create({'returns_mail_approved': False})
        settings.execute()
        return_order = self._create_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            return_order.action_submit()
        self.assertFalse(mails)
        self.assertEqual(return_order.state, 'approved')

    def test_where_every_mail_is_switched_off_nothing_is_written(self):
        self.policy.write({'auto_approve': False, 'credit_trigger': 'manual'})
        for event in self.env['returns.order']._get_mail_events():
            self.assertTrue(self.env['returns.order']._get_mail_template(event))
            self.assertIn(f'returns_mail_{event}', self.env['res.config.settings']._fields)
            self.company[f'returns_mail_{event}'] = False
        return_order = self._create_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            for act in (
                return_order.action_submit, lambda: return_order.action_ask_customer("Why?"),
                return_order.action_approve, return_order._remind_customers, lambda: self._receive(return_order),
                return_order.action_create_credit_notes, lambda: return_order.credit_note_ids.action_post(),
            ):
                act()
                self.cr.flush()
        self.assertFalse(mails)
        self.assertEqual(return_order.state, 'done')

    def test_a_deleted_template_blocks_nothing_and_is_noted(self):
        self.env.ref('returns_management.mail_template_approved').unlink()
        return_order = self._create_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            return_order.action_submit()
        self.assertFalse(mails)
        self.assertEqual(return_order.state, 'approved')
        self.assertIn("template was deleted", return_order.message_ids[0].body)

    def test_a_broken_template_blocks_nothing_and_is_noted(self):
        self.env.ref('returns_management.mail_template_approved').subject = "{{ object.nothing_like_this }}"
        return_order = self._create_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            return_order.action_submit()
        self.assertFalse(mails)
        self.assertIn("could not be written", return_order.message_ids[0].body)

    def test_imports_are_quiet(self):
        return_order = self._create_return(self._create_delivered_order()).with_context(tracking_disable=True)
        with self._queued_mails() as mails:
            return_order.action_submit()
        self.assertFalse(mails)

    # === The slip, the chatter, the link ===

    def test_the_slip_is_drawn_when_the_mail_is_sent_not_when_it_is_written(self):
        return_order = self._create_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            return_order.action_submit()
        self.assertFalse(mails[0].attachment_ids)
        with self.mock_mail_gateway():
            mails[0].send()
        self.assertEqual(len(self._mails), 1)
        self.assertIn(return_order.name.replace('/', '-'), self._mails[0]['attachments'][0][0])
        self.assertIn("Return-Path", self._mails[0]['headers'])
        message = return_order.message_ids.filtered(lambda message: "approved" in (message.subject or ''))
        self.assertEqual(len(message.attachment_ids), 1)

    def test_j6_a_slip_is_mailed_again_and_says_when(self):
        """Though the shop has switched the mail off: the clerk asks for it."""
        self.company.returns_mail_approved = False
        return_order = self._create_confirmed_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            told = return_order.with_user(self.user).action_send_slip()
        self.assertIn(self.customer.email, told['params']['message'])
        self.assertEqual(self._news(mails), [f"Your return {return_order.name} is approved"])
        self.assertFalse(return_order.date_slip_sent, "It is not sent yet.")
        with self.mock_mail_gateway():
            mails[0].send()
        self.assertEqual(len(self._mails[0]['attachments']), 1)
        self.assertTrue(return_order.date_slip_sent)

    def test_j6_no_slip_is_mailed_where_nothing_is_expected_or_nobody_reads_it(self):
        return_order = self._create_return(self._create_delivered_order())
        with self.assertRaisesRegex(UserError, "there is no slip to send"):
            return_order.action_send_slip()
        return_order.action_confirm()
        self.customer.email = "nowhere"
        with self.assertRaisesRegex(UserError, "no valid e-mail address"):
            return_order.action_send_slip()
        self.customer.email = 'customer@example.com'
        self.env.ref('returns_management.mail_template_approved').unlink()
        with self.assertRaisesRegex(UserError, "was deleted"):
            return_order.action_send_slip()

    def test_without_wkhtmltopdf_the_mail_goes_out_with_a_note(self):
        return_order = self._create_return(self._create_delivered_order())
        with self._queued_mails() as mails:
            return_order.action_submit()
        report = self.env.registry['ir.actions.report']
        with patch.object(report, 'get_wkhtmltopdf_state', lambda self: 'install'), self.mock_mail_gateway():
            mails[0].send()
        self.assertEqual(len(self._mails), 1)
        self.assertFalse(self._mails[0]['attachments'])
        self.assertIn("without the return slip", return_order.message_ids[0].body)

    def test_the_customer_finds_the_mail_on_the_return(self):
        return_order = self._create_return(self._create_delivered_order())
        return_order.action_submit()
        self.cr.flush()
        message = return_order.website_message_ids[0]
        self.assertIn("approved", message.subject)
        self.assertFalse(message.is_internal or message.subtype_id.internal)
        self.assertEqual(message.notification_ids.notification_status, 'ready')

    def test_an_answer_by_mail_ends_the_waiting(self):
        return_order = self._create_requested()
        with self._queued_mails() as mails:
            return_order.action_ask_customer("Which size?")
        self.env['mail.thread'].message_process(False, (
            "From: Customer <customer@example.com>\nTo: shop@example.com\nSubject: Re: a question\n"
            f"Message-Id: <test_answer@example.com>\nIn-Reply-To: {mails[0].message_id}\n"
            f"References: {mails[0].message_id}\n\n42, please."))
        self.assertIn("42, please.", return_order.message_ids[0].body)
        self.assertEqual(return_order.next_step, 'review')

    def test_a_link_stands_in_the_mail_only_where_there_is_a_customer_page(self):
        return_order = self._create_requested()
        no_pages = patch.object(self.env.registry['returns.order'], '_get_customer_url', ReturnsOrder._get_customer_url)
        with no_pages, self._queued_mails() as mails:
            return_order.action_ask_customer("Why?")
        self.assertNotIn("View your return", mails[0].body_html)
        pages = patch.object(
            self.env.registry['returns.order'], '_get_customer_url', lambda self: f'https://example.com/r/{self.id}')
        with pages, self._queued_mails() as mails:
            return_order.action_ask_customer("How?")
        self.assertIn(f'https://example.com/r/{return_order.id}', mails[0].body_html)

    # === Many ===

    def test_a_batch_costs_few_queries_for_each_return(self):
        self.policy.auto_approve = False
        self.env.ref('mail.ir_cron_mail_scheduler_action')
        counts = []
        for count in (1, 1, 11):
            returns = self.env['returns.order'].union(*(self._create_requested() for _ in range(count)))
            returns._tell_later('approved')
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.cr.flush()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual((counts[2] - counts[1]) / 10, 6, counts)

    def test_what_changed_of_many_at_once_stands_on_each(self):
        returns = self._create_return(self._create_delivered_order()) + self._create_return(
            self._create_delivered_order())
        self.cr.flush()
        before = returns.message_ids
        returns.action_confirm()
        self.cr.flush()
        for return_order in returns:
            log = (return_order.message_ids - before).sudo().filtered('tracking_value_ids')
            self.assertEqual(log.author_id, self.env.user.partner_id)
            changes = {value.field_id.name: value.new_value_char for value in log.tracking_value_ids}
            self.assertEqual(changes['state'], "Approved")
        days = [fields.Date.to_date('2030-01-01'), fields.Date.to_date('2030-02-02')]
        for return_order, day in zip(returns, days, strict=True):
            return_order.date_deadline = day
        self.cr.flush()
        self.assertEqual(
            [order.message_ids[0].sudo().tracking_value_ids.new_value_datetime.date() for order in returns], days)

    def test_what_odoo_logs_of_many_documents_stands_on_each(self):
        """Whoever validates two receipts or pays two invoices finds the same in each chatter as after one by one."""
        told = []
        for batch in (False, True):
            returns = self._create_confirmed_return(self._create_delivered_order())
            returns += self._create_confirmed_return(self._create_delivered_order())
            documents = [returns.picking_ids, returns.sale_order_ids.invoice_ids]
            self.cr.flush()
            before = [records.message_ids for records in documents]
            for part in [returns] if batch else returns:
                self._receive(part)
                part.action_create_credit_notes()
                part.credit_note_ids.action_post()
                self.cr.flush()
            told.append([
                (message.author_id, message.subtype_id, message.tracking_value_ids.mapped(
                    lambda value: (value.field_id.name, value.old_value_char, value.new_value_char)))
                for records, known in zip(documents, before, strict=True)
                for document in records
                for message in (document.message_ids - known).sudo()
            ])
        self.assertEqual(told[0], told[1])
        changed = [change for _author, _subtype, changes in told[1] for change in changes]
        self.assertEqual(changed.count(('state', 'Ready', 'Done')), 2)
        self.assertEqual(changed.count(('payment_state', 'Not Paid', 'Partially Paid')), 2)

    def test_what_changed_of_many_costs_no_more_queries_than_of_one(self):
        counts = []
        for count in (1, 1, 11):
            returns = self.env['returns.order'].create([
                {'partner_id': self.customer.id} for _number in range(count)])
            self.cr.flush()
            returns.date_deadline = '2030-01-01'
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.cr.flush()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[2], counts[1])

    def test_a_bulk_refusal_writes_each_customer_the_own_language(self):
        french = self.env['res.partner'].create({'name': "Cliente", 'lang': 'fr_FR', 'email': 'c@example.com'})
        text = self.env['returns.text'].create({'name': "Test text", 'verb': 'refuse', 'body': "Too late."})
        text.with_context(lang='fr_FR').body = "Trop tard."
        returns = self._create_requested() + self._create_requested(partner_id=french.id)
        dialog = Form(self.env['returns.refuse'].with_context(active_model='returns.order', active_ids=returns.ids))
        dialog.text_id = text
        with self._queued_mails() as mails:
            dialog.save().action_refuse()
        body_by_partner = {mail.recipient_ids: mail.body_html for mail in mails}
        self.assertIn("Too late.", body_by_partner[self.customer])
        self.assertIn("Trop tard.", body_by_partner[french])

    def test_what_is_rolled_back_is_not_told(self):
        late, fine = self._create_requested(), self._create_requested()
        late.line_ids.qty_approved = 0
        with self._queued_mails() as mails:
            (late + fine)._decide('approve')
        self.assertEqual(mails[0].res_id, fine.id)
        self.assertEqual(len(mails), 1)
        with self.assertRaises(UserError):
            late._decide('approve')
