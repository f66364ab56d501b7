"""Small programs, each with one thing that a bundler must think of.

    python -m tests.cases

runs all of them, and the tests that `elsewhere.py` lists, with every Python from 3.11 that is found. The default tests use
the newest Python for most of them.

A new case is an entry of `PROGRAMS` or `REFUSED` in `programs.py`: its name says what happens, `prints` or `says` what must
come of it.
"""
