"""Descriptions of terminals, as files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

# The terminals that people use, of thousands, with the names of multiplexers and consoles.
_TERMINALS = """
    alacritty ansi contour cygwin dumb foot gnome gnome-256color iterm2 kitty konsole konsole-256color linux ms-terminal
    nsterm putty putty-256color rxvt rxvt-unicode rxvt-unicode-256color screen screen-256color screen.xterm-256color st
    st-256color terminator tmux tmux-256color tmux-direct vt100 vt102 vt220 vt52 vte vte-256color wezterm xterm
    xterm-256color xterm-color xterm-direct xterm-ghostty xterm-kitty xterm-mono
""".split()

# Folders of distributions, of which nearly all use the last; then that of an installation like conda's.
_OF_SYSTEM = ("/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo")


def collect_terminfo() -> list[tuple[str, str]]:
    """Pairs of source and destination: what a host may lack, at the places where its library would look for it."""
    return [*_collect(_OF_SYSTEM), *_collect((f"{sys.base_prefix}/share/terminfo",))]


def _collect(folders: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in _TERMINALS:
        for folder in folders:
            path = Path(folder, name[0], name)
            if path.is_file():
                yield str(path), f"_host{folders[-1]}/{name[0]}"
                break
