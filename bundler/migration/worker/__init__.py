"""Runs under the Python of the program's environment."""
