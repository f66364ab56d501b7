"""Makes a function of the one or the other kind, so it must be imported at each start."""

import sys

if "/usr/" in sys.executable:

    def kind():
        return "system"

else:

    def kind():
        return "own"


KIND = kind()
