"""Answers in place of the machine, of which recordings get others: what a module keeps of them differs then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bundler.snapshot.model import Answers

# Variables that many people set, with the values in an environment, in one with other values, and in one where others are
# set; None: not set.
_VARIABLES: Mapping[str, tuple[str | None, str | None, str | None]] = {
    "CI": (None, None, "true"),
    "COLORTERM": (None, None, "truecolor"),
    "COLUMNS": (None, None, "123"),
    "DISPLAY": (None, None, ":3"),
    "EDITOR": (None, None, "ed"),
    "GITHUB_ACTIONS": (None, None, "true"),
    "HOME": ("/bundle-home-one", "/bundle-home-two", "/bundle-home"),
    "LANG": ("C.UTF-8", "C.UTF-8", None),
    "LANGUAGE": (None, None, "de:fr"),
    "LC_ALL": (None, None, "C.UTF-8"),
    "LC_CTYPE": (None, None, "C.UTF-8"),
    "LC_MESSAGES": (None, None, "C"),
    "LINES": (None, None, "45"),
    "LOGNAME": ("bundle-user-one", "bundle-user-two", None),
    "PAGER": (None, None, "cat"),
    "PATH": ("/usr/bin:/bin-one", "/usr/bin:/bin-two", "/usr/bin"),
    "PWD": ("/bundle-folder-one", "/bundle-folder-two", None),
    "SHELL": ("/bin/sh-one", "/bin/sh-two", None),
    "SSH_CONNECTION": (None, None, "192.0.2.1 50000 192.0.2.2 22"),
    "SSH_TTY": (None, None, "/dev/pts/1"),
    "TERM": ("dumb-one", "dumb-two", None),
    "TERM_PROGRAM": (None, None, "bundle-terminal"),
    "TMUX": (None, None, "/bundle-run/tmux,1,0"),
    "TZ": ("ABC1", "XYZ3", "KLM5"),
    "USER": ("bundle-user-one", "bundle-user-two", None),
    "VIRTUAL_ENV": (None, None, "/bundle-home/environment"),
    "VISUAL": (None, None, "ed"),
    "WAYLAND_DISPLAY": (None, None, "wayland-3"),
    "XDG_CACHE_HOME": (None, None, "/bundle-home/cache"),
    "XDG_CONFIG_DIRS": (None, None, "/bundle-etc/xdg"),
    "XDG_CONFIG_HOME": (None, None, "/bundle-home/config"),
    "XDG_CURRENT_DESKTOP": (None, None, "bundle"),
    "XDG_DATA_DIRS": (None, None, "/bundle-etc/share"),
    "XDG_DATA_HOME": (None, None, "/bundle-home/data"),
    "XDG_RUNTIME_DIR": (None, None, "/bundle-run"),
    "XDG_SESSION_TYPE": (None, None, "wayland"),
    "XDG_STATE_HOME": (None, None, "/bundle-home/state"),
}


def _environment(which: int) -> tuple[str, ...]:
    return tuple(f"{name}={values[which]}" for name, values in _VARIABLES.items() if values[which] is not None)


# No guard may ask for their values: other recordings have others.
VARIED_VARIABLES = frozenset(_VARIABLES)

# A process number that no process has: Linux gives out at most 2^22. In the end each recording has another one (answers.c), so
# generators of random numbers take each for a child of the one before.
_PROCESS = 0x3FFFFFC0

ANSWERS = Answers(
    time=1_500_000_000_000_000,
    entropy=1,
    process=_PROCESS,
    user=1_000_001,
    processors=2,
    is_terminal=False,
    own_path="/bundle-program-one",
    folder="/bundle-folder-one",
    host="bundle-host-one",
    environment=_environment(0),
)
# Other values of the same sizes: whatever is made of them lies where it lies in the first recording. So both days are early ones of
# their years: Python keeps integers up to 256.
OTHER_ANSWERS = Answers(
    time=1_684_000_123_456_789,
    entropy=2,
    process=_PROCESS - 16,
    user=1_000_002,
    processors=3,
    is_terminal=False,
    own_path="/bundle-program-two",
    folder="/bundle-folder-two",
    host="bundle-host-two",
    environment=_environment(1),
)
# All others at once; what lies where cannot be compared.
OPPOSITE_ANSWERS = Answers(
    time=1_600_000_000_000_001,
    entropy=3,
    process=_PROCESS - 32,
    user=0,
    processors=64,
    is_terminal=True,
    own_path="/bundle-program",
    folder="/",
    host="host",
    environment=_environment(2),
)
# Those of a machine on which a start is tried. What two runs draw, and when they ask for the time, tells nothing of their order.
TRIED_ANSWERS = replace(OPPOSITE_ANSWERS, own_path=ANSWERS.own_path, is_tried=True)
