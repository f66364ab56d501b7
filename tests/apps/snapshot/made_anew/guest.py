"""Adds to another module's list."""

import places

places.PLACES.append("/opt/data")
COUNT = 1
