"""How much is measured."""

from typing import NamedTuple


class Shape(NamedTuple):
    """So many returns of so many lines each, gone through together."""

    returns: int
    lines: int

    @property
    def name(self):
        return f'{self.returns} × {self.lines}'

    @property
    def reference(self):
        """What the orders of this shape carry as the customer's reference."""
        return f'{self.returns}x{self.lines}'


class Plan(NamedTuple):
    shapes: tuple
    #: returns in the database while ordinary orders are delivered and invoiced, and how many of those each time
    histories: tuple
    ordinary_orders: int


#: Gone through first by everybody, so that nobody's caches are cold: not reported.
WARM_UP = Shape(3, 2)
#: Ordinary orders that are delivered and invoiced before the others come to wait for the clock.
CHUNK = 20

PLANS = {
    'full': Plan((Shape(100, 1), Shape(1000, 1), Shape(100, 5), Shape(20, 20)), (0, 10_000, 100_000), 500),
    'quick': Plan((Shape(20, 1), Shape(200, 1), Shape(20, 5), Shape(5, 20)), (0, 10_000), 100),
}
