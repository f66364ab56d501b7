"""Writes modules as static C data. Runs inside the target interpreter: standard library only."""
