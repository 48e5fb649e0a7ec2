from odoo import models


class ReturnsOrder(models.Model):
    """What was found in the parcel, and does the customer agree? Addons that inspect goods answer."""

    _inherit = 'returns.order'

    def _get_customer_findings(self):
        """What was found when the goods of this return were looked at, as the customer reads it.

        :return: list of dict of `product`, a name, and `text`; empty when nothing was found that the customer has to
            know. An addon that inspects goods overrides this method.
        """
        self.ensure_one()
        return []

    def _can_be_disputed(self):
        """Whether the customer may still say that a finding is wrong. Without findings there is nothing to dispute."""
        self.ensure_one()
        return False

    def _dispute(self, text):
        """The customer says why the findings are wrong; the message stands on the return already.

        What follows is for the addon that has found something: override this method. Only called while
        `_can_be_disputed`.

        :param str text: what the customer wrote
        """
