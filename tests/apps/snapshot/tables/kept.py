"""Fills the tables in a snapshot."""

from fills import fill

SEEN = fill("Kept", globals())
