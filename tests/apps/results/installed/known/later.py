"""The same texts as in the package, under another future."""

from __future__ import annotations

import known

names: dict = {}
exec("def f(x: undefined): pass\nannotations = f.__annotations__", names)
report = [str(names["annotations"])]
exec(known.ADDER, names)
report.append(str(names["add"].__code__.co_flags & 0x1000000))
