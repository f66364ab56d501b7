"""Two extension modules in C++: what one throws is caught by the other, and the C++ library is put to use."""

import os
import threading

import catcher
import thrower

os.environ["THROWER"] = thrower.run()
print(catcher.run(), flush=True)
found = []
thread = threading.Thread(target=lambda: found.append(catcher.run()))
thread.start()
thread.join()
print(found[0], flush=True)
