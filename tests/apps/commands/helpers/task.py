"""What the program starts with `-m`."""

import os
import sys

print(__name__, __package__, __spec__.name, os.path.basename(__file__), os.path.basename(sys.argv[0]), sys.argv[1:])
if __name__ == "__main__":
    sys.exit(len(sys.argv))
