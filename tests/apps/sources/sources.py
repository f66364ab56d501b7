"""Looks at sources: `sources.py CASE` runs the function of that name."""

import sys

import other


def lines():
    # An error in another module, from an expression of several lines; ä is two bytes.
    "ä"; other.fail(1) if True else None


def library():
    import json

    json.loads("[1, 2")


def chained():
    try:
        other.fail(
            2
        )
    except ZeroDivisionError as error:
        raise RuntimeError("because") from error


def group():
    errors = []
    for value in (1, 2):
        try:
            other.fail(value)
        except ZeroDivisionError as error:
            errors.append(error)
    raise ExceptionGroup("both", errors)


def getsource():
    import inspect

    print(inspect.getsource(getsource), inspect.getsource(other), inspect.getsource(inspect.getdoc))
    print(inspect.getsourcelines(other.double)[1], inspect.getcomments(lines), inspect.getsourcefile(other))
    print(inspect.getsource(type("Local", (), {"f": group}).f))


def warning():
    other.warn()


def logged():
    import logging

    logging.basicConfig(format="%(filename)s:%(lineno)d %(funcName)s %(module)s %(pathname)s %(message)s", stream=sys.stdout)
    try:
        other.fail(1)
    except ZeroDivisionError:
        logging.exception("logged")


def doctests():
    import doctest

    print(doctest.testmod(other))


def tests():
    import os
    import re
    import unittest

    found = unittest.TestLoader().discover(os.path.dirname(os.path.abspath(__file__)))
    print(found.countTestCases())
    result = unittest.TestResult()
    found.run(result)
    print(re.sub("0x[0-9a-f]+", "0x", str(result)), *(text for _, text in result.failures))


def trace():
    import linecache
    import tokenize
    import traceback

    traceback.print_stack(file=sys.stdout)
    print(linecache.getline(other.__file__, 1), other.__loader__.get_source("other")[:20])
    with tokenize.open(__file__) as file:
        print(file.readline())


if __name__ == "__main__":
    sys.path.append("")  # `test_other` must be in the binary, though only a folder's listing leads to it
    globals()[sys.argv[1]]()
