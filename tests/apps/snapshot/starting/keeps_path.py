"""Keeps the folder of the executable: comparing finds it."""

import os.path
import sys

FOLDER = os.path.dirname(sys.executable)
