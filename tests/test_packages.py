"""The search of a distribution for the package of a file."""

from __future__ import annotations

import pytest

from bundler.packages import library_hint


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        ("ubuntu debian", "find its package with `apt-file search libx.so.1` and install it on this machine"),
        ("fedora", "find its package with `dnf provides '*/libx.so.1'` and install it on this machine"),
        ("opensuse-leap suse", "find its package with `zypper search --provides 'libx.so.1*'` and install it"),
        ("arch", "find its package with `pacman -F libx.so.1` and install it on this machine"),
        ("slackware", "install its package on this machine"),
    ],
)
def test_the_hint_for_a_library(monkeypatch: pytest.MonkeyPatch, distribution: str, expected: str):
    """The hint names the search of the distribution; where that is not known, only that a package is needed."""
    name, _, like = distribution.partition(" ")
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"ID": name, "ID_LIKE": like})

    assert library_hint("libx.so.1").startswith(expected)
