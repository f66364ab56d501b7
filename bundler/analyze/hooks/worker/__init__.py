"""Runs hooks under the target interpreter, whose standard library is all it needs."""
