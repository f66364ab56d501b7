"""Writes the script of a binary that holds several programs: it calls the function by whose name it is started."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

# `posix` is built in; `os` would have to be imported before it is known whether the program needs it.
_BEGINNING = '''\
import sys


def own_link(name):
    """The path of the link that was started, so that what starts `sys.executable` starts the same program; "" if unknown."""
    import posix

    started = sys.argv[0]
    if "/" not in started:
        started = f"{sys.executable.rpartition('/')[0]}/{name}"
    elif not started.startswith("/"):
        started = f"{posix.getcwd()}/{started}"
    return started if posix.access(started, posix.X_OK) else ""


name = sys.argv[0].rpartition("/")[2]
'''
_BRANCH = """\
{keyword} name == {name!r}:
    from {module} import {first}

    if __name__ == "__main__":
        sys.executable = own_link(name) or sys.executable
        sys.exit({attribute}())
"""
_END = """\
elif __name__ == "__main__":
    holds = "this executable holds " + {names!r} + "; start it by a link with one of these names"
    print(f"{{name or sys.executable}}: {{holds}}", file=sys.stderr)
    sys.exit(127)  # as shells when there is no such command
"""


def commands_script(functions: Mapping[str, str]) -> Iterator[str]:
    """The parts of the script. `functions`: each as `package.module:function`, by the name of its program."""
    yield _BEGINNING
    for number, (name, reference) in enumerate(functions.items()):
        module, _, attribute = reference.partition(":")
        yield _BRANCH.format(
            keyword="elif" if number else "if",
            name=name,
            module=module,
            first=attribute.partition(".")[0],
            attribute=attribute,
        )
    yield _END.format(names=", ".join(functions))
