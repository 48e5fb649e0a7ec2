from odoo import fields, models


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
    action = fields.Selection([('refund', "Credit note")], required=True, default='refund')

    def _resolve(self, lines):
        """Give the customer what this resolution promises for the `lines`.

        :param lines: `returns.order.line` records decided for this resolution
        :return: the documents made, empty when there was nothing to do
        """
        self.ensure_one()
        return getattr(self, f'_resolve_{self.action}')(lines)

    def _resolve_refund(self, lines):
        """Credit what was accepted and is not credited yet.

        :return: new draft credit notes (`account.move`)
        """
        return lines._create_credit_notes()
