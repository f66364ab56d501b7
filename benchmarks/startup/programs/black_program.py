"""black's command, as its console script starts it."""

import sys

from black import patched_main

sys.exit(patched_main())
