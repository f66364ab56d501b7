"""Keeps bits of the executable's path, of a flag and of streams, also in a class."""

import os
import stat
import sys
from sys import executable as own

IS_COPY = os.path.basename(own) == "copy"
IS_UTF8 = bool(sys.flags.utf8_mode)
WRITES_LINES = "yes" if sys.stdout.line_buffering else "no"
IS_PIPE = stat.S_ISFIFO(os.fstat(1).st_mode)
CAN_SEEK = sys.stdin.seekable()


class Options:
    is_copy = sys.executable.endswith("copy") and IS_COPY
