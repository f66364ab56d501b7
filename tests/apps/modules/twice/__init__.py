"""Imports itself again, from its own folder, as OpenCV's package does to get its compiled module."""

import importlib
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
_own = sys.modules.pop(__name__)
inner = importlib.import_module(__name__)
sys.modules[__name__] = _own
sys.path.pop(0)

VALUE = inner.VALUE
