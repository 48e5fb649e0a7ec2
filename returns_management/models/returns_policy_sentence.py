from odoo import api, fields, models
from odoo.tools import format_date, format_list, formatLang

from .returns_policy_scope import SCOPE_FIELDS


class ReturnsPolicy(models.Model):
    """The policy read back in plain words, so that nobody has to guess what the settings mean together."""

    _inherit = 'returns.policy'

    sentence = fields.Text("In Plain Words", compute='_compute_sentence')
    scope_summary = fields.Char("Applies To", compute='_compute_sentence')

    @api.depends_context('lang')
    @api.depends(lambda self: [
        *SCOPE_FIELDS, 'returnable', 'window_days', 'window_start', 'window_next_working_day', 'excluded_reason_ids',
        'needs_photo', 'resolution_ids', 'resolution_id', 'auto_approve', 'auto_approve_limit', 'currency_id',
        'shipping_days', 'credit_trigger', 'exchange_trigger', 'credit_note_posting', 'refund_days', 'return_freight',
        'fee_type', 'fee_percent', 'fee_amount',
    ])
    def _compute_sentence(self):
        for policy in self:
            policy.scope_summary = policy._get_scope_sentence()
            policy.sentence = "\n".join(filter(None, (
                policy.scope_summary,
                policy._get_eligibility_sentence(),
                policy._get_approval_sentence(),
                policy._get_credit_sentence(),
                policy._get_exchange_sentence(),
                policy._get_cost_sentence(),
            )))

    def _get_scope_sentence(self):
        if self._is_last_resort():
            return self.env._("Applies to everything that no policy above it fits.")
        return self.env._("Applies to %s.", format_list(self.env, self._get_scope_parts()))

    def _get_scope_parts(self):
        """The conditions in words, one text each."""
        parts = []
        if self.date_from:
            parts.append(self.env._("orders from %s", format_date(self.env, self.date_from)))
        if self.date_to:
            parts.append(self.env._("orders until %s", format_date(self.env, self.date_to)))
        for label, records in (
            (self.env._("customers in %s"), self.country_ids),
            (self.env._("customers tagged %s"), self.partner_tag_ids),
            (self.env._("products in %s"), self.product_category_ids),
            (self.env._("products tagged %s"), self.product_tag_ids),
            (self.env._("the reason %s"), self.reason_ids),
        ):
            if records:
                parts.append(label % self._list_names(records, style='or'))
        return parts

    def _list_names(self, records, style='standard'):
        names = records.mapped('display_name')
        return format_list(self.env, [self.env._("“%(name)s”", name=name) for name in names], style)

    def _get_eligibility_sentence(self):
        if not self.returnable:
            return self.env._("Final sale: nothing comes back, except where the law lets consumers withdraw.")
        starts = {
            'delivery': self.env._("Returns may be asked for within %s days of the delivery.", self.window_days),
            'order': self.env._("Returns may be asked for within %s days of the order.", self.window_days),
            'invoice': self.env._("Returns may be asked for within %s days of the invoice.", self.window_days),
        }
        sentences = [starts[self.window_start or 'delivery']]
        if self.window_next_working_day:
            sentences.append(self.env._("A last day without work moves to the next working day."))
        if self.excluded_reason_ids:
            sentences.append(self.env._("Not for %s.", self._list_names(self.excluded_reason_ids, style='or')))
        if self.needs_photo:
            sentences.append(self.env._("The customer sends a photo."))
        return " ".join(sentences)

    def _get_approval_sentence(self):
        if not self.returnable:
            return False
        if not self.auto_approve:
            return self.env._("Somebody approves each return.")
        return self.env._(
            "What meets this and is worth up to %s is approved at once; a returns manager decides on the rest.",
            formatLang(self.env, self.auto_approve_limit, currency_obj=self.currency_id))

    def _get_credit_sentence(self):
        if not self.returnable:
            return False
        triggers = {
            'on_approval': self.env._("Once it is approved, before the goods arrive, the customer gets: %s."),
            'on_receipt': self.env._("When the goods arrive, the customer gets: %s."),
            'manual': self.env._("When somebody presses the button, the customer gets: %s."),
        }
        postings = {
            'draft': self.env._("Accounting checks and posts the credit note; the money is due within %s days.",
                                self.refund_days),
            'posted': self.env._("The credit note is posted by itself; the money is due within %s days.",
                                 self.refund_days),
        }
        trigger = triggers.get(self.credit_trigger, triggers['manual'])
        return f"{trigger % (self.resolution_id.name or '')} {postings[self.credit_note_posting or 'draft']}"

    def _get_exchange_sentence(self):
        """When other goods are sent, where the policy names them."""
        offered = (self.resolution_id | self.resolution_ids).mapped('action')
        if not self.returnable or 'exchange' not in offered:
            return False
        return {
            'on_approval': self.env._("Exchanges are sent once the return is approved, before the goods arrive."),
            'on_receipt': self.env._("Exchanges are sent when the goods arrive."),
            'manual': self.env._("Exchanges are sent when somebody presses the button."),
        }[self.exchange_trigger or 'on_receipt']

    def _get_cost_sentence(self):
        if not self.returnable:
            return False
        payers = {
            'customer': self.env._("The customer has %s days to send the goods and pays the way back."),
            'company': self.env._("The customer has %s days to send the goods, we pay the way back."),
            'fault': self.env._("The customer has %s days to send the goods; who is at fault pays the way back."),
        }
        sentences = [payers[self.return_freight or 'customer'] % self.shipping_days]
        if self.fee_type == 'percent':
            sentences.append(self.env._(
                "A fee of %s %% of the price is kept.", formatLang(self.env, self.fee_percent, digits=0)))
        elif self.fee_type == 'amount':
            sentences.append(self.env._(
                "A fee of %s is kept.", formatLang(self.env, self.fee_amount, currency_obj=self.currency_id)))
        return " ".join(sentences)
