"""Turns words into a name for a URL."""

import argparse
import re
import unicodedata

from toolbox import __version__


def slug(text: str) -> str:
    """The text in lower case, with hyphens between its words."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


def main() -> None:
    """Print the name for the words of the command line."""
    parser = argparse.ArgumentParser(prog="slug", description=__doc__)
    parser.add_argument("words", nargs="+")
    parser.add_argument("--version", action="version", version=f"slug {__version__}")
    print(slug(" ".join(parser.parse_args().words)))
