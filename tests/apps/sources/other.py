"""Another module."""

import warnings


def fail(value):
    return [
        1,
        value / (value - value),
    ]


def warn():
    warnings.warn("about the caller", stacklevel=2)


def double(value):
    """Twice as much.

    >>> double(4)
    8
    >>> double(1)
    3
    """
    return 2 * value
