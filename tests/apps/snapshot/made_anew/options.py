"""An object that keeps what its method finds."""

import sys


class Options:
    """It loads an option."""

    debug = None

    def load(self):
        self.debug = "--debug" in sys.argv
        return True


OPTIONS = Options()
loaded = OPTIONS.load()
