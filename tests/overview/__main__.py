"""Takes the pictures of a report that README.md shows: `python -m tests.overview`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.browser import opened
from tests.conftest import make_environment
from tests.support import EXAMPLES, ROOT, bundle, find_interpreter

_SIZE = {"width": 1240, "height": 880}


def main() -> None:
    """The command."""
    base = find_interpreter("3.13")
    assert base is not None, "there is no Python 3.13"
    python = make_environment("3.13", base) / "bin" / "python"
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        greet = EXAMPLES / "greet" / "greet.py"
        done = bundle(
            greet, "-q", "--python", python, "-o", Path(folder) / "greet", "--report", page, "--report-start", "Ann"
        )
        assert done.status == 0, done.stderr.decode()
        with opened(page, **_SIZE) as browser:
            for scheme in ("light", "dark"):
                browser.prefer(scheme)
                browser.picture(ROOT / "docs" / f"report-{scheme}.png")
    sys.stdout.write("docs/report-light.png, docs/report-dark.png\n")


if __name__ == "__main__":
    main()
