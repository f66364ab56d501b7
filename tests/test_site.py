"""The documentation as a site: it is built without a warning, and every page is in its navigation."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from pathlib import Path

from tests.support import ROOT


def test_site_is_built(tmp_path: Path):
    """No link is broken, no page is left out of the navigation: warnings are errors."""
    command: list[str | Path] = [
        Path(sysconfig.get_path("scripts"), "mkdocs"),
        "build",
        "--strict",
        "--site-dir",
        tmp_path / "site",
    ]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    pages = {path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")}
    built = {path.parent.relative_to(tmp_path / "site") for path in (tmp_path / "site").rglob("index.html")}
    assert {page for page in pages if page.name != "README"} <= built
    index = (tmp_path / "site" / "index.html").read_text()
    assert re.search(r'href="tutorial/"', index)
    assert "../CONTRIBUTING.md" not in index
