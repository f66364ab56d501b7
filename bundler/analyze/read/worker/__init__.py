"""Reads sources. Runs inside the target interpreter, whose grammar decides: standard library only."""
