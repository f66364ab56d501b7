"""Is imported at each start, and sets what the interpreter keeps."""

import atexit
import sys

print("prints")
KNOWS_NEXT = "sets_too" in sys.modules
sys.setrecursionlimit(3000)
sys.path.append("/prints")
atexit.register(print, "end of prints")
