def compute_anew(records, names):
    """Have stored fields computed anew, with all that follows from them: what they read has changed unnoticed.

    :param names: names of computed fields, those that follow from each other included
    """
    if records:
        for name in names:
            records.env.add_to_compute(records._fields[name], records)
        records.modified(names)
