from odoo import api, fields, models
from odoo.exceptions import UserError

from .apart import act_apart


class ReturnsOrder(models.Model):
    """Which of them first, and what about all of these? Many returns are grouped, and decided in one action."""

    _inherit = 'returns.order'

    main_objection = fields.Selection(
        '_get_main_objections', string="Why", compute='_compute_main_objection', store=True, index='btree_not_null',
        help="Why somebody has to look at it: the weightiest objection of the policy, or that there is none.")
    is_partly_refused = fields.Boolean(
        compute='_compute_is_partly_refused', help="Not all of it may come back: the lines say why.")

    @api.depends('state', 'line_ids.qty_approved', 'line_ids.product_uom_qty')
    def _compute_is_partly_refused(self):
        for order in self:
            order.is_partly_refused = order.state != 'draft' and any(
                line.product_uom_id.compare(line.qty_approved, line.product_uom_qty) < 0 for line in order.line_ids)

    @api.model
    def _get_main_objections(self):
        """What returns to review are grouped by. Checks of other addons add the codes of their objections."""
        labels = {
            'not_delivered': self.env._("Not delivered"),
            'kit': self.env._("Kit"),
            'quantity': self.env._("More than can come back"),
            'final_sale': self.env._("Final sale"),
            'window': self.env._("Too late"),
            'customer': self.env._("Customer is blocked"),
            'reason': self.env._("Reason is not accepted"),
            'resolution': self.env._("Something else is given"),
            'comment': self.env._("Comment is missing"),
            'photo': self.env._("Photo is missing"),
            'amount': self.env._("Above the automatic limit"),
            'withdrawal_consumer': self.env._("Withdrawal: no consumer"),
            'withdrawal_country': self.env._("Withdrawal: no right in the country"),
            'withdrawal_window': self.env._("Withdrawal: too late"),
            'withdrawal_exception': self.env._("Withdrawal: excluded by law"),
            'other': self.env._("Another objection"),
            'manual': self.env._("A person decides each one"),
            'receipt': self.env._("Receipt was cancelled"),
            'reopened': self.env._("Reopened"),
        }
        return list(labels.items())

    @api.depends('next_step', 'line_ids.objection_summary')
    def _compute_main_objection(self):
        known = dict(self._get_main_objections())
        for order in self:
            code = order._get_main_objection() if order.next_step in ('review', 'answer') else False
            order.main_objection = code if not code or code in known else 'other'

    def _get_main_objection(self):
        """The code of the weightiest objection: what nobody may overrule comes first, then what was found first."""
        self.ensure_one()
        if self.state == 'approved':
            return 'receipt'
        if self.close_note:
            return 'reopened'
        objections = self.line_ids.objection_ids.sorted(lambda objection: (objection.waivable, objection.id))
        return objections[:1].code or 'manual'

    # === Many at once ===

    def _decide(self, verb, text_by_lang=None, **options):
        """Decide about each that can be, in one action: those that cannot are left as they were, and named.

        :param str verb: what is done: approve, refuse, ask_customer or close_rest
        :param dict text_by_lang: what the customers read, by language; None when they read nothing
        :param options: what else the verb needs to know
        :return: the action that says what was done
        """
        texts = text_by_lang or {}

        def act(orders):
            for lang, group in orders.grouped(lambda order: order._get_customer_lang()).items():
                getattr(group, f'_decide_{verb}')(texts.get(lang, ''), **options)

        skipped = act_apart(self, act, caught=UserError)
        return self.env['returns.outcome']._show(verb, self.browse(
            order.id for order in self if order not in skipped), skipped)

    def _decide_approve(self, text):
        orders = self._get_to_transition('approve')
        orders._write_by_system({'approval_note': text})
        orders.action_approve()

    def _decide_refuse(self, text, refusal_ground=False):
        orders = self._get_to_transition('refuse')
        orders.refusal_note = text
        if refusal_ground:
            orders.filtered(lambda order: order.legal_basis == 'withdrawal').refusal_ground = refusal_ground
        orders.action_refuse()

    def _decide_ask_customer(self, text):
        self.action_ask_customer(text)

    def _decide_close_rest(self, text):
        self.action_close_rest(text)
