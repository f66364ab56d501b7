"""Frameworks, used for real: small applications of each (tests/apps/frameworks/), served, typed at, migrated, run.

    python -m tests.frameworks [--keep DIR] [NAME...]

Each is used as `python app.py` and then as a binary, whose sources are put away before: same answers, same screens, same
output, same exit status. The result goes to docs/frameworks.md. Works as `python -m tests.compatibility` does.
"""
