"""Sets a variable that was read before."""

import os

os.environ["TERM"] = TERM = "set"
