"""Does with code objects what debuggers, profilers and other tools do; prints what they see.

The results must not depend on whether the code objects are static.
"""

from __future__ import annotations

import bdb
import dis
import gc
import io
import marshal
import os
import pdb  # noqa: T100  # it is under test
import pickle
import re
import sys
import threading
import types
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import subject  # type: ignore[import-not-found]  # is made by the test

try:
    import _interpreters as interpreters  # type: ignore[import-not-found]  # since 3.13
except ImportError:
    import _xxsubinterpreters as interpreters  # type: ignore[import-not-found]

CODE: types.CodeType = subject.compute.__code__


def every(code: types.CodeType) -> Iterator[types.CodeType]:
    """A code object and all that are inside."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from every(constant)


def attributes() -> Any:
    names = [
        name for name in dir(CODE) if name.startswith("co_") and name not in ("co_consts", "co_filename", "co_lnotab")
    ]
    found = {name: getattr(CODE, name) for name in names}
    return {name: list(value()) if callable(value) else value for name, value in found.items()}


def disassembly() -> Any:
    out = io.StringIO()
    dis.dis(CODE, file=out)
    return [line.split("<code object")[0] for line in out.getvalue().splitlines()]


def equality() -> Any:
    same = marshal.loads(marshal.dumps(CODE))
    other = CODE.replace(co_firstlineno=CODE.co_firstlineno + 1)
    return same == CODE, hash(same) == hash(CODE), other == CODE, CODE.replace() == CODE, {CODE: 1}.get(same)


def copies() -> Any:
    """A changed copy of static code is code like any other."""
    code = subject.twice.__code__
    renamed = code.replace(co_name="renamed")
    unmarshalled = marshal.loads(marshal.dumps(code))
    return [(types.FunctionType(each, vars(subject))(5), each.co_name) for each in (code, renamed, unmarshalled)]


def exchanged() -> Any:
    """A function can be given other code, and its own back."""
    function = subject.simple
    before, found = function.__code__, [function(1)]
    function.__code__ = (lambda x: x * 100).__code__
    found.append(function(1))
    function.__code__ = before
    return [*found, function(1)]


def referenced() -> Any:
    """Weak references to static code live as long as the program."""
    references = [weakref.ref(code) for code in every(CODE)]
    gc.collect()
    return len(references), all(reference() is not None for reference in references), weakref.getweakrefcount(CODE)


def traced() -> Any:
    """Tracing sees every line and call."""
    events: list[tuple[str, str, int]] = []

    def trace(frame: types.FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename.endswith("subject.py"):
            events.append((event, frame.f_code.co_name, frame.f_lineno))
            frame.f_trace_opcodes = frame.f_code.co_name == "simple"
            return trace
        return None

    sys.settrace(trace)
    subject.compute(3)
    subject.simple(2)
    list(subject.generate(2))
    sys.settrace(None)
    return events


def profiled() -> Any:
    events: list[tuple[str, str]] = []
    sys.setprofile(lambda frame, event, argument: events.append((event, frame.f_code.co_name)))
    subject.compute(3)
    sys.setprofile(None)
    return events


def monitored() -> Any:
    """The events of PEP 669, for one code object and for all; nothing before 3.12."""
    monitoring: Any = getattr(sys, "monitoring", None)
    if monitoring is None:
        return None
    found: list[tuple[object, ...]] = []
    events = monitoring.events
    monitoring.use_tool_id(3, "test")
    monitoring.register_callback(3, events.LINE, lambda code, line: found.append((code.co_name, line)))
    monitoring.register_callback(3, events.INSTRUCTION, lambda code, offset: found.append((code.co_name, offset)))
    monitoring.register_callback(3, events.BRANCH, lambda code, *offsets: found.append((code.co_name, *offsets)))
    monitoring.set_local_events(3, CODE, events.LINE | events.BRANCH)
    monitoring.set_local_events(3, subject.simple.__code__, events.INSTRUCTION)
    subject.compute(2)
    subject.simple(1)
    monitoring.set_local_events(3, CODE, 0)
    monitoring.set_events(3, events.LINE)
    list(subject.generate(2))
    monitoring.set_events(3, 0)
    monitoring.free_tool_id(3)
    return [each for each in found if each[0] in ("compute", "simple", "generate", "inner")]


def warm() -> Any:
    """Code that runs often is rewritten while it runs; results stay the same, for any types."""
    values: list[Any] = [1, 2.5, True, "x", b"x", (1,), 1 << 70]
    found = []
    for _ in range(3):
        found += [[subject.twice(value) for _ in range(300)][-1] for value in values]
    for kind in (subject.Point, subject.Other, subject.Point):
        point = kind(1, 2)
        found.append([point.total() for _ in range(300)][-1])
    subject.Point.total = lambda self: "changed"
    return [*found, subject.Point(1, 2).total(), subject.compute(50)]


def specialised_and_copied() -> Any:
    """Bytecode that was rewritten looks as it was compiled."""
    before = CODE.co_code
    for _ in range(1000):
        subject.compute(3)
    return (
        CODE.co_code == before,
        marshal.loads(marshal.dumps(CODE)).co_code == before,
        CODE.replace().co_code == before,
    )


def errors() -> Any:
    """Positions in tracebacks are exact."""
    try:
        subject.fail({"a": {}})
    except KeyError as error:
        entry = error.__traceback__
        while entry and entry.tb_next:
            entry = entry.tb_next
        assert entry is not None
        positions = list(entry.tb_frame.f_code.co_positions())[entry.tb_lasti // 2]
        return entry.tb_lineno, positions


def recursion() -> Any:
    try:
        subject.forever(0)
    except RecursionError as error:
        return str(error)[:40]


def suspended() -> Any:
    """A generator that is still suspended when the program ends."""
    kept.append(subject.generate(10))
    return next(kept[0]), next(kept[0])


kept: list[Any] = []


def pickled() -> Any:
    """Functions are pickled by name; code itself is refused as in Python."""
    function = pickle.loads(pickle.dumps(subject.compute))
    try:
        pickle.dumps(CODE)
    except TypeError as error:
        return function is subject.compute, str(error)


def threaded() -> Any:
    """Many threads run the same new function at once, which rewrites its code."""
    ready = threading.Barrier(8)
    found: list[int] = []

    def work() -> None:
        ready.wait()
        found.append(sum(subject.shared(i, i + 0.5) for i in range(3_000)))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def forked() -> Any:
    """A child process runs, and rewrites, its own copy of the code."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writing, str(sum(subject.child(i) for i in range(1_000))).encode())
        finally:
            os._exit(0)
    os.close(writing)
    status = os.waitpid(child, 0)[1]
    return status, os.read(reading, 100), subject.child(2.5), subject.child("x")


def collected() -> Any:
    """The garbage collector sees no static object, frozen or not."""
    gc.freeze()
    gc.collect()
    seen = [each for each in gc.get_objects() if isinstance(each, types.CodeType)]
    static = any(each is CODE.co_consts for each in gc.get_objects())
    gc.unfreeze()
    return seen, static, gc.is_tracked(CODE), gc.collect() >= 0


def stopped() -> Any:
    """Breakpoints of pdb, by line and by function, with the source at hand."""
    commands = (
        f"break {subject.__file__}:12\nbreak subject.simple\ncontinue\nargs\nwhere\ncontinue\np x\nlist\nstep\nquit\n"
    )
    out = io.StringIO()
    debugger = pdb.Pdb(stdin=io.StringIO(commands), stdout=out, readrc=False, nosigint=True)
    debugger.use_rawinput = False
    try:
        debugger.runcall(lambda: (subject.compute(2), subject.simple(5)))
    except bdb.BdbQuit:
        out.write("quit")
    return [line for line in out.getvalue().splitlines() if not re.search("program.py|lambda|bdb.py|func[(]", line)]


def interpreted() -> Any:
    """Other interpreters run the same modules, while this one does, and leave nothing behind when they end."""
    before = subject.compute(4), CODE.co_code, CODE.co_varnames
    reading, writing = os.pipe()
    for _ in range(3):
        interpreter = interpreters.create()
        code = f"""if True:
            import os, sys
            sys.path.insert(0, {str(Path(subject.__file__).parent)!r})
            import subject
            found = subject.compute(4), subject.twice(2.5), subject.Other(1, 2).total(), list(subject.generate(2))
            found += len(subject.compute.__code__.co_code), subject.compute.__code__.co_varnames
            os.write({writing}, repr(found).encode())
        """
        interpreters.run_string(interpreter, code)
        interpreters.destroy(interpreter)
    gc.collect()
    os.close(writing)
    after = subject.compute(4), CODE.co_code, CODE.co_varnames
    return os.read(reading, 10_000), before == after


def main() -> None:
    """Run everything, and show what it gives."""
    cases: list[Callable[[], Any]] = [
        *(attributes, disassembly, equality, copies, exchanged, referenced, traced, profiled, monitored, warm),
        *(specialised_and_copied, errors, recursion, suspended, pickled, forked, threaded, collected, stopped),
        interpreted,
    ]
    for case in cases:
        print(case.__name__, ascii(case()), flush=True)
    gc.collect()


if __name__ == "__main__":
    main()
