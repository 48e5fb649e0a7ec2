from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError


class ReturnsOrder(models.Model):
    """What do we have to know first? A question to the customer parks the return until the answer comes."""

    _inherit = 'returns.order'

    question = fields.Text(readonly=True, copy=False, help="What we asked the customer last.")
    date_answer = fields.Date(
        "Answer By", readonly=True, copy=False, help="Set while we wait for the customer's answer.")

    def action_ask_customer(self, question=None):
        """Ask the customer, and park the returns until the answer comes. Asking the same again changes nothing.

        :param str question: what the customer reads; without it the question that stands on the return
        :raise UserError: naming the returns that nobody decides about, or that have no question
        """
        self._check_requested()
        for order in self:
            if not (question or order.question or '').strip():
                raise UserError(self.env._("Write what you want to know from the customer of %s.", order.name))
        asked = self.filtered(lambda order: not order.date_answer or question and question != order.question)
        today = fields.Date.context_today(self)
        for company, orders in asked.grouped('company_id').items():
            orders._write_by_system({
                'date_answer': today + relativedelta(days=company.returns_answer_days),
                **({'question': question} if question else {}),
            })
        asked._tell_later('question')
        return True

    def _check_requested(self):
        decided = self.filtered(lambda order: order.state != 'requested')
        if decided:
            raise UserError(self.env._(
                "Only who waits for our decision can be asked, %s does not.", ", ".join(decided.mapped('name'))))

    def action_answer_received(self):
        """The answer came another way, by phone for example: the returns are to be reviewed."""
        answered = self.filtered('date_answer')
        answered._end_question()
        answered._message_log_batch({order.id: self.env._("The customer has answered.") for order in answered})
        return True

    def _end_question(self):
        self._write_by_system({'date_answer': False})

    def _message_post_after_hook(self, message, msg_values):
        """Override of `mail`: what the customer writes on a parked return is the answer."""
        if self._is_by_customer(message):
            self.sudo().filtered('date_answer')._end_question()
        return super()._message_post_after_hook(message, msg_values)

    def _is_by_customer(self, message):
        self.ensure_one()
        author_sudo = message.sudo().author_id
        return message.message_type in ('comment', 'email') and (
            author_sudo.commercial_partner_id == self.sudo().partner_id)
