"""What was sold in the last months and what came back of it: one line for each order.

`end` is how far the return came:

* draft, requested, refused, cancel: these states
* approved (to be sent), sent (on its way), partial (a part has arrived)
* received (the credit note is a draft), credited (posted, the money is owed), done (it settled the open invoice),
  paid (the money went back), attention (its credit failed)
* kept: no return

`days` says how long things took: from the delivery to the request, to the approval, to the receipt, to the credit.
"""

from typing import NamedTuple


class Story(NamedTuple):
    end: str
    customer: str
    product: str
    sold: float
    back: float = 0
    reason: str = 'fit'
    asked: int = 0  # days ago; of orders that are kept: when they were delivered
    days: tuple = (5, 0, 5, 2)
    discount: float = 0
    basis: str = 'policy'
    note: str = ''
    currency: str = ''


MAIN = [
    # Three months of what went well
    Story('done', 'nora', 'boot_s', 2, 1, 'fit', 112, (6, 0, 5, 2)),
    Story('done', 'trailhead', 'boot_m', 12, 3, 'fit', 105, (9, 1, 6, 3), discount=10),
    Story('paid', 'ben', 'fleece_m', 2, 1, 'mind', 101, (4, 0, 7, 1)),
    Story('done', 'emma', 'tent', 1, 1, 'expectation', 96, (3, 0, 9, 2), currency='GBP'),
    Story('done', 'trailhead', 'flask', 24, 5, 'defect', 88, (14, 2, 6, 4), discount=15),
    Story('paid', 'cleo', 'boot_l', 1, 1, 'fit', 82, (5, 0, 4, 1)),
    Story('done', 'nora', 'fleece_s', 3, 1, 'expectation', 76, (7, 0, 5, 2)),
    Story('done', 'nora', 'shoe', 2, 1, 'fit', 70, (11, 0, 6, 0)),
    Story('refused', 'trailhead', 'cap', 20, 10, 'double', 66, (8, 1)),
    Story('done', 'owen', 'boot_m', 2, 1, 'fit', 61, (6, 0, 8, 3), currency='GBP'),
    Story('paid', 'outdoor', 'lamp', 10, 3, 'defect', 55, (10, 1, 5, 2), discount=5),
    Story('done', 'ben', 'boot_s', 1, 1, 'fit', 47, (4, 0, 4, 1)),
    Story('cancel', 'nora', 'tent', 1, 1, 'mind', 44, (2, 0)),
    Story('done', 'trailhead', 'fleece_l', 8, 2, 'late', 38, (3, 1, 5, 3), discount=10),
    Story('paid', 'emma', 'fleece_m', 2, 1, 'mind', 33, (5, 0, 6, 2), basis='withdrawal', currency='GBP'),
    Story('done', 'cleo', 'flask', 2, 1, 'transport', 26, (2, 0, 4, 1)),

    # What is open now
    Story('credited', 'nora', 'boot_m', 1, 1, 'fit', 16, (5, 0, 6, 3)),
    Story('received', 'outdoor', 'watch', 2, 1, 'defect', 13, (8, 1, 5)),
    Story('attention', 'clara', 'jacket', 1, 1, 'fit', 9, (4, 0, 5)),
    Story('partial', 'trailhead', 'boot_l', 10, 4, 'wrong', 12, (6, 1, 6), discount=10),
    Story('sent', 'owen', 'boot_s', 1, 1, 'fit', 6, (4, 0), currency='GBP'),
    Story('approved', 'ben', 'flask', 3, 1, 'defect', 3, (9, 0)),

    # Everything that the policy or the law may object to
    Story('requested', 'dan', 'shoe', 1, 1, 'fit', 2, (6,)),
    Story('requested', 'nora', 'watch', 1, 1, 'expectation', 1, (5,)),
    Story('requested', 'cleo', 'lamp', 2, 1, 'missing', 1, (3,)),
    Story('requested', 'ben', 'gaiter', 2, 2, 'mind', 4, (5,)),
    Story('requested', 'trailhead', 'tent', 6, 2, 'mind', 2, (12,)),
    Story('requested', 'nora', 'fleece_l', 1, 1, 'mind', 1, (40,), note="I was on a long trip and saw it only now."),
    Story('requested', 'emma', 'liner', 1, 1, 'mind', 3, (4,), basis='withdrawal', currency='GBP'),
    Story('requested', 'owen', 'tent', 1, 1, 'mind', 1, (25,), basis='withdrawal', currency='GBP'),
    Story('requested', 'paula', 'boot_m', 1, 1, 'mind', 2, (5,), basis='withdrawal'),
    Story('requested', 'outdoor', 'boot_l', 2, 1, 'double', 2, (6,), basis='withdrawal'),
    Story('draft', 'cleo', 'cap', 1, 1, 'fit', 0, (4,)),

    # What the customers were happy with
    Story('kept', 'trailhead', 'boot_s', 8, asked=110),
    Story('kept', 'trailhead', 'shoe', 10, asked=100),
    Story('kept', 'outdoor', 'fleece_m', 12, asked=92),
    Story('kept', 'nora', 'flask', 4, asked=84),
    Story('kept', 'ben', 'tent', 2, asked=75),
    Story('kept', 'trailhead', 'tent', 5, asked=63),
    Story('kept', 'clara', 'fleece_s', 6, asked=58),
    Story('kept', 'outdoor', 'boot_m', 9, asked=50),
    Story('kept', 'emma', 'jacket', 4, asked=41, currency='GBP'),
    Story('kept', 'trailhead', 'lamp', 20, asked=29),
    Story('kept', 'cleo', 'watch', 3, asked=22),
    Story('kept', 'outdoor', 'cap', 15, asked=15),
    Story('kept', 'nora', 'liner', 6, asked=8),
]

NORDIC = [
    Story('done', 'anna', 'boot_m', 1, 1, 'fit', 99, (4, 0, 6, 2), basis='withdrawal'),
    Story('done', 'alpine', 'tent', 8, 2, 'defect', 86, (12, 2, 7, 5), discount=12),
    Story('paid', 'henrik', 'fleece_l', 2, 1, 'fit', 64, (5, 0, 5, 2)),
    Story('done', 'sofia', 'flask', 3, 1, 'transport', 45, (2, 0, 9, 3)),
    Story('paid', 'anna', 'fleece_s', 3, 2, 'mind', 30, (6, 0, 5, 1), basis='withdrawal'),
    Story('received', 'henrik', 'boot_l', 1, 1, 'fit', 10, (5, 0, 6)),
    Story('sent', 'sofia', 'fleece_m', 2, 1, 'wrong', 6, (3, 0)),
    Story('requested', 'alpine', 'boot_s', 10, 6, 'fit', 2, (8,)),
    Story('kept', 'alpine', 'boot_m', 10, asked=90),
    Story('kept', 'henrik', 'flask', 6, asked=70),
    Story('kept', 'anna', 'tent', 3, asked=52),
    Story('kept', 'alpine', 'fleece_m', 14, asked=35),
    Story('kept', 'sofia', 'boot_s', 2, asked=18),
]
