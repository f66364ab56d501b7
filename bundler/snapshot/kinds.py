"""Kinds of questions and effects that the recorder notes (launcher/world/, launcher/snapshot/), and what each means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """The meaning of notes of one kind.

    `words`: why it is late for that; `{detail}` stands for what it is about.
    `is_varied`: answers differ between recordings, so a module may ask if it keeps no answer.
    `may_keep_bit`: such a module may keep no more than whether something is so, and other answers need not change that. Taking a
    lock asks for the time that a clock has counted, and for the number of the thread; random bytes are asked for to be kept.
    `is_repeatable`: a statement that is run again at each start asks it again.
    `says_nothing`: of the machine. Such are the library that was loaded, and what guards look at: names of locales, prefixes
    of variables. Descriptors and threads matter if they are there in the end, and then there is no recording.
    """

    words: str = ""
    is_varied: bool = False
    may_keep_bit: bool = False
    is_repeatable: bool = False
    says_nothing: bool = False


KINDS: Mapping[str, Kind] = {
    "clock": Kind("it asks for the time", is_varied=True),
    "time": Kind("it asks for the time", is_varied=True, may_keep_bit=True, is_repeatable=True),
    "process": Kind("it asks for a process number", is_varied=True, may_keep_bit=True, is_repeatable=True),
    "thread-number": Kind("it asks for the number of a thread", is_varied=True),
    "user": Kind("it asks who runs it", is_varied=True, may_keep_bit=True, is_repeatable=True),
    "host": Kind("it asks for the host's name", is_varied=True, may_keep_bit=True, is_repeatable=True),
    "system": Kind("it asks for the system's version", is_varied=True, may_keep_bit=True, is_repeatable=True),
    "entropy": Kind("it asks for random bytes", is_varied=True, is_repeatable=True),
    "processors": Kind("it counts processors", is_varied=True, may_keep_bit=True, is_repeatable=True),
    "memory": Kind("it asks for the size of memory", is_varied=True, may_keep_bit=True, is_repeatable=True),
    "limits": Kind("it asks for limits", is_varied=True, may_keep_bit=True, is_repeatable=True),
    "folder": Kind("it asks for the current folder", is_varied=True, may_keep_bit=True, is_repeatable=True),
    "terminal": Kind("it asks for a terminal", is_varied=True, is_repeatable=True),
    "load": Kind("it asks how busy the machine is", is_varied=True, may_keep_bit=True, is_repeatable=True),
    "arguments": Kind("it reads `sys.argv`", is_repeatable=True),
    "variable": Kind("it reads the variable `{detail}`", is_repeatable=True),
    "system-name": Kind("it asks for the system's version"),
    "locale-name": Kind("it asks for the locale", is_repeatable=True),
    "signal-action": Kind("it asks for the action of a signal, or sets one", is_repeatable=True),
    "variables": Kind("it looks through all variables of the environment", is_repeatable=True),
    "path": Kind("it looks for `{detail}`", is_repeatable=True),
    "catalogue": Kind("it looks for a translation of `{detail}` in the user's language", is_repeatable=True),
    "path-change": Kind("it makes or changes `{detail}`"),
    "output": Kind("it prints or writes"),
    "input": Kind("it reads its standard input"),
    "stream": Kind("it asks how a standard stream was opened", is_repeatable=True),
    "stream-change": Kind("it changes or copies a standard stream"),
    "child": Kind("it starts a process"),
    "thread": Kind("it starts a thread", says_nothing=True),
    "socket": Kind("it opens a socket", is_repeatable=True),
    "process-handle": Kind("it opens a process", is_repeatable=True),
    "descriptor": Kind("it opens a descriptor", says_nothing=True),
    "variable-set": Kind("it sets a variable without `os.environ`"),
    "drawn": Kind("it draws random numbers"),
    "set-locale": Kind("it sets the locale"),
    "umask": Kind("it sets the umask"),
    "signal-stack": Kind("it sets a stack for signals"),
    "signal-mask": Kind("it blocks signals"),
    "limits-set": Kind("it sets a limit"),
    "timer": Kind("it sets a timer"),
    "processors-set": Kind("it chooses processors"),
    "priority": Kind("it sets its priority"),
    "session": Kind("it makes a session"),
    "process-control": Kind("it asks the kernel to treat it in another way"),
    "library-state": Kind("it changes what the C library keeps"),
    "system-log": Kind("it opens the system's log"),
    "system-call": Kind("it makes system call {detail}"),
    "system-library": Kind("it loads `{detail}`, whose system calls cannot be stopped here"),
    "finder": Kind("it puts a finder before the binary's own"),
    "named": Kind("the project names it"),
    "too-many-calls": Kind("it registers too many functions"),
    "c-library": Kind("it asks for the C library's version", is_repeatable=True),
    "codeset": Kind(says_nothing=True),
    "auxiliary": Kind("it asks the kernel about the machine"),
    "processor": Kind("it asks what the processor can do"),
    "import": Kind("whether it imports another module depends on the machine"),
    "again": Kind("its statements change more than their names when they are run again"),
    "object": Kind(says_nothing=True),
    "locale": Kind(says_nothing=True),
    "ordered": Kind(says_nothing=True),
    "prefix": Kind(says_nothing=True),
}

REPEATABLE = frozenset(name for name, kind in KINDS.items() if kind.is_repeatable)
