def load():
    from plugins import unwanted

    return unwanted


def sourced():
    """Its source is looked at."""
