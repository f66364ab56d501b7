"""Kinds of questions and effects that the recorder notes (launcher/world/, launcher/snapshot/), and what each means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class NoteKind(StrEnum):
    """The kinds, as the launcher writes them; `PREFIX` and `LOCALE_NAME` are also what the build makes of others."""

    CLOCK = "clock"
    TIME = "time"
    PROCESS = "process"
    THREAD_NUMBER = "thread-number"
    USER = "user"
    HOST = "host"
    SYSTEM = "system"
    ENTROPY = "entropy"
    PROCESSORS = "processors"
    MEMORY = "memory"
    LIMITS = "limits"
    FOLDER = "folder"
    TERMINAL = "terminal"
    LOAD = "load"
    ARGUMENTS = "arguments"
    VARIABLE = "variable"
    SYSTEM_NAME = "system-name"
    LOCALE_NAME = "locale-name"
    SIGNAL_ACTION = "signal-action"
    VARIABLES = "variables"
    PATH = "path"
    CATALOGUE = "catalogue"
    PATH_CHANGE = "path-change"
    OUTPUT = "output"
    INPUT = "input"
    STREAM = "stream"
    STREAM_CHANGE = "stream-change"
    CHILD = "child"
    THREAD = "thread"
    SOCKET = "socket"
    PROCESS_HANDLE = "process-handle"
    DESCRIPTOR = "descriptor"
    VARIABLE_SET = "variable-set"
    DRAWN = "drawn"
    SET_LOCALE = "set-locale"
    UMASK = "umask"
    SIGNAL_STACK = "signal-stack"
    SIGNAL_MASK = "signal-mask"
    LIMITS_SET = "limits-set"
    TIMER = "timer"
    PROCESSORS_SET = "processors-set"
    PRIORITY = "priority"
    SESSION = "session"
    PROCESS_CONTROL = "process-control"
    LIBRARY_STATE = "library-state"
    SYSTEM_LOG = "system-log"
    SYSTEM_CALL = "system-call"
    SYSTEM_LIBRARY = "system-library"
    FINDER = "finder"
    TOO_MANY_CALLS = "too-many-calls"
    C_LIBRARY = "c-library"
    CODESET = "codeset"
    AUXILIARY = "auxiliary"
    PROCESSOR = "processor"
    OBJECT = "object"
    LOCALE = "locale"
    ORDERED = "ordered"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Kind:
    """The meaning of notes of one kind.

    `words`: why it is late for that; `{detail}` stands for what it is about.
    `is_varied`: answers differ between recordings, so a module may ask if it keeps no answer.
    `is_varied_by_name`: likewise for some of the names that are asked for (`VARIED_VARIABLES`); guards look at the others.
    `may_keep_bit`: such a module may keep no more than whether something is so, and other answers need not change that. Taking a
    lock asks for the time that a clock has counted, and for the number of the thread; random bytes are asked for to be kept.
    `may_keep_named_bit`: likewise where the note says what it is about: of a standard stream, not of any other file.
    `is_repeatable`: a statement that is run again at each start asks it again.
    `says_nothing`: of the machine. Such are the library that was loaded, and what guards look at: names of locales, prefixes
    of variables. Descriptors and threads matter if they are there in the end, and then there is no recording.
    """

    words: str = ""
    is_varied: bool = False
    is_varied_by_name: bool = False
    may_keep_bit: bool = False
    may_keep_named_bit: bool = False
    is_repeatable: bool = False
    says_nothing: bool = False


KINDS: Mapping[NoteKind, Kind] = {
    NoteKind.CLOCK: Kind("it asks for the time", is_varied=True),
    NoteKind.TIME: Kind("it asks for the time", is_varied=True, may_keep_bit=True, is_repeatable=True),
    NoteKind.PROCESS: Kind("it asks for a process number", is_varied=True, may_keep_bit=True, is_repeatable=True),
    NoteKind.THREAD_NUMBER: Kind("it asks for the number of a thread", is_varied=True),
    NoteKind.USER: Kind("it asks who runs it", is_varied=True, may_keep_bit=True, is_repeatable=True),
    NoteKind.HOST: Kind("it asks for the host's name", is_varied=True, may_keep_bit=True, is_repeatable=True),
    NoteKind.SYSTEM: Kind("it asks for the system's version", is_varied=True, may_keep_bit=True, is_repeatable=True),
    NoteKind.ENTROPY: Kind("it asks for random bytes", is_varied=True, is_repeatable=True),
    NoteKind.PROCESSORS: Kind("it counts processors", is_varied=True, may_keep_bit=True, is_repeatable=True),
    NoteKind.MEMORY: Kind("it asks for the size of memory", is_varied=True, may_keep_bit=True, is_repeatable=True),
    NoteKind.LIMITS: Kind("it asks for limits", is_varied=True, may_keep_bit=True, is_repeatable=True),
    NoteKind.FOLDER: Kind("it asks for the current folder", is_varied=True, may_keep_bit=True, is_repeatable=True),
    NoteKind.TERMINAL: Kind("it asks for a terminal", is_varied=True, may_keep_named_bit=True, is_repeatable=True),
    NoteKind.LOAD: Kind("it asks how busy the machine is", is_varied=True, may_keep_bit=True, is_repeatable=True),
    NoteKind.ARGUMENTS: Kind("it reads `sys.argv`", is_repeatable=True),
    NoteKind.VARIABLE: Kind("it reads the variable `{detail}`", is_varied_by_name=True, is_repeatable=True),
    NoteKind.SYSTEM_NAME: Kind("it asks for the system's version"),
    NoteKind.LOCALE_NAME: Kind("it asks for the locale", is_repeatable=True),
    NoteKind.SIGNAL_ACTION: Kind("it asks for the action of a signal, or sets one", is_repeatable=True),
    NoteKind.VARIABLES: Kind("it looks through all variables of the environment", is_repeatable=True),
    NoteKind.PATH: Kind("it looks for `{detail}`", is_repeatable=True),
    NoteKind.CATALOGUE: Kind("it looks for a translation of `{detail}` in the user's language", is_repeatable=True),
    NoteKind.PATH_CHANGE: Kind("it makes or changes `{detail}`"),
    NoteKind.OUTPUT: Kind("it prints or writes"),
    NoteKind.INPUT: Kind("it reads its standard input"),
    NoteKind.STREAM: Kind("it asks how a standard stream was opened", is_repeatable=True),
    NoteKind.STREAM_CHANGE: Kind("it changes or copies a standard stream"),
    NoteKind.CHILD: Kind("it starts a process"),
    NoteKind.THREAD: Kind("it starts a thread", says_nothing=True),
    NoteKind.SOCKET: Kind("it opens a socket", is_repeatable=True),
    NoteKind.PROCESS_HANDLE: Kind("it opens a process", is_repeatable=True),
    NoteKind.DESCRIPTOR: Kind("it opens a descriptor", says_nothing=True),
    NoteKind.VARIABLE_SET: Kind("it sets a variable without `os.environ`"),
    NoteKind.DRAWN: Kind("it draws random numbers"),
    NoteKind.SET_LOCALE: Kind("it sets the locale"),
    NoteKind.UMASK: Kind("it sets the umask"),
    NoteKind.SIGNAL_STACK: Kind("it sets a stack for signals"),
    NoteKind.SIGNAL_MASK: Kind("it blocks signals"),
    NoteKind.LIMITS_SET: Kind("it sets a limit"),
    NoteKind.TIMER: Kind("it sets a timer"),
    NoteKind.PROCESSORS_SET: Kind("it chooses processors"),
    NoteKind.PRIORITY: Kind("it sets its priority"),
    NoteKind.SESSION: Kind("it makes a session"),
    NoteKind.PROCESS_CONTROL: Kind("it asks the kernel to treat it in another way"),
    NoteKind.LIBRARY_STATE: Kind("it changes what the C library keeps"),
    NoteKind.SYSTEM_LOG: Kind("it opens the system's log"),
    NoteKind.SYSTEM_CALL: Kind("it makes system call {detail}"),
    NoteKind.SYSTEM_LIBRARY: Kind("it loads `{detail}`, whose system calls cannot be stopped here"),
    NoteKind.FINDER: Kind("it puts a finder before the binary's own"),
    NoteKind.TOO_MANY_CALLS: Kind("it registers too many functions"),
    NoteKind.C_LIBRARY: Kind("it asks for the C library's version", is_repeatable=True),
    NoteKind.CODESET: Kind(says_nothing=True),
    NoteKind.AUXILIARY: Kind("it asks the kernel about the machine"),
    NoteKind.PROCESSOR: Kind("it asks what the processor can do"),
    NoteKind.OBJECT: Kind(says_nothing=True),
    NoteKind.LOCALE: Kind(says_nothing=True),
    NoteKind.ORDERED: Kind(says_nothing=True),
    NoteKind.PREFIX: Kind(says_nothing=True),
}

REPEATABLE = frozenset(name for name, kind in KINDS.items() if kind.is_repeatable)
