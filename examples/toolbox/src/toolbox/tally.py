"""Counts the lines, words and characters of standard input."""

import argparse
import json
import sys

from toolbox import __version__


def main() -> None:
    """Print the counts as JSON."""
    parser = argparse.ArgumentParser(prog="tally", description=__doc__)
    parser.add_argument("--version", action="version", version=f"tally {__version__}")
    parser.parse_args()
    text = sys.stdin.read()
    print(json.dumps({"lines": text.count("\n"), "words": len(text.split()), "characters": len(text)}))
