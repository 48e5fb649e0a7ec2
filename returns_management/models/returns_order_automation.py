import logging

from odoo import api, fields, models

from .apart import act_apart

_logger = logging.getLogger(__name__)

#: What people try again: the verb of each step that may fail. Other steps are tried again by a scheduled action.
VERB_BY_STEP = {
    '_create_credit_notes': 'action_create_credit_notes',
    '_create_replacements': 'action_create_replacements',
    '_pay_out': 'action_pay_out',
}


class ReturnsOrder(models.Model):
    """Nothing fails silently: steps that run with nobody at the screen tell their failures on the return."""

    _inherit = 'returns.order'

    attention_by_step = fields.Json(readonly=True, copy=False, help="What failed: the message of each step.")
    attention_note = fields.Text(
        "Needs Attention", compute='_compute_attention_note', store=True,
        help="What should have happened by itself and failed.")

    @api.depends('attention_by_step')
    def _compute_attention_note(self):
        for order in self:
            order.attention_note = "\n".join(dict.fromkeys((order.attention_by_step or {}).values())) or False

    def _run_automatically(self, step):
        """Run a step without anybody at the screen: what fails is told on its return, the others go on.

        What had failed before and succeeds now needs no attention any more; what else failed still does.

        :param str step: name of a method without parameters
        """
        errors = act_apart(self, lambda orders: getattr(orders, step)())
        for order, error in errors.items():
            _logger.warning("%s of %s failed: %s", step, order.name, error, exc_info=error)
            order_sudo = order.sudo()
            order_sudo.attention_by_step = {**(order_sudo.attention_by_step or {}), step: str(error)}
        self.browse(order.id for order in self if order not in errors)._forget_failure(step)

    def _forget_failure(self, *steps):
        """These steps have succeeded, or need not any more: they are not told of again."""
        for order_sudo in self.sudo().filtered('attention_by_step'):
            order_sudo.attention_by_step = {
                step: note for step, note in order_sudo.attention_by_step.items() if step not in steps} or False

    def action_retry(self):
        """Try again what failed. What a scheduled action does is left to it.

        :return: what the verb of the last step returns, as when its button is pressed
        """
        self.check_access('write')
        result = True
        for order in self:
            for step in order.attention_by_step or {}:
                result = order._retry(step) or result
        return result

    def _retry(self, step):
        """Try `step` again in the face of who asks for it.

        :return: an action, or nothing
        """
        self.ensure_one()
        if step in VERB_BY_STEP:
            return getattr(self, VERB_BY_STEP[step])()
        if step in self._get_steps_to_repeat():
            getattr(self.sudo(), step)()
        self._forget_failure(step)
        return None

    def _get_steps_to_repeat(self):
        """Steps without a verb that are safe to run again at any time; an addon adds its own.

        :return: set of names of methods
        """
        return {'_book_cost', '_check_exchange_bills'}
