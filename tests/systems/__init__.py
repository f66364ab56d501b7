"""Binaries on systems with older and newer C libraries, with and without a C++ run-time, and on the calls of an old kernel.

    python -m tests.systems [--python WORDS] [--root NAME ...] [PROGRAM ...]

bundles each program with each Python once, runs it everywhere, and compares it with Python. Needs root, the npm package
manager, debootstrap and a mirror of Debian; the systems are made at the first call, and kept in ~/.cache/bundler-tests. The
result goes to docs/systems.md; with options, only those parts of it are renewed. Everything takes about three hours.

The root without a C library is for the same programs, linked statically.
"""
