"""Arithmetic of sharing out quantities. Knows nothing about records."""


def allocate(quantity, rooms):
    """Share out `quantity` over `rooms` in their order, and take it off them.

    :param float quantity: what has to be placed
    :param dict rooms: free quantity by key; what is placed is subtracted in place
    :return: list of `(key, part)`, without empty parts; less than `quantity` in sum when the rooms are too small

    >>> rooms = {'older invoice': 3, 'newer invoice': 2}
    >>> allocate(4, rooms)
    [('older invoice', 3), ('newer invoice', 1)]
    >>> allocate(4, rooms), rooms
    ([('newer invoice', 1)], {'older invoice': 0, 'newer invoice': 0})
    """
    parts = []
    for key, room in rooms.items():
        part = min(quantity, room)
        if part > 0:
            parts.append((key, part))
            rooms[key] -= part
            quantity -= part
    return parts
