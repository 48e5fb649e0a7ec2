from odoo import models
from odoo.tools import format_date, formatLang

#: What the time line shows, in this order.
PHASES = ('request', 'send', 'receive', 'inspect', 'ship', 'credit', 'pay')


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
            'review': self._get_review_text(),
            'answer': self._get_answer_text(),
            'send': self.env._("Put the slip or its number into the parcel, and send it to the address below."),
            'receive': self.env._("We expect your parcel. We write to you when it has arrived."),
            'inspect': self.env._("We look at what you sent us."),
            'ship': self.env._("We send you the goods."),
            'credit': self.env._("You get a credit note from us."),
            'pay': self.env._("We pay the money back."),
        }

    def _get_review_text(self):
        if any(self.line_ids.mapped('qty_received')):
            return self.env._("We look at what you sent us, and write to you.")
        return self.env._("We look at your request and write to you.")

    def _get_answer_text(self):
        if self.question and self.date_answer:
            return self.env._("Please answer our question below. We go on as soon as we know.")
        return self.env._("Please read below what we found. Do you see it differently? Then tell us.")

    def _get_customer_phases(self):
        """The time line: list of dict of `code`, `name`, `status` (done, current, open), its `label`, and `day`.

        What goes on now says the next step; what is done, and whether there is anything to do, the answers that it is
        made of. Empty when the return has ended without having gone that way.
        """
        self.ensure_one()
        if self.state in ('draft', 'refused', 'cancel'):
            return []
        names = {
            'request': self.env._("Request checked"), 'send': self.env._("Parcel sent"),
            'receive': self.env._("Parcel arrived"), 'inspect': self.env._("Goods checked"),
            'ship': self.env._("Goods sent to you"), 'credit': self.env._("Credit note"),
            'pay': self.env._("Money back"),
        }
        labels = {'done': self.env._("done"), 'current': self.env._("now"), 'open': self.env._("later")}
        current, done, shown = self._get_current_phase(), self._get_done_phases(), self._get_expected_phases()
        days = self._get_phase_days()
        phases = []
        for code in filter(lambda code: code in shown or code == current, PHASES):
            status = 'current' if code == current else 'done' if code in done else 'open'
            day = days.get(code) if status == 'done' else False
            phases.append({
                'code': code, 'name': names[code], 'status': status, 'label': labels[status],
                'day': format_date(self.env, day) if day else ''})
        return phases

    def _get_current_phase(self):
        """What goes on now; of goods that have arrived it is they that are looked at."""
        if self.next_step in ('review', 'answer'):
            return 'inspect' if any(self.line_ids.mapped('qty_received')) else 'request'
        return self.next_step

    def _get_done_phases(self):
        done = {
            'request': self.state != 'requested',
            'send': self.date_sent or self.reception_status == 'full',
            'receive': self.reception_status == 'full',
            'ship': self.replacement_status == 'full',
            'credit': self.credit_status == 'full',
            'pay': self.payout_status == 'full',
        }
        return {code for code, is_done in done.items() if is_done}

    def _get_expected_phases(self):
        """What belongs to this return: who keeps the goods sends nothing, who exchanges them gets no money."""
        is_open = self.state == 'requested'
        expected = {
            'request': True,
            'send': is_open or self.reception_status != 'no',
            'receive': is_open or self.reception_status != 'no',
            'ship': self.replacement_status != 'no',
            'credit': self.credit_status != 'no' or is_open and self.amount_expected,
            'pay': self.payout_status != 'no' or is_open and self.amount_expected,
        }
        return {code for code, is_expected in expected.items() if is_expected}

    def _get_phase_days(self):
        """When what is done was done, as far as that is known: dates by phase."""
        line = self.line_ids[:1]
        arrived = self.line_ids.move_ids.filtered(
            lambda move: move.state == 'done' and move.location_id._is_returns_customer()).mapped('date')
        moments = {
            'request': self.date_approval, 'receive': max(arrived, default=False),
            'pay': self.state == 'done' and self.date_done}
        return {
            **{code: line._to_local_date(moment) for code, moment in moments.items() if moment},
            'send': self.date_sent,
            'credit': max(self._get_customer_credit_notes().mapped('invoice_date'), default=False),
        }

    def _get_customer_costs(self):
        """What the return costs the customer, in sentences: what is deducted or added, and who pays the way back."""
        self.ensure_one()
        sentences = []
        if self.fee_amount:
            sentences.append(self.env._("Fees that are deducted: %s", self._format_amount(self.fee_amount)))
        if self.delivery_amount:
            sentences.append(self.env._(
                "Delivery costs that you get back: %s", self._format_amount(self.delivery_amount)))
        payers = {line._is_way_back_paid_by_customer() for line in self.line_ids if not line._is_without_goods()}
        if payers == {True}:
            sentences.append(self.env._("You pay for sending it back."))
        elif payers == {False}:
            sentences.append(self.env._("We pay for sending it back."))
        elif payers:
            sentences.append(self.env._(
                "We pay for sending back what we or the carrier are to blame for, you pay for the rest."))
        return sentences

    def _get_customer_amount_expected(self):
        """What the customer can still expect in all: less what was looked at and is not accepted."""
        self.ensure_one()
        lost = sum(line.amount_expected - line._get_customer_amount_expected() for line in self.line_ids)
        return max(0.0, self.currency_id.round(self.amount_expected - lost))

    def _format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)


class ReturnsOrderLine(models.Model):
    _inherit = 'returns.order.line'

    def _get_customer_amount_expected(self):
        """What the customer can still expect for this line: nothing for goods that are not accepted."""
        self.ensure_one()
        wanted = self._get_qty_wanted()
        if not wanted or not self._is_credited_for_goods():
            return self.amount_expected
        refused = self._convert_product_qty(self._get_qty_never_credited(
            self._convert_qty(self.qty_received, self.product_id.uom_id)))
        return self._round_amount(self.amount_expected * max(0.0, 1 - refused / wanted))

    def _is_way_back_paid_by_customer(self):
        self.ensure_one()
        payer = self.policy_id.return_freight
        return payer == 'customer' or payer == 'fault' and self.reason_id.fault == 'customer'
