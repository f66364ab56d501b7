"""An object and a name of which other modules set the values."""

import os


class Settings:
    """The user's home, and a colour."""

    def __init__(self, home):
        self.home = home
        self.colour = "none"


SETTINGS = Settings(os.path.expanduser("~"))
CACHE = os.path.expanduser("~/.cache")
