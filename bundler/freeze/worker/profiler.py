"""Import what the program's start will import, and note which texts and regular expressions get compiled.

Runs in the app's environment. Answers a `ProfileJob` on standard input with `Profiled` on standard output; what imported
code prints goes nowhere. Compiling is a function of its arguments alone, so its results can be made when the
binary is built; which arguments will occur is what only running the imports can tell.
"""

from __future__ import annotations
import __future__

import builtins
import importlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import CodeType, FrameType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # else its own imports, and the texts that they compile, would be there before the program's
    from .schema import Profiled, ProfileJob

_compile, _exec, _eval = builtins.compile, builtins.exec, builtins.eval

# PyCF_MASK (Include/cpython/compile.h): what compiled text inherits from the code that has it compiled.
_INHERITED = 0
for _name in __future__.all_feature_names:
    _INHERITED |= getattr(__future__, _name).compiler_flag

Text = tuple[str, str, int, str]  # mode, file name, inherited flags, text
Pattern = tuple[str | bytes, int]  # pattern, flags


class _Recorder:
    """Stands in for the functions that compile.

    `Any`: these take whatever the real ones take, and leave it to them to refuse it.
    """

    def __init__(self) -> None:
        self.texts: dict[Text, None] = {}
        self.patterns: dict[Pattern, None] = {}

    def install(self) -> None:
        builtins.compile = self.compile
        builtins.exec = self.exec
        builtins.eval = self.eval
        # Whether it was imported before us or not: everybody calls it through its module.
        compiler = importlib.import_module("re._compiler")
        self._compile_pattern: Callable[..., Any] = compiler.compile
        compiler.compile = self.compile_pattern  # type: ignore[attr-defined]

    def _note(self, source: str, filename: str, mode: str, flags: int) -> CodeType:
        """The code of a text, which is noted when it compiles."""
        code: CodeType = _compile(source, filename, mode, flags, dont_inherit=True)
        self.texts[mode, filename, flags, source] = None
        return code

    def compile(self, source: Any, filename: Any, mode: Any, *rest: Any, **options: Any) -> Any:
        flags = sys._getframe(1).f_code.co_flags & _INHERITED  # noqa: SLF001
        if type(source) is type(filename) is str and mode in ("exec", "eval") and not rest and not options:
            return self._note(source, filename, mode, flags)
        if len(rest) < 2 and "dont_inherit" not in options:  # flags, dont_inherit
            # The text would inherit our own flags.
            options["flags"] = (rest[0] if rest else options.get("flags", 0)) | flags
            return _compile(source, filename, mode, dont_inherit=True, **options)
        return _compile(source, filename, mode, *rest, **options)

    def exec(self, source: Any, globals: Any = None, locals: Any = None, /, **options: Any) -> Any:  # noqa: A002
        caller = sys._getframe(1)  # noqa: SLF001
        code = self._code(source, "exec", caller)
        return _exec(code, *_namespaces(caller, globals, locals, options), **options)

    def eval(self, source: Any, globals: Any = None, locals: Any = None, /, **options: Any) -> Any:  # noqa: A002
        caller = sys._getframe(1)  # noqa: SLF001
        code = self._code(source, "eval", caller)
        return _eval(code, *_namespaces(caller, globals, locals, options), **options)

    def _code(self, source: Any, mode: str, caller: FrameType) -> Any:
        if type(source) is not str:
            return source
        flags = caller.f_code.co_flags & _INHERITED
        if mode == "eval" and source.startswith((" ", "\t")):
            # `eval` leaves out what `compile` would not take: the two would have one key.
            return _compile(source.lstrip(" \t"), "<string>", mode, flags, dont_inherit=True)
        return self._note(source, "<string>", mode, flags)

    def compile_pattern(self, pattern: Any, flags: Any = 0) -> Any:
        compiled = self._compile_pattern(pattern, flags)
        if type(pattern) in (str, bytes):
            self.patterns[pattern, int(flags)] = None
        return compiled


def _namespaces(caller: FrameType, variables: Any, names: Any, options: dict[str, Any]) -> tuple[Any, Any]:
    """The namespaces that `exec` and `eval` use when they are called with these."""
    variables = options.pop("globals", variables)
    names = options.pop("locals", names)
    if variables is not None:
        return variables, names
    return caller.f_globals, caller.f_locals if names is None else names


def _answer(recorder: _Recorder) -> str:
    patterns = [
        # bytes as text, one character each
        (type(pattern).__name__, pattern if isinstance(pattern, str) else pattern.decode("latin-1"), flags)
        for pattern, flags in recorder.patterns
    ]
    profiled: Profiled = {"texts": list(recorder.texts), "patterns": patterns, "order": list(sys.modules)}
    return json.dumps(profiled)


def _profile(job: ProfileJob, write: Callable[[str], None]) -> None:
    recorder = _Recorder()

    def finish() -> None:
        write(_answer(recorder))
        # Threads and functions for the end that modules left behind are no business of ours.
        os._exit(0)

    # The watchdog is a thread, which compiled code that keeps the interpreter's lock does not let run.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, job["seconds"] + job["grace"])
    watchdog = threading.Timer(job["seconds"], finish)
    watchdog.daemon = True
    watchdog.start()
    sys.path[:] = job["path"]
    sys.argv = ["profile"]
    recorder.install()
    for name in job["modules"]:
        try:
            importlib.import_module(name)
        except BaseException:  # noqa: BLE001, S112  # whatever it raises, SystemExit included, is its own business
            continue
    finish()


def main() -> None:
    """Serve one job."""
    job: ProfileJob = json.loads(sys.stdin.read())
    out = os.dup(1)
    sink = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(sink, stream)

    def write(answer: str) -> None:
        with os.fdopen(out, "w") as file:
            file.write(answer)

    # As in the binary, a module named `__main__` is there.
    sys.modules["__main__"] = ModuleType("__main__")
    _profile(job, write)
