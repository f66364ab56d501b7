"""Popular applications and libraries of the package index, bundled with no option at all and put to a short real use.

    python -m tests.compatibility [--jobs N] [NAME...]

Each gets a virtual environment of its own (kept in `.venvs/`), is bundled, and does under the binary what it does under
Python: same output, same files, same exit status. The result goes to docs/compatibility.md; with names only their rows
are renewed. Everything takes about an hour when nothing is cached.
"""
