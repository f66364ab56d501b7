"""The app's own: its random bytes are no seed of a hash map."""

import os

SECRET = os.urandom(8)
