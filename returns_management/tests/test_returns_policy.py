from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ReturnsCommon


@tagged('post_install', '-at_install')
class TestReturnsPolicy(ReturnsCommon):
    """Which policy applies, and what becomes of it when it is edited."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_delivered_order()

    def _get_policy_of_draft(self, **values):
        return self._create_return(self.order, **values).line_ids.policy_id

    # --- Which policy applies -----------------------------------------------------------------------------------------

    def test_the_first_policy_that_fits_wins(self):
        second = self._create_policy(sequence=2)
        self.assertEqual(self._get_policy_of_draft(), second)
        first = self._create_policy(sequence=1)
        self.assertEqual(self._get_policy_of_draft(), first)
        first.country_ids = self.env.ref('base.jp')
        self.assertEqual(self._get_policy_of_draft(), second)

    def test_every_scope_narrows_a_policy_down(self):
        tag = self.env['product.tag'].create({'name': "Test Tag"})
        vip = self.env['res.partner.category'].create({'name': "VIP"})
        other_category = self.env['product.category'].create({'name': "Other"})
        self.customer.country_id = self.env.ref('base.fr')
        today = fields.Date.today()
        yesterday, tomorrow = fields.Date.subtract(today, days=1), fields.Date.add(today, days=1)
        scopes = (
            ({'country_ids': self.env.ref('base.fr').ids}, {'country_ids': self.env.ref('base.jp').ids}),
            ({'product_category_ids': self.category.ids}, {'product_category_ids': other_category.ids}),
            ({'reason_ids': self.reason.ids},
             {'reason_ids': self.env.ref('returns_management.returns_reason_mind').ids}),
            ({'date_from': today, 'date_to': today}, {'date_from': False, 'date_to': yesterday}),
            ({'date_from': today}, {'date_from': tomorrow}),
        )
        for fitting, other in scopes:
            with self.subTest(scope=fitting):
                policy = self._create_policy(**fitting)
                self.assertEqual(self._get_policy_of_draft(), policy)
                policy.write(other)
                self.assertEqual(self._get_policy_of_draft(), self.policy)
                policy.active = False
        for scope, record, name in (
            ({'product_tag_ids': tag.ids}, self.product, 'product_tag_ids'),
            ({'partner_tag_ids': vip.ids}, self.customer, 'category_id'),
        ):
            with self.subTest(scope=scope):
                policy = self._create_policy(**scope)
                self.assertEqual(self._get_policy_of_draft(), self.policy)
                record[name] = tag if name == 'product_tag_ids' else vip
                self.assertEqual(self._get_policy_of_draft(), policy)
                policy.active = False

    def test_a_category_holds_for_the_categories_below_it(self):
        self.category.parent_id = self.env['product.category'].create({'name': "Above"})
        policy = self._create_policy(product_category_ids=self.category.parent_id.ids)
        self.assertEqual(self._get_policy_of_draft(), policy)

    def test_before_a_reason_is_chosen_the_policy_without_a_reason_is_shown(self):
        policy = self._create_policy(reason_ids=self.reason.ids)
        line = self._create_return(self.order).line_ids
        self.assertEqual(line.policy_id, policy)
        line.reason_id = False
        self.assertEqual(line.policy_id, self.policy)

    def test_policies_of_another_company_never_apply(self):
        other = self.setup_other_company(name="Other Company")['company']
        self._create_policy(company_id=other.id)
        self.assertEqual(self._get_policy_of_draft(), self.policy)

    def test_a_new_company_has_a_policy_for_everything_and_one_for_final_sale(self):
        company = self.env['res.company'].create({'name': "New Shop"})
        policies = self.env['returns.policy'].search([('company_id', '=', company.id)])
        self.assertRecordValues(policies, [
            {'returnable': False, 'product_tag_ids': self.env.ref('returns_management.product_tag_final_sale').ids},
            {'returnable': True, 'product_tag_ids': []},
        ])
        self.assertTrue(policies[1]._is_last_resort())

    def test_a_company_keeps_its_last_resort(self):
        for attempt in (
            lambda: self.policy.unlink(),
            lambda: self.policy.write({'active': False}),
            lambda: self.policy.write({'reason_ids': self.reason.ids}),
        ):
            with self.assertRaisesRegex(UserError, "without any condition"):
                attempt()
        self._create_policy(sequence=2000)
        self.policy.active = False

    def test_policies_of_many_lines_are_found_in_a_few_queries(self):
        self._create_policy(
            product_category_ids=self.category.ids, product_tag_ids=self.env['product.tag'].create({'name': "T"}).ids)
        counts = []
        for count in (1, 1, 10):
            lines = self.env['returns.order.line'].union(*(
                self._create_return(self._create_delivered_order(invoiced=False)).line_ids for _ in range(count)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env['returns.policy']._get_by_line(lines)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_drafts_follow_the_policies(self):
        line = self._create_return(self.order).line_ids
        policy = self._create_policy(returnable=False)
        self.assertRecordValues(line, [{'policy_id': policy.id, 'eligibility': 'refused'}])
        policy.unlink()
        self.assertRecordValues(line, [{'policy_id': self.policy.id, 'eligibility': 'accepted'}])

    # --- Versions -----------------------------------------------------------------------------------------------------

    def test_a_policy_in_use_continues_in_a_new_version(self):
        excluded = self.env.ref('returns_management.returns_reason_other')
        self.policy.excluded_reason_ids = excluded
        return_order = self._create_confirmed_return(self.order)

        self.policy.write({'window_days': 10, 'name': "10 days"})

        successor = self.policy.successor_id
        self.assertRecordValues(self.policy, [{'active': False, 'window_days': 30, 'name': "30 days"}])
        self.assertRecordValues(successor, [{
            'active': True, 'window_days': 10, 'name': "10 days", 'sequence': self.policy.sequence,
            'excluded_reason_ids': excluded.ids, 'auto_approve_limit': 10000,
        }])
        self.assertEqual(return_order.line_ids.policy_id, self.policy)
        self.assertEqual(self._get_policy_of_draft(quantity=1), successor)
        self.assertEqual(self.policy.action_open_successor()['res_id'], successor.id)

    def test_a_changed_list_of_a_policy_in_use_makes_a_version_too(self):
        self._create_confirmed_return(self.order)
        self.policy.excluded_reason_ids = [Command.link(self.reason.id)]
        self.assertFalse(self.policy.excluded_reason_ids)
        self.assertEqual(self.policy.successor_id.excluded_reason_ids, self.reason)

    def test_what_is_no_term_is_changed_in_place(self):
        self._create_confirmed_return(self.order)
        self.policy.write({'name': "A month", 'sequence': 5, 'window_days': 30, 'reason_ids': [Command.clear()]})
        self.assertRecordValues(self.policy, [{'active': True, 'name': "A month", 'successor_id': False}])

    def test_a_policy_that_only_drafts_use_is_changed_in_place(self):
        draft = self._create_return(self.order)
        self.policy.returnable = False
        self.assertFalse(self.policy.successor_id)
        self.assertEqual(draft.line_ids.eligibility, 'refused')

    def test_a_former_version_stays_as_it_is(self):
        self._create_confirmed_return(self.order)
        self.policy.window_days = 10
        for values in ({'window_days': 5}, {'active': True}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "newer version"):
                self.policy.write(values)
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.policy.unlink()

    def test_a_policy_in_use_stays_with_its_company(self):
        self._create_confirmed_return(self.order)
        other = self.setup_other_company(name="Other Company")['company']
        with self.assertRaisesRegex(UserError, "stays with its company"):
            self.policy.company_id = other

    # --- Terms --------------------------------------------------------------------------------------------------------

    def test_bad_terms_are_told_in_plain_words(self):
        other = self.setup_other_company(name="Other Company")['company']
        foreign = self.env['returns.reason'].create({'name': "Foreign", 'code': "FOREIGN", 'company_id': other.id})
        for values, message in (
            ({'window_days': -1}, "days_in_range"),
            ({'refund_days': 100000}, "days_in_range"),
            ({'auto_approve_limit': -1}, "limit_not_negative"),
            ({'auto_approve_limit': float('nan')}, "Enter a number"),
            ({'fee_percent': float('inf')}, "Enter a number"),
            ({'fee_type': 'percent', 'fee_percent': 101, 'fee_product_id': self.product.id}, "fee_in_range"),
            ({'fee_type': 'percent'}, "How much"),
            ({'fee_type': 'amount', 'fee_amount': 5}, "product of the restocking fee"),
            ({'date_from': '2026-02-01', 'date_to': '2026-01-01'}, "end before it begins"),
            ({'excluded_reason_ids': foreign.ids}, "company"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex((UserError, CheckViolation), message), \
                    mute_logger('odoo.sql_db'), self.cr.savepoint():
                self.policy.write(values)
                self.env.flush_all()

    def test_the_default_resolution_must_be_allowed(self):
        other = self.env['returns.resolution'].create({'name': "Goodwill"})
        with self.assertRaisesRegex(ValidationError, "does not allow it"):
            self.policy.resolution_ids = other

    def test_the_sentence_reads_the_policy_back(self):
        self.policy.auto_approve_limit = 200
        self.assertIn("within 30 days of the delivery", self.policy.sentence)
        self.assertIn("200.00", self.policy.sentence)
        self.policy.write({
            'window_start': 'order', 'window_days': 7, 'auto_approve': False, 'fee_type': 'percent', 'fee_percent': 15,
            'fee_product_id': self.product.id, 'credit_trigger': 'on_approval', 'excluded_reason_ids': self.reason.ids,
        })
        for words in ("7 days of the order", "Somebody approves", "15 %", "before the goods arrive", "Does not fit"):
            self.assertIn(words, self.policy.sentence)
        self.policy.returnable = False
        self.assertIn("Final sale", self.policy.sentence)
        final_sale = self._create_policy(product_category_ids=self.category.ids)
        self.assertIn("Valued at average cost", final_sale.scope_summary)

    def test_names_are_quoted_as_the_language_of_the_reader_does(self):
        self.env['res.lang']._activate_lang('de_DE')
        self.policy.excluded_reason_ids = self.reason
        self.assertIn("„Does not fit“", self.policy.with_context(lang='de_DE').sentence)

    def test_the_form_follows_what_is_typed(self):
        form = Form(self.env['returns.policy'])
        form.name = "Two weeks"
        form.window_days = 14
        self.assertIn("within 14 days", form.sentence)
        self.assertEqual(form.save().window_days, 14)

    # --- Try it -------------------------------------------------------------------------------------------------------

    def test_trying_shows_line_by_line_what_the_policies_say(self):
        sock = self._create_storable("Sock")
        sock.product_tag_ids = self.env.ref('returns_management.product_tag_final_sale')
        service = self.env['product.product'].create({'name': "Advice", 'type': 'service'})
        late = self._create_storable("Late")
        order = self._create_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 2, 'price_unit': 100})
            for product in (self.product, sock, service, late)])
        order.picking_ids.move_ids.filtered(lambda move: move.product_id == late).quantity = 0
        moves = order.picking_ids.move_ids.filtered(lambda move: move.product_id != late)
        moves.picked = True
        order.picking_ids.with_context(skip_backorder=True).button_validate()

        trial = Form(self.env['returns.policy.trial'].with_user(self.user))
        trial.sale_order_id = order

        lines = trial.save().line_ids
        self.assertEqual(lines.sale_line_id.product_id, self.product + sock + late)
        self.assertEqual(lines.mapped('eligibility'), ['accepted', 'refused', 'refused'])
        self.assertEqual(lines[0].policy_id, self.policy)
        self.assertEqual(lines[0].date_until, fields.Date.add(fields.Date.today(), days=30))
        self.assertIn("sold as final", lines[1].objection_summary)
        self.assertIn("was delivered yet", lines[2].objection_summary)
        self.assertFalse(self.env['returns.order'].search([('partner_id', '=', self.customer.id)]))
