"""Asks once, and remembers the answer where no statement of the module sets it."""

import os

_known: dict[str, bool] = {}


def is_plain() -> bool:
    if "plain" not in _known:
        _known["plain"] = os.environ.get("TERM") == "dumb"
    return _known["plain"]


IS_PLAIN = is_plain()
