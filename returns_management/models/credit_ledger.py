"""Arithmetic of crediting an invoice line in parts, to the cent. Knows nothing about records."""

from odoo.tools import float_compare, float_round


def floor_cent(amount, rounding):
    """`amount` rounded down (towards minus infinity) to a multiple of `rounding`.

    >>> floor_cent(3.339, 0.01), floor_cent(-3.331, 0.01), floor_cent(0.1 + 0.2, 0.1)
    (3.33, -3.34, 0.3)
    """
    return float_round(amount, precision_rounding=rounding, rounding_method='DOWN' if amount > 0 else 'UP')


class CreditLedger:
    """How much of an invoice line is credited, and what the next part of it is.

    The line bills `quantity` units for `totals`: amounts by key, each of them (base, every tax, in document and in
    company currency) credited for itself. What is credited for the first `x` units, in as many parts as you like, is
    `floor_cent(total · x / quantity)`: never more than their share, and all of it when the last unit is credited.
    A unit may be credited in part: half of the price is half a unit.

    >>> ledger = CreditLedger({'base': 10.0}, 3, {'base': 0.01})
    >>> [ledger.take(1)['base'] for _unit in range(3)]
    [3.33, 3.33, 3.34]
    """

    def __init__(self, totals, quantity, roundings):
        """
        :param dict totals: what is billed, by key
        :param float quantity: how many units that is, above zero
        :param dict roundings: the smallest amount, by key
        """
        self.totals = totals
        self.quantity = quantity
        self.roundings = roundings
        self.units = 0.0
        self.credited = dict.fromkeys(totals, 0.0)

    def enter(self, quantity, share, amounts):
        """Enter what is credited already.

        :param float quantity: how many units are credited
        :param float share: at which part of their price; what was changed by hand counts for what it amounts to
        :param dict amounts: what was credited, by key
        """
        self.units += self._get_units(quantity * share, amounts)
        for key in self.totals:
            self.credited[key] += amounts.get(key, 0.0)

    def _get_units(self, units, amounts):
        key = next(iter(self.totals))
        total, amount = self.totals[key], amounts[key]
        if not total or abs(total * units / self.quantity - amount) < 2.5 * self.roundings[key]:
            return units
        return amount / total * self.quantity

    def get_room(self):
        """How many units can still be credited."""
        return max(0.0, self.quantity - self.units)

    def take(self, units):
        """Credit `units` more.

        What earlier credits had too much or too little by rounding is made up for; never more than what is left.

        :return: amounts by key
        """
        self.units += units
        part = min(1.0, self.units / self.quantity)
        return {key: self._take_amount(key, part) for key in self.totals}

    def _take_amount(self, key, part):
        total, rounding = self.totals[key], self.roundings[key]
        open_amount = floor_cent(total * part, rounding) - self.credited[key]
        amount = max(0.0, open_amount) if total >= 0 else min(0.0, open_amount)
        amount = float_round(amount, precision_rounding=rounding)
        self.credited[key] += amount
        return amount

    def is_complete(self):
        """Whether nothing is left to credit."""
        return not any(
            float_compare(self.credited[key], total, precision_rounding=self.roundings[key])
            for key, total in self.totals.items())
