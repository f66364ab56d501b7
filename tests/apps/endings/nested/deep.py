"""Functions that call each other and then fail."""


def down(levels):
    if levels:
        down(levels - 1)
    raise_error(
        levels,
        "of the deep",
    )


def raise_error(*words):
    raise ValueError(*words)
