"""Arithmetic of the cost of goods that came back. Knows nothing about records."""


class GoodsToCost:
    """Goods of a return line in the order in which they came, and up to where their cost is in the books.

    Quantities are in the unit of the product, values in the currency of the company.

    >>> goods = GoodsToCost([(1, 10.0), (2, 120.0)], round, costed=0, booked=0)
    >>> goods.take(2), goods.take(5)
    ((2, 70), (1, 60))
    """

    def __init__(self, receipts, round_value, costed, booked):
        """
        :param receipts: list of `(quantity, value)`, the oldest first
        :param round_value: function that rounds a value to the currency
        :param costed: quantity whose cost is booked
        :param booked: the value that is booked for it
        """
        self.receipts, self.round, self.costed, self.booked = receipts, round_value, costed, booked

    @property
    def quantity(self):
        return sum(quantity for quantity, _value in self.receipts)

    def get_value_of_first(self, quantity):
        """The value of the `quantity` that came first."""
        value = 0.0
        for received, received_value in self.receipts:
            part = min(quantity, received)
            if part <= 0:
                break
            value += received_value * part / received
            quantity -= part
        return self.round(value)

    def take(self, quantity):
        """Take up to `quantity` of what is not booked yet.

        :return: tuple `(quantity, value)` of what is to be booked for it
        """
        part = max(0.0, min(quantity, self.quantity - self.costed))
        if not part:
            return 0.0, 0.0
        self.costed += part
        value = self.round(self.get_value_of_first(self.costed) - self.booked)
        self.booked += value
        return part, value
