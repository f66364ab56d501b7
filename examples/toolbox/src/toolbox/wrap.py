"""Wraps the paragraphs of standard input."""

import argparse
import sys
import textwrap

from toolbox import __version__


def main() -> None:
    """Print the paragraphs with lines of a width."""
    parser = argparse.ArgumentParser(prog="wrap", description=__doc__)
    parser.add_argument("--width", type=int, default=72)
    parser.add_argument("--version", action="version", version=f"wrap {__version__}")
    width = parser.parse_args().width
    print("\n\n".join(textwrap.fill(each, width) for each in sys.stdin.read().split("\n\n")))
