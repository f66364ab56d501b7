"""Sets again what another module has set before."""

import atexit
import sys

sys.setrecursionlimit(2000)
sys.path.append("/sets_too")
atexit.register(print, "end of sets_too")


def told():
    return sys.getrecursionlimit(), sys.path[-2:]
