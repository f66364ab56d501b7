"""Everything a user can ask for, in one frozen object. The only reader of the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What to build and how. Defaults are those of `bundle TARGET`."""

    target: str | None = None
    module: str | None = None
    script: str | None = None
    output: Path | None = None
    python: Path | None = None
    optimize: int = 0
    utf8: bool = False
    warnings: tuple[str, ...] = ()
    x_options: tuple[str, ...] = ()
    hidden_imports: tuple[str, ...] = ()
    excluded_modules: tuple[str, ...] = ()
    added_data: tuple[str, ...] = ()
    cache_dir: Path = Path()
    compiler: str | None = None


def default_cache_dir() -> Path:
    """$BUNDLER_CACHE_DIR, else `bundler` in the user's cache folder (XDG base directory specification)."""
    chosen = os.environ.get("BUNDLER_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "bundler"
