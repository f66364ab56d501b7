"""PyInstaller's own functional tests, run against `bundle`.

    python -m tests.pyinstaller [--python 3.13] [-n N] [-k EXPRESSION] [TEST...]

The tests are those of PyInstaller's source distribution, which is downloaded when the lane runs; nothing of it is in this
repository (it is under the GPL). An adapter takes the place of PyInstaller's builder: it translates what a test asks for
into a command line of `bundle`, and runs the binary as the test wants it. A failure is a defect of bundler unless
explained.toml says why it is none. The lane fails on a failure without an explanation, and on an explanation whose test
passes. The result goes to docs/pyinstaller-tests.md; a part of the tests (TEST, as `test_basic.py` or
`test_basic.py::test_codecs`, and `-k`) renews its own outcomes there, if everything was run before. Everything takes an hour
or two.
"""
