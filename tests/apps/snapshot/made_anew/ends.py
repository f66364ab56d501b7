"""Ends the program for an argument."""

import os
import sys

if "--version" in sys.argv:
    print("version 1")
    sys.exit()
FOLDER = os.path.expanduser("~/ends")
