"""Builds the sample project twice by the steps of docs/ci.md, and compares all files: `python tests/release.py`.

Needs nothing but Python with venv and headers, a C compiler, and the package index. Takes two builds with empty caches.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def steps() -> list[str]:
    """The shell steps of the job that builds, in the recipe for GitLab."""
    [recipe] = re.findall(
        r"^## GitLab\n.*?^```yaml\n(.*?)^```$", (ROOT / "docs" / "ci.md").read_text(), re.MULTILINE | re.DOTALL
    )
    [script] = re.findall(r"^binaries:\n.*?^  script:\n((?:    - [^\n]*\n)+)", recipe, re.MULTILINE | re.DOTALL)
    return [line.removeprefix("    - ") for line in script.splitlines()]


def made(folder: Path) -> dict[str, str]:
    """Build the sample project in a folder, whose name differs each time, and verify its binaries; the digests of what is in `dist`."""
    project = folder / "toolbox"
    shutil.copytree(ROOT / "examples" / "toolbox", project)
    source = folder / "bundler"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "build", "dist", "tests", "benchmarks"))
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(sys.executable)
    environment = {
        "PATH": f"{folder / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "BUNDLER": str(source),
        "BUNDLER_CACHE_DIR": str(folder / "cache"),
        "CI_COMMIT_TIMESTAMP": "2026-01-02T03:04:05+00:00",
        **{name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.endswith("_proxy")},
    }
    script = "\n".join(("set -eu", *steps()))
    subprocess.run(["bash", "-c", script], cwd=project, env=environment, check=True)
    [dist] = project.glob("built-*/dist")
    files = sorted(path for path in dist.iterdir() if path.is_file())
    for binary in (path for path in files if os.access(path, os.X_OK)):
        subprocess.run([project / ".bundler" / "bin" / "bundle", "verify", binary], check=True)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main() -> None:
    """Print the files with their digests; status 1 if they differ."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory(prefix="a-longer-name-") as second:
        one, two = made(Path(first)), made(Path(second))
    for name in sorted(one.keys() | two.keys()):
        print(
            one.get(name, "-")[:16],
            two.get(name, "-")[:16],
            "same" if one.get(name) == two.get(name) else "DIFFERENT",
            name,
        )
    sys.exit(one != two)


if __name__ == "__main__":
    main()
