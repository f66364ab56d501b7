"""`python -m bundler` is `bundle`."""

import os
import sys

# `-m` searches the current folder first: a `random.py` there is the user's program, not the library's module.
if sys.path and sys.path[0] in ("", os.getcwd()):  # noqa: PTH109  # pathlib imports others in turn
    del sys.path[0]

from bundler.cli import main

sys.exit(main())
