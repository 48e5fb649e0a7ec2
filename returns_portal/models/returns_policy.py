from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list, formatLang

SCHEMA = 'https://schema.org/'
#: What schema.org calls what customers get.
REFUND_TYPES = {'refund': 'FullRefund', 'exchange': 'ExchangeRefund', 'store_credit': 'StoreCreditRefund'}


class ReturnsPolicy(models.Model):
    """A policy as everybody may read it: what comes back, until when, what it costs and how long the money takes."""

    _inherit = 'returns.policy'

    @api.model
    def _get_public(self, company):
        """The policies of `company` that hold today for anybody; what single customers are granted is not published."""
        today = fields.Date.context_today(self)
        return self.search(
            Domain('company_id', '=', company.id) & Domain('partner_tag_ids', '=', False)
            & (Domain('date_from', '=', False) | Domain('date_from', '<=', today))
            & (Domain('date_to', '=', False) | Domain('date_to', '>=', today)))

    # === For people ===

    def _get_public_title(self):
        self.ensure_one()
        if self._is_last_resort():
            return self.env._("In general")
        conditions = [
            (self.env._("products in %s"), self.product_category_ids.mapped('name')),
            (self.env._("products marked %s"), self.product_tag_ids.mapped('name')),
            (self.env._("deliveries to %s"), self.country_ids.mapped('name')),
            (self.env._("the reason %s"), self.reason_ids.mapped('name')),
        ]
        parts = [text % format_list(self.env, names, 'or') for text, names in conditions if names]
        return self.env._("For %s", format_list(self.env, parts)) if parts else self.env._("At the moment")

    def _get_public_terms(self):
        """What the policy says: list of (question, answer)."""
        self.ensure_one()
        if not self.returnable:
            return [(self.env._("Returns"), self.env._("Sold as final. Consumers may still withdraw by law."))]
        return [
            (self.env._("Until when"), self._get_public_window()),
            (self.env._("You get"), format_list(self.env, self._get_public_resolutions().mapped('name'), 'or')),
            (self.env._("Sending it back"), self._get_public_freight()),
            (self.env._("Fee"), self._get_public_fee()),
            (self.env._("Money back"), self.env._("Within %s days after the goods have arrived.", self.refund_days)),
        ]

    def _get_public_window(self):
        starts = {
            'delivery': self.env._("%s days from the delivery", self.window_days),
            'order': self.env._("%s days from the order", self.window_days),
            'invoice': self.env._("%s days from the invoice", self.window_days),
        }
        return starts[self.window_start]

    def _get_public_resolutions(self):
        """What may be wished, the default first: without a choice of the policy, what brings the goods back."""
        unasked = self.env['returns.resolution'].search([('action', 'in', ('refund', 'exchange'))])
        return self.resolution_id | (self.resolution_ids or unasked)

    def _get_public_freight(self):
        payers = {
            'customer': self.env._("You pay the way back, and have %s days for it.", self.shipping_days),
            'company': self.env._("We pay the way back, you have %s days for it.", self.shipping_days),
            'fault': self.env._(
                "We pay the way back of what we or the carrier are to blame for, you pay the rest. You have %s days.",
                self.shipping_days),
        }
        return payers[self.return_freight]

    def _get_public_fee(self):
        if self.fee_type == 'none':
            return self.env._("None")
        if self.fee_type == 'percent':
            return self.env._(
                "%s %% of the price, not for what we or the carrier are to blame for.",
                formatLang(self.env, self.fee_percent, digits=2).removesuffix('.00'))
        return self.env._(
            "%s for each return, not for what we or the carrier are to blame for.",
            formatLang(self.env, self.fee_amount, currency_obj=self.currency_id))

    # === For search engines ===

    def _get_json_ld(self, company, url):
        """The policies as schema.org has it: an organization and those that hold for all of its products.

        https://schema.org/MerchantReturnPolicy
        """
        general = self.filtered(lambda policy: not (
            policy.product_category_ids or policy.product_tag_ids or policy.reason_ids))
        return {
            '@context': 'https://schema.org',
            '@type': 'Organization',
            'name': company.name,
            'hasMerchantReturnPolicy': [policy._get_json_ld_policy(company, url) for policy in general],
        }

    def _get_json_ld_policy(self, company, url):
        self.ensure_one()
        countries = self.country_ids or company.country_id
        values = {
            '@type': 'MerchantReturnPolicy',
            'name': self._get_public_title(),
            'merchantReturnLink': url,
            'applicableCountry': countries.mapped('code'),
        }
        if not self.returnable:
            return {**values, 'returnPolicyCategory': f'{SCHEMA}MerchantReturnNotPermitted'}
        return {
            **values,
            'returnPolicyCategory': f'{SCHEMA}MerchantReturnFiniteReturnWindow',
            'merchantReturnDays': self.window_days,
            'returnMethod': f'{SCHEMA}ReturnByMail',
            'refundType': sorted({
                f'{SCHEMA}{REFUND_TYPES[action]}' for action in self._get_public_resolutions().mapped('action')
                if action in REFUND_TYPES}),
            **self._get_json_ld_freight(),
            **self._get_json_ld_fee(),
        }

    def _get_json_ld_freight(self):
        free, paid = f'{SCHEMA}FreeReturn', f'{SCHEMA}ReturnFeesCustomerResponsibility'
        if self.return_freight == 'fault':
            return {'customerRemorseReturnFees': paid, 'itemDefectReturnFees': free}
        return {'returnFees': free if self.return_freight == 'company' else paid}

    def _get_json_ld_fee(self):
        if self.fee_type == 'percent':
            return {'restockingFee': self.fee_percent}
        if self.fee_type == 'amount':
            return {'restockingFee': {
                '@type': 'MonetaryAmount', 'value': self.fee_amount, 'currency': self.currency_id.name}}
        return {}
