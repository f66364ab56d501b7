"""Takes names of another module in ways that do not name them."""

import importlib

import asks
from asks import KIND

GOT = getattr(asks, "IS_PLAIN") + 0  # noqa: B009 - this is what is tried
ALL = {name: getattr(asks, name) for name in dir(asks) if name.isupper()}
LOADED = vars(importlib.import_module("asks"))["IS_" + "PLAIN"]
MADE = [asks.KIND]
