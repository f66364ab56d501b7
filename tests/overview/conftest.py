"""A program with a report, built once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.analyze.trees import write
from tests.support import Interpreter, Outcome, bundle

# An own module that leaves a file when it is imported, a package, a compiled module, one that does not compile, a data file, findings.
FILES = {
    "shop.py": """
import json
import sqlite3
from rich.markup import escape

import prices

if __name__ == "__main__":
    print(escape("a shop"), prices.TABLE)
""",
    "prices.py": """
from pathlib import Path
import csv
Path("/tmp/MARK").touch()
try:
    import nothing_of_this_name
except ImportError:
    pass
TABLE = (Path(__file__).parent / "data" / "</script>.csv").read_text()

def later():
    import difflib
    import broken
""",
    "broken.py": "def later(:\n",
    "data/</script>.csv": "1,2",
}


@dataclass(frozen=True)
class Reported:
    """A program that was built with `--report`."""

    outcome: Outcome
    binary: Path
    page: Path
    mark: Path  # the file that its own modules leave

    @property
    def document(self) -> dict[str, Any]:
        """What the page draws."""
        found = re.search(
            r'<script type="application/json" id="document">(.*?)</script>', self.page.read_text(), re.DOTALL
        )
        assert found is not None
        document: dict[str, Any] = json.loads(found[1])
        return document


@pytest.fixture(scope="session")
def reported(one_interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The program, built as users build it."""
    folder = tmp_path_factory.mktemp("reported")
    mark = folder / "mark"
    write(folder, {name: text.replace("/tmp/MARK", str(mark)) for name, text in FILES.items()})
    options = ("--add-data", "data:data", "--report", "out/report.html")
    done = bundle("shop.py", "--python", one_interpreter.python, *options, cwd=folder, NO_COLOR="1")
    assert done.status == 0, done.stderr.decode()
    return Reported(done, folder / "dist" / "shop", folder / "out" / "report.html", mark)
