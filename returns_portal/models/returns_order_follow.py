from odoo import models
from odoo.tools import format_date

#: What the time line shows, and the next steps during which each of it goes on.
PHASES = (
    ('request', ('review', 'answer')), ('send', ('send',)), ('receive', ('receive',)),
    ('credit', ('inspect', 'ship', 'credit')), ('pay', ('pay',)),
)


class ReturnsOrder(models.Model):
    """What does the customer read about a return? All of it follows from the next step, who does it, until when."""

    _inherit = 'returns.order'

    def _get_customer_status(self):
        """What the customer waits for, in two or three words."""
        self.ensure_one()
        ends = {
            'draft': self.env._("Being prepared"), 'refused': self.env._("Not accepted"),
            'cancel': self.env._("Cancelled"), 'done': self.env._("Done"),
        }
        steps = {
            'review': self.env._("We check it"), 'answer': self.env._("Please answer"),
            'send': self.env._("Send us the parcel"), 'receive': self.env._("On its way to us"),
            'inspect': self.env._("We look at it"), 'ship': self.env._("We send it to you"),
            'credit': self.env._("Credit note follows"), 'pay': self.env._("Money follows"),
        }
        return ends.get(self.state) or steps.get(self.next_step, '')

    def _get_customer_step(self):
        """What happens next.

        :return: dict of `text`, `actor` (who does it), `until` (a day, or an empty text); empty when nothing does
        """
        self.ensure_one()
        if not self.next_step or self.next_step == 'none':
            return {}
        return {
            'text': self._get_customer_step_texts()[self.next_step],
            'actor': self.env._("You") if self.next_actor == 'customer' else self.company_id.name,
            'until': format_date(self.env, self.date_next) if self.date_next else '',
        }

    def _get_customer_step_texts(self):
        return {
            'review': self.env._("We look at your request and write to you."),
            'answer': self.env._("Please answer our question below. We go on as soon as we know."),
            'send': self.env._("Put the slip or its number into the parcel, and send it to the address below."),
            'receive': self.env._("We expect your parcel. We write to you when it has arrived."),
            'inspect': self.env._("We look at what you sent us."),
            'ship': self.env._("We send you the goods."),
            'credit': self.env._("You get a credit note from us."),
            'pay': self.env._("We pay the money back."),
        }

    def _get_customer_phases(self):
        """The time line: list of dict of `name`, `text` and `status` (done, current, open).

        Empty when the return has ended without having gone that way.
        """
        self.ensure_one()
        if self.state in ('draft', 'refused', 'cancel'):
            return []
        names = {
            'request': self.env._("Request checked"), 'send': self.env._("Parcel sent"),
            'receive': self.env._("Parcel arrived"), 'credit': self.env._("Credit note"),
            'pay': self.env._("Money back"),
        }
        labels = {'done': self.env._("done"), 'current': self.env._("now"), 'open': self.env._("later")}
        phases, status = [], 'done'
        for code, steps in PHASES:
            if self.next_step in steps:
                status = 'current'
            phases.append({'code': code, 'name': names[code], 'status': status, 'label': labels[status]})
            if status == 'current':
                status = 'open'
        return phases

    def _get_customer_costs(self):
        """What the return costs the customer, in sentences: who pays the way back, and the fee that is kept."""
        self.ensure_one()
        sentences = []
        payers = {line._is_way_back_paid_by_customer() for line in self.line_ids if not line._is_without_goods()}
        if payers == {True}:
            sentences.append(self.env._("You pay for sending it back."))
        elif payers == {False}:
            sentences.append(self.env._("We pay for sending it back."))
        elif payers:
            sentences.append(self.env._(
                "We pay for sending back what we or the carrier are to blame for, you pay for the rest."))
        return sentences


class ReturnsOrderLine(models.Model):
    _inherit = 'returns.order.line'

    def _is_way_back_paid_by_customer(self):
        self.ensure_one()
        payer = self.policy_id.return_freight
        return payer == 'customer' or payer == 'fault' and self.reason_id.fault == 'customer'
