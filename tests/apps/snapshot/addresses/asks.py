"""Asks for something before objects are made: where these lie depends on the answer."""

import os

HOME = os.environ.get("HOME")
