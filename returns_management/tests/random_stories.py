"""Random stories of a shop, the same for the same seed. Knows nothing about Odoo.

A story is one product: what is bought, sold, sent back and credited. All quantities are in pieces.
"""

import random
from collections import Counter
from dataclasses import dataclass, field

ROUNDS = 2
PIECES_IN_DOZEN = 12
METHODS = ('standard', 'average', 'fifo')
CURRENCIES = ('company', 'EUR', 'JPY')
INVOICE_POLICIES = ('order', 'delivery')
#: How a part comes back: what the customer gets, and how it is credited.
WAYS = ('refund', 'refund', 'refund', 'by hand', 'by hand', 'in advance', 'exchange', 'send_back', 'keep')
#: What happens to a credit note before it is posted for good.
FATES = ('posted', 'posted', 'reset', 'cancelled', 'smaller')


@dataclass
class Part:
    """Some of what a sale brought that comes back together."""

    sale: int
    quantity: int
    way: str
    fate: str
    received_first: int  # the rest comes in a second parcel
    by_hand: int  # what somebody credits by hand


@dataclass
class Story:
    """What happens to one product."""

    seed: int
    method: str
    unit: str
    currency: str
    invoice_policy: str
    purchases: list  # of (quantity, cost of a piece), two for each sale
    sales: list  # of quantities
    delivered_first: list  # of quantities, one for each sale: before the second purchase, the rest after it
    prices: list  # of a piece, one for each sale
    discount: float
    all_comes_back: bool
    apart: bool  # whether its invoices bill only stories in which all comes back
    parts: list = field(default_factory=list)  # one list for each round

    def get_kinds(self):
        """What this story is a case of."""
        yield from (self.method, self.unit, self.currency, self.invoice_policy)
        if self.all_comes_back:
            yield 'all comes back'
            yield 'apart' if self.apart else 'among others'
        if self.discount:
            yield 'discount'
        if any(0 < first < sold for first, sold in zip(self.delivered_first, self.sales, strict=True)):
            yield 'two deliveries'
        for parts in self.parts:
            for part in parts:
                yield part.way
                yield part.fate
                if part.quantity < self.sales[part.sale]:
                    yield 'partial'
                if part.received_first < part.quantity:
                    yield 'two parcels'


def create_story(seed):
    """The story of `seed`: one or two rounds of buying and selling, two of sending back."""
    dice = random.Random(seed)
    unit = dice.choice(('piece', 'piece', 'dozen'))
    sold_in = PIECES_IN_DOZEN if unit == 'dozen' else 1
    rounds = dice.choice((1, 1, 2))
    sales = [dice.randint(1, 2) * sold_in if unit == 'dozen' else dice.randint(2, 9) for _round in range(rounds)]
    method = dice.choice(METHODS)
    standard = dice.randint(100, 9000) / 100
    purchases = [
        [(dice.randint(1, quantity), _roll_cost(dice, method, standard)),
         (2 * quantity, _roll_cost(dice, method, standard))]
        for quantity in sales]
    story = Story(
        seed=seed, method=method, unit=unit, currency=dice.choice(CURRENCIES),
        invoice_policy=dice.choice(INVOICE_POLICIES),
        purchases=purchases,
        sales=sales,
        delivered_first=[dice.choice((0, dice.randint(1, first[0]))) for first, _second in purchases],
        prices=[dice.choice((3.33, 10, 19.99, 100, 0.55)) for _sale in sales],
        discount=dice.choice((0, 0, 12.5)),
        all_comes_back=dice.random() < 0.4,
        apart=dice.random() < 0.6)
    left = list(sales)
    for number in range(ROUNDS):
        sold = range(min(number + 1, rounds))
        parts = [_create_part(dice, story, sale, left) for sale in sold if dice.random() < 0.8]
        story.parts.append([part for part in parts if part])
    return story


def _roll_cost(dice, method, standard):
    """Goods of a standard price are booked at it, whatever was paid for them."""
    return standard if method == 'standard' else dice.randint(100, 9000) / 100


def _create_part(dice, story, sale, left):
    if not left[sale]:
        return None
    quantity = dice.randint(1, left[sale])
    left[sale] -= quantity
    way = dice.choice(WAYS)
    if story.all_comes_back and way in ('exchange', 'send_back', 'keep'):
        way = 'refund'
    return Part(
        sale=sale, quantity=quantity, way=way, fate=dice.choice(FATES),
        received_first=dice.randint(1, quantity), by_hand=dice.randint(1, quantity))


def count_kinds(stories):
    """How many of `stories` are a case of each kind: `Counter`."""
    return Counter(kind for story in stories for kind in set(story.get_kinds()))
