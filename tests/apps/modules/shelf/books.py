import logging
import warnings

TITLES = ["one", "two"]
COUNT = globals().get("COUNT", 0) + 1


def log():
    logging.getLogger(__name__).error("from books")


def warn():
    warnings.warn("of books")
