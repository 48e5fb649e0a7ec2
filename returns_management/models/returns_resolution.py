from odoo import fields, models

#: These go on one credit note for each invoice, whether the goods come back or not.
CREDITED_TOGETHER = {'refund', 'keep', 'reduce'}


class ReturnsResolution(models.Model):
    """What the customer gets: one record per choice offered, `action` picks the code that runs.

    To add an action, extend the selection and add a method `_resolve_<action>(lines)`.
    """

    _name = 'returns.resolution'
    _description = "Return Resolution"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    action = fields.Selection(
        [
            ('refund', "Credit note, the goods come back"), ('keep', "Credit note, the customer keeps the goods"),
            ('reduce', "Lower price, the customer keeps the goods"), ('exchange', "Other goods"),
            ('send_back', "The same goods again"),
        ],
        string="What Happens", required=True, default='refund',
    )

    def _resolve(self, lines):
        """Give the customer what this resolution promises for the `lines`.

        :param lines: `returns.order.line` records decided for this resolution, or for several that go together
        :return: the new credit notes (`account.move`), empty when there is nothing to credit
        """
        return getattr(self, f'_resolve_{self[:1].action}')(lines)

    def _get_credit_key(self):
        """Lines with the same key are credited together."""
        self.ensure_one()
        return 'refund' if self.action in CREDITED_TOGETHER else self.action

    def _resolve_refund(self, lines):
        """Credit what was accepted and is not credited yet.

        :return: new draft credit notes (`account.move`)
        """
        return lines._create_credit_notes()

    def _resolve_keep(self, lines):
        """Credit what is approved; nothing comes back."""
        return lines._create_credit_notes()

    def _resolve_reduce(self, lines):
        """Credit a part of the price of what is approved; nothing comes back, and it may still be returned."""
        return lines._create_credit_notes()

    def _resolve_exchange(self, lines):
        """Send what the customer gets instead: the same product by a delivery of the order, another by a new order.

        Another product is credited and invoiced: the two are matched, so that the difference is settled once.
        """
        lines._create_replacements()
        lines._create_exchange_orders()
        credit_notes = lines._create_credit_notes()
        lines._invoice_exchange_orders()
        return credit_notes

    def _resolve_send_back(self, lines):
        """Send to the customer what was received. No money moves."""
        lines._create_send_backs()
        return self.env['account.move']
