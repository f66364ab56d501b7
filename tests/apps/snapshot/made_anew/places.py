"""A list with a folder of the user's."""

import os

PLACES = [os.path.expanduser("~/data"), "/usr/share/data"]
