"""May a line come back? Plain values, without any record.

>>> late = Objection('window', "The 30 days are over.", waivable=True)
>>> gone = Objection('quantity', "All of it came back already.")
>>> Verdict(()).outcome, Verdict((late,)).outcome, Verdict((late, gone)).outcome
('accepted', 'review', 'refused')
"""

from typing import NamedTuple

#: The three outcomes of a policy check, and how people read them.
OUTCOMES = [
    ('accepted', "Fine"),
    ('review', "Needs a look"),
    ('refused', "Not allowed"),
]


class Objection(NamedTuple):
    """Why a return line may not be accepted as it is."""

    code: str
    message: str
    waivable: bool = False  # a returns manager may accept the line anyway


class Verdict(NamedTuple):
    """All that a policy has to say against a return line; empty when it has nothing."""

    objections: tuple

    @property
    def outcome(self):
        """Accepted without objections, for review when a manager may waive every one of them, else refused."""
        if not self.objections:
            return 'accepted'
        return 'review' if all(objection.waivable for objection in self.objections) else 'refused'
