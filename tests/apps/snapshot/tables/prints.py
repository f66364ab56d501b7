"""Writes while it is imported, so that it is imported at each start; before that it fills the tables."""

from fills import fill

KIND = fill("Printed", globals())
print("imported")
