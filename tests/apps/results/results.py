"""Prints what an installed package compiled when it was imported, and what the program itself compiles of the same."""

import sys

import known
import known.later

if sys.argv[1:] == ["shared"]:
    print(known.ADDERS[0].__code__ is known.ADDERS[1].__code__)
else:
    print("\n".join(known.report + known.later.report))
    print("\n".join(known.compile_all()))
