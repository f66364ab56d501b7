"""Depends on variables of any name."""

import os

MANY = sum(1 for name in os.environ if len(name) > 0) > 100
