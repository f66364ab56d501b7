"""Extension modules in C++: what one throws is caught by another, and the C and the C++ library are put to use."""

import os
import threading

import asking
import catcher
import thrower
import unwound

os.environ["THROWER"] = thrower.run()
print(catcher.run(), flush=True)
found = []
thread = threading.Thread(target=lambda: found.append(catcher.run()))
thread.start()
thread.join()
print(found[0], flush=True)
print(unwound.run(), flush=True)
print(asking.run(), flush=True)
