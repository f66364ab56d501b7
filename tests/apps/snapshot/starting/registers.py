"""Has a function that uses the executable's path when it is called."""

import sys

ACTIONS = []


def action(function):
    ACTIONS.append(function)
    return function


@action
def is_ours():
    return sys.executable.endswith("starting")
