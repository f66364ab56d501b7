"""Wheels with compiled code, bundled and used: what prelinking is for.

    python -m tests.wheels

builds every wheel of the list into one binary for each Python and runs all uses of it. The default tests do the same with
one Python, and without pandas, which has as many modules as all others together.
"""

# Set by the lane before the tests are imported, which read it as they are.
EVERYTHING = "BUNDLER_TEST_ALL_WHEELS"
