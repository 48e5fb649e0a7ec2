import logging

from odoo import fields, models

from .apart import act_apart

_logger = logging.getLogger(__name__)


class ReturnsOrder(models.Model):
    """Nothing fails silently: steps that run with nobody at the screen tell their failures on the return."""

    _inherit = 'returns.order'

    attention_note = fields.Text(
        "Needs Attention", readonly=True, copy=False, help="What should have happened by itself and failed.")

    def _run_automatically(self, method_name):
        """Run a step without anybody at the screen: what fails is told on its return, the others go on.

        What had failed before and succeeds now needs no attention any more.
        """
        failed = self._run_apart(method_name)
        (self - failed).sudo().filtered('attention_note').attention_note = False

    def _run_apart(self, method_name):
        """Run a step for each that can, and tell on the others why they cannot.

        :return: the returns that failed
        """
        failed = self.browse()
        for order, error in act_apart(self, lambda orders: getattr(orders, method_name)()).items():
            _logger.warning("%s of %s failed: %s", method_name, order.name, error, exc_info=error)
            order.sudo().attention_note = str(error)
            failed += order
        return failed
