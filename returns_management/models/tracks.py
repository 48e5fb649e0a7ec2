"""How far each of the three tracks of a return has come: goods, credit, money."""

#: “no” when nothing is expected or owed, “full” when nothing is any more, also when it ended short.
TRACK_STATUSES = [
    ('no', "Nothing expected"),
    ('pending', "Pending"),
    ('partial', "Partial"),
    ('full', "Full"),
]
