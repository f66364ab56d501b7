"""Sets an attribute of another module's object, and a name of that module."""

import os

import settings

settings.SETTINGS.colour = "red"
settings.CACHE = os.path.join(settings.CACHE, "app")
CACHE = settings.CACHE
