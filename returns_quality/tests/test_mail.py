import base64

from odoo.tests import tagged

from odoo.addons.returns_management.tests.common import ReturnsMailCommon

from .common import QualityCommon


@tagged('post_install', '-at_install')
class TestMail(QualityCommon, ReturnsMailCommon):
    """Customers are told what was found, with pictures, and only when something was."""

    def _get_mails(self, return_order):
        self.env.cr.precommit.run()
        return self.env['mail.mail'].search([('model', '=', 'returns.order'), ('res_id', '=', return_order.id)])

    def _inspect(self, grade, **values):
        inspections = self._create_inspections()
        self._get_mails(inspections.order_id)
        before = self._get_mails(inspections.order_id)
        inspections.photo_ids = self._create_picture("sole.gif", inspections)
        inspections.answer_ids.photo_ids = self._create_picture("lace.gif", inspections.answer_ids)
        self._finish(inspections, grade, **values)
        return self._get_mails(inspections.order_id) - before

    def _create_picture(self, name, record):
        return self.env['ir.attachment'].create({
            'name': name, 'raw': base64.b64decode(b'R0lGODlhAQABAAAAACwAAAAAAQABAAA='),
            'res_model': record._name, 'res_id': record.id})

    def test_a_refusal_is_told_with_its_reason_and_pictures(self):
        self.policy.dispute_days = 7
        mail = self._inspect(self.grade_d, refusal_note="The soles are worn.")
        self.assertEqual(len(mail), 1)
        self.assertIn("what we found", mail.subject)
        for text in ("The soles are worn.", "cannot accept", "write to us until"):
            self.assertIn(text, mail.body_html)
        self.assertEqual(sorted(mail.attachment_ids.mapped('name')), ["lace.gif", "sole.gif"])

    def test_a_finding_is_told_once(self):
        self.policy.dispute_days = 7
        return_order = self.env['returns.order'].browse(self._inspect(self.grade_d, refusal_note="Worn").res_id)
        told = self._get_mails(return_order)
        return_order._tell('inspected')
        self.assertEqual(self._get_mails(return_order), told)

    def test_a_share_of_the_price_is_told(self):
        mail = self._inspect(self.grade_c, note="Worn soles.")
        self.assertIn("60", mail[:1].body_html)

    def test_nobody_is_told_that_everything_is_fine(self):
        self.policy.credit_trigger = 'manual'
        self.assertFalse(self._inspect(self.grade_a))

    def test_a_finding_is_told_also_when_the_credit_is_posted_at_once(self):
        self.policy.write({'credit_trigger': 'on_inspection', 'credit_note_posting': 'posted'})
        mails = self._inspect(self.grade_c, note="Worn soles.")
        self.assertEqual(len(mails), 2)
        self.assertIn("what we found", mails.sorted('id')[0].subject, "It comes before what follows from it.")

    def test_the_company_may_switch_it_off(self):
        self.policy.credit_trigger = 'manual'
        self.company.returns_mail_inspected = False
        self.assertFalse(self._inspect(self.grade_d, refusal_note="Worn"))

    def test_customers_read_the_findings_and_object_on_their_page(self):
        self.policy.dispute_days = 7
        inspections = self._refuse(self._create_inspections())
        return_order = inspections.order_id
        self.assertEqual(return_order._get_customer_findings(), [
            {'product': self.product.display_name, 'text': "Not accepted: The soles are worn."}])
        self.assertTrue(return_order._can_be_disputed())
        return_order._dispute("They were like that.")
        self.assertFalse(return_order._can_be_disputed())
        self.assertRecordValues(return_order.dispute_ids, [{'state': 'open', 'customer_note': "They were like that."}])
