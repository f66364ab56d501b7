"""httpie's command, as its console script starts it."""

import sys

from httpie.__main__ import main

sys.exit(main())
