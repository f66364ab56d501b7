"""A start from a snapshot cannot be told from a usual one, nor from Python's. Each test asserts that it was one."""

from __future__ import annotations

import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sysconfig
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bundler.contract import bundle_ffi
from bundler.elf import read_executable
from bundler.link.script import SNAPSHOT_SECTION
from tests.snapshot.conftest import Recorded, told
from tests.support import APPS, EXAMPLES, inspect, run, share_cache

COMMANDS = ("facts", "threads", "processes", "memory", "ends", "fails", "interrupted")


@pytest.mark.parametrize("command", COMMANDS)
def test_behaviour(library: Recorded, command: str):
    """Streams, threads, children, garbage, ends of all kinds are Python's."""
    library.check_same(command, "--an", "argument")


@pytest.mark.parametrize("command", ["listed", "counted", "changed", "died", "unloaded", "left_alone"])
def test_collection(recorded: Callable[[Path], Recorded], command: str):
    """The collector knows recorded objects, references to them are counted, and they die when nobody refers to them."""
    recorded(APPS / "snapshot" / "collection.py").check_same(command)


@pytest.mark.one_python
@pytest.mark.proof
def test_touched_pages(recorded: Callable[[Path], Recorded]):
    """What each start touches lies together: of the recorded memory, it makes few pages its own."""
    done = recorded(APPS / "snapshot" / "pages.py").start()
    assert told(done) == "restored"
    assert int(done.stdout.split()[0]) <= 60


@pytest.mark.one_python
def test_examples(recorded: Callable[[Path], Recorded]):
    """The examples of the documentation start from a snapshot."""
    recorded(EXAMPLES / "hello" / "hello.py").check_same()
    greet = recorded(EXAMPLES / "greet" / "greet.py")
    greet.check_same("--help")
    greet.check_same()


ENVIRONMENTS = {
    "nothing": {},
    "cron": {"HOME": "/root", "LOGNAME": "root", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"},
    "C": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    "POSIX": {"PATH": "/usr/bin:/bin", "LANG": "POSIX"},
    "UTF-8": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm", "COLUMNS": "77", "CI": "true"},
    "zone": {"PATH": "/usr/bin:/bin", "TZ": "Asia/Tokyo", "LANG": "C.UTF-8"},
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environments(library: Recorded, name: str):
    """What everybody's environment has makes no start a usual one: shells, cron jobs, services, containers."""
    library.check_same("facts", whole={"PATH": "/usr/bin:/bin", **ENVIRONMENTS[name]})


def test_language(library: Recorded):
    """In the locale of a language the streams are as strict as the version has it."""
    done = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True)
    found = [name for name in done.stdout.split() if re.fullmatch(r"[a-z]+_[A-Z]+\.utf-?8", name, re.IGNORECASE)]
    if not found:
        pytest.skip("there is no locale of a language on this machine")
    library.check_same("facts", whole={"PATH": "/usr/bin:/bin", "LC_ALL": found[0]})


def test_standard_streams(library: Recorded):
    """Pipes, files and the null device are what they are in Python; input is read."""
    command = shlex.join([str(library.binary), "facts"])
    for redirected in ("< /dev/null > /dev/null", "<&0 | cat", "2> /dev/null"):
        done = run(["sh", "-c", f"{command} {redirected}"], environment=library.environment({}))
        original = shlex.join([*map(str, library.program.original), "facts"])
        expected = run(["sh", "-c", f"{original} {redirected}"], environment=library.environment({}))
        library.program.compare(done, expected)


def test_ignored_signals(library: Recorded):
    """What is ignored when the process starts stays ignored."""
    for name in ("INT", "HUP", "TERM"):
        shell = f'trap "" {name}; exec "$@"'
        found = run(["sh", "-c", shell, "-", library.binary, "facts"], environment=library.environment({}))
        expected = run(
            ["sh", "-c", shell, "-", *library.program.original, "facts"], environment=library.environment({})
        )
        library.program.compare(found, expected)


@pytest.mark.one_python
def test_input_is_read_at_import(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """A module that reads standard input while it is imported reads that of each start."""
    folder = tmp_path_factory.mktemp("reads")
    (folder / "reads.py").write_text("import sys\nLINE = sys.stdin.readline()\n")
    (folder / "main.py").write_text("import json\nimport reads\nprint(json.dumps(reads.LINE))\n")
    program = recorded(folder / "main.py")
    program.check_same(stdin=b"the first line\nanother\n")
    assert inspect(program.binary)["snapshot"]["late"] == {"reads": "it reads its standard input"}


@pytest.mark.one_python
def test_data_is_read_at_import(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """A module that reads a file of its own while it is imported asks the machine for nothing."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "shop").mkdir()
    (folder / "shop" / "prices.txt").write_text("7\n" * 2000)
    lines = ["from pathlib import Path", 'PRICES = (Path(__file__).parent / "prices.txt").read_text().split()']
    (folder / "shop" / "__init__.py").write_text("\n".join((*lines, "")))
    (folder / "main.py").write_text("import shop\nprint(len(shop.PRICES))\n")
    program = recorded(folder / "main.py")
    program.check_same()
    assert inspect(program.binary)["snapshot"]["late"].keys() <= {"__main__"}


@pytest.mark.one_python
def test_empty_variables(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """A variable that a module asked for is guarded when it is empty, too: to be there can mean something."""
    folder = tmp_path_factory.mktemp("asks")
    (folder / "asks.py").write_text("import os\nPLAIN = 'NO_COLOR' in os.environ\n")
    (folder / "main.py").write_text("import asks\nprint(asks.PLAIN)\n")
    program = recorded(folder / "main.py")
    program.check_same()
    assert told(program.start(NO_COLOR="")) == "NO_COLOR"
    program.program.check_same(environment=program.environment({"NO_COLOR": ""}))


GUARDED = {
    "PYTHONHASHSEED": "7",
    "PYTHONTRACEMALLOC": "1",
    "PYTHONWARNINGS": "error",
}


@pytest.mark.parametrize("name", GUARDED)
def test_guards(library: Recorded, name: str):
    """A variable that makes the interpreter another makes the start a usual one, which says so when it is asked."""
    done = library.start("facts", **{name: GUARDED[name]})
    assert told(done) == name
    library.program.check_same("facts", environment=library.environment({name: GUARDED[name]}))


@pytest.mark.parametrize("command", ["facts", "ends", "fails"])
def test_switches(library: Recorded, command: str):
    """PYTHONUNBUFFERED and PYTHONFAULTHANDLER, which container images set, hold in a restored start."""
    library.check_same(command, PYTHONUNBUFFERED="1", PYTHONFAULTHANDLER="1")


def test_switched_off(library: Recorded):
    """BUNDLE_SNAPSHOT=no asks for a usual start."""
    assert told(library.start("facts", BUNDLE_SNAPSHOT="no")) == "BUNDLE_SNAPSHOT=no"


def test_closed_streams(library: Recorded):
    """Without a standard stream the start is a usual one, and does what Python does."""
    for stream in ("<&-", ">&-", "2>&-"):
        script = f'exec "$@" {stream}'
        found = run(["sh", "-c", script, "-", library.binary, "memory"], environment=library.environment({}))
        expected = run(
            ["sh", "-c", script, "-", *library.program.original, "memory"], environment=library.environment({})
        )
        library.program.compare(found, expected)


def test_nothing_is_twice(library: Recorded):
    """Random numbers, keys and names of temporary files differ between starts, with equal process numbers too."""
    alone: list[str] = ["unshare", "--pid", "--fork"] if os.geteuid() == 0 and shutil.which("unshare") else []
    environment = library.environment({})
    command: list[str | bytes | Path] = [*alone, library.binary, "chance"]
    outputs = [run(command, environment=environment).stdout.split() for _ in range(3)]
    assert all(len(words) == len(outputs[0]) >= 7 for words in outputs)
    for words in zip(*outputs, strict=True):
        assert len(set(words)) == len(outputs), words


@pytest.mark.one_python
def test_generators_of_openssl(recorded: Callable[[Path], Recorded]):
    """A module may make a context for TLS and draw bytes: OpenSSL's generators are seeded anew, with equal process numbers too."""
    program = recorded(APPS / "snapshot" / "tls" / "tls.py")
    assert inspect(program.binary)["snapshot"]["late"] == {}
    alone: list[str] = ["unshare", "--pid", "--fork"] if os.geteuid() == 0 and shutil.which("unshare") else []
    environment = program.environment({"BUNDLE_TRACE": "snapshot"})
    starts = [run([*alone, program.binary], environment=environment) for _ in range(3)]
    assert [told(each) for each in starts] == ["restored"] * 3
    drawn, same = zip(*(each.stdout.split() for each in starts), strict=True)
    assert len(set(drawn)) == 3
    assert set(same) == {b"True"}


def test_generators(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """Generators of modules are seeded at each start; one with a seed of its own goes on where it was."""
    folder = tmp_path_factory.mktemp("generators")
    lines = [
        "import random, time",
        "own, fixed, system = random.Random(), random.Random(7), random.SystemRandom()",
        "FIRST = fixed.random()",
        "def draw(source=random.Random(time.time())):",
        "    return source.random()",
    ]
    (folder / "keeping.py").write_text("\n".join((*lines, "")))
    values = "random.random(), keeping.own.random(), keeping.draw(), keeping.system.random()"
    (folder / "main.py").write_text(f"import random\nimport keeping\nprint({values})\nprint(keeping.fixed.random())\n")
    program = recorded(folder / "main.py")
    assert "keeping" in inspect(program.binary)["snapshot"]["modules"]
    starts = [program.start() for _ in range(3)]
    assert [told(each) for each in starts] == ["restored"] * 3
    drawn, fixed = zip(*(each.stdout.decode().splitlines() for each in starts), strict=True)
    assert len({number for line in drawn for number in line.split()}) == 12
    usual = random.Random(7)
    assert set(fixed) == {repr([usual.random(), usual.random()][1])}


def test_modules_are_modules(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """The type of modules, and types made of it while modules are imported, are those of a usual start."""
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "kinds.py").write_text(
        "import sys, types\nclass Lazy(types.ModuleType): pass\nKIND = type(sys)\nMADE = Lazy('made')\n"
    )
    checks = ("kinds.KIND is types.ModuleType is type(time)", "inspect.ismodule(os)", "inspect.ismodule(kinds.MADE)")
    mro = "[each.__name__ for each in kinds.Lazy.__mro__]"
    (folder / "main.py").write_text(
        f"import inspect, kinds, os, time, types\nprint({', '.join(checks)}, {mro}, type(os.environ._data), type(inspect.sys.argv))\n"
    )
    program = recorded(folder / "main.py")
    assert "kinds" in inspect(program.binary)["snapshot"]["modules"]
    assert program.check_same().stdout.startswith(b"True True True")


@pytest.mark.one_python
def test_many_at_once(library: Recorded):
    """Starts side by side do not meet."""
    environment = library.environment({})
    started = [subprocess.Popen([library.binary, "memory"], stdout=subprocess.PIPE, env=environment) for _ in range(40)]
    outputs = {process.communicate()[0] for process in started}
    assert len(outputs) == 1
    assert not any(process.returncode for process in started)


@pytest.mark.one_python
@pytest.mark.parametrize("tool", [["strip"], ["objcopy", "-S"]], ids=["strip", "objcopy"])
def test_survives_tools(library: Recorded, tmp_path: Path, tool: list[str]):
    """The snapshot is a part of the executable that tools keep."""
    if shutil.which(tool[0]) is None:
        pytest.skip(f"`{tool[0]}` is not installed")
    copy = tmp_path / library.binary.name
    shutil.copy(library.binary, copy)
    subprocess.run([*tool, copy], check=True)
    done = run([copy, "memory"], environment=library.environment({"BUNDLE_TRACE": "snapshot"}))
    assert told(done) == "restored"
    assert done.stdout == library.start("memory").stdout


def test_traced_imports(library: Recorded):
    """A start whose imports are timed makes them all, and so is a usual one; both words of BUNDLE_TRACE hold."""
    done = run([library.binary, "memory"], environment=library.environment({"BUNDLE_TRACE": "imports,snapshot"}))

    assert told(done) == "BUNDLE_TRACE=imports"
    assert b" | argparse\n" in done.stderr
    assert done.stdout == library.start("memory").stdout


@pytest.mark.one_python
def test_file_is_gone(recorded: Callable[[Path], Recorded], tmp_path: Path):
    """A binary that deletes itself while it runs goes on: it touches recorded memory, and imports modules for the first time."""
    source = tmp_path / "main.py"
    source.write_text(
        "import email.message, json, os, sys\n"
        "os.unlink(sys.argv[1])\n"
        "import colorsys, wave\n"
        "print(os.path.exists(sys.argv[1]), json.dumps({'a': [1.5]}), email.message.Message().items(), wave.Error, colorsys)\n"
    )
    program = recorded(source)
    copy = tmp_path / "copy"
    shutil.copy(program.binary, copy)
    modules = inspect(copy)["snapshot"]["modules"]
    assert "json" in modules
    assert "colorsys" not in modules

    done = run([copy, copy], environment=program.environment({"BUNDLE_TRACE": "snapshot"}))

    assert (told(done), done.status) == ("restored", 0)
    assert done.stdout.startswith(b"False {\"a\": [1.5]} [] <class 'wave.Error'> <module 'colorsys'")
    assert not copy.exists()


@pytest.mark.one_python
def test_file_that_cannot_be_read(library: Recorded, tmp_path: Path):
    """A binary whose file may be executed but not read starts the usual way."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root with `setpriv` becomes a user who may not read the file")
    copy = tmp_path / library.binary.name
    shutil.copy(library.binary, copy)
    copy.chmod(0o111)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    command: list[str | bytes | Path] = ["setpriv", "--reuid", "65534", "--clear-groups", copy, "memory"]

    done = run(command, environment=library.environment({"BUNDLE_TRACE": "snapshot"}))

    assert told(done) == "the executable's file"
    assert done.stdout == library.start("memory").stdout


@pytest.mark.one_python
@pytest.mark.parametrize("command", ["threads", "processes", "ends"])
def test_other_conditions(library: Recorded, tmp_path: Path, command: str):
    """With a C library that lays out conditions of threads in another way, those of the program are made anew.

    Here the layout is the same: the snapshot says that it was another, and holds conditions that nobody could use.
    """
    copy = tmp_path / library.binary.name
    shutil.copy(library.binary, copy)
    spoil_conditions(copy)
    changed = replace(library, program=replace(library.program, binary=copy))
    changed.check_same(command)


def spoil_conditions(binary: Path) -> None:
    """Change what a snapshot holds of conditions, and of the C library's own way to lay them out."""
    ffi = bundle_ffi()
    section = read_executable(binary, with_symbols=False).sections[SNAPSHOT_SECTION]
    content = bytearray(binary.read_bytes())

    def place(pointer: Any) -> int:
        return section.offset + int(ffi.cast("uintptr_t", pointer)) - section.address

    def rows(kind: str, pointer: Any, count: int) -> Any:
        return ffi.from_buffer(
            f"struct {kind}[]", memoryview(content)[place(pointer) :][: count * ffi.sizeof(f"struct {kind}")]
        )

    head = ffi.from_buffer("struct bundle_snapshot[]", memoryview(content)[section.offset :])
    snapshot = head[0]
    conditions = [row.address for row in rows("bundle_condition", snapshot.conditions, snapshot.condition_count)]
    assert len(conditions) >= 2, "the interpreter's own"
    stored = [
        (each.address, each.size, place(each.content))
        for kind, pointer, count in (
            ("bundle_run", snapshot.runs, snapshot.run_count),
            ("bundle_copy", snapshot.copies, snapshot.copy_count),
        )
        for each in rows(kind, pointer, count)
    ]
    places = [
        at + address - start for address in conditions for start, size, at in stored if start <= address < start + size
    ]
    assert len(places) == len(conditions)
    for at in (place(snapshot.condition), *places):
        content[at : at + _CONDITION] = b"\xff" * _CONDITION
    binary.write_bytes(content)


# The size of pthread_cond_t on 64-bit machines (sysdeps/nptl/bits/thread-shared-types.h).
_CONDITION = 48


# Takes keys before the program does, and says at the end whether anybody has given them values.
_TAKING = """
#include <pthread.h>
#include <stdio.h>
static pthread_key_t keys[KEYS];
__attribute__((constructor)) static void take(void)
{
    for (int i = 0; i < KEYS; i++) {
        pthread_key_create(&keys[i], NULL);
    }
}
__attribute__((destructor)) static void tell(void)
{
    for (int i = 0; i < KEYS; i++) {
        if (pthread_getspecific(keys[i])) {
            fprintf(stderr, "taken\\n");
        }
    }
}
"""


@pytest.mark.one_python
def test_keys_of_others(library: Recorded, tmp_path: Path):
    """A library of the system may take keys for values of threads first, as those of older systems do."""
    source, taking = tmp_path / "taking.c", tmp_path / "taking.so"
    source.write_text(_TAKING)
    for keys, expected in ((1, "restored"), (3, "restored"), (9, "keys of threads")):
        subprocess.run(["cc", "-shared", "-fPIC", f"-DKEYS={keys}", source, "-o", taking], check=True)
        done = library.start("threads", LD_PRELOAD=str(taking))
        assert told(done) == expected
        assert b"taken" not in done.stderr
        assert done.stdout == library.start("threads").stdout


@pytest.mark.one_python
def test_core_dump(library: Recorded, tmp_path: Path):
    """The kernel's dump of a restored process has its frames, and objects that were recorded."""
    if shutil.which("gdb") is None:
        pytest.skip("there is no gdb")
    if Path("/proc/sys/kernel/core_pattern").read_text() != "core\n":
        pytest.skip("dumps of memory do not go to the current folder")
    environment = library.environment({"BUNDLE_TRACE": "snapshot"})
    with_dump = ("sh", "-c", 'ulimit -c unlimited && exec "$@"', "sh")
    done = run([*with_dump, library.binary, "dumps"], environment=environment, cwd=tmp_path)
    assert told(done) == "restored"
    assert done.status == -signal.SIGABRT
    function = done.stdout.decode().strip()

    dump = next(tmp_path.glob("core*"))
    shown = ("bt", f"x/2ga {function}")
    options = ("-nx", "-batch", "-ex", "set debuginfod enabled off", *(f"-ex={each}" for each in shown))
    text = run(["gdb", *options, library.binary, dump]).stdout.decode()

    names = re.findall(r"^#\d+ .* in (\S+) \(", text, re.MULTILINE)
    assert "os_abort" in names, text
    assert names[-1] == "main", text
    assert re.search(rf"^{function}:?.* <PyFunction_Type>$", text, re.MULTILINE), text


@pytest.mark.one_python
def test_addresses_are_not_random(library: Recorded, tmp_path: Path):
    """Where no two processes differ, recordings prove nothing: there is no snapshot, and the build says why."""
    if shutil.which("setarch") is None:
        pytest.skip("`setarch` is not installed")
    command = Path(sysconfig.get_path("scripts"), "bundle")
    python = library.program.interpreter.python
    source = EXAMPLES / "hello" / "hello.py"
    share_cache(tmp_path / "cache", without=["snapshot"])
    options = ("--snapshot", "auto", "--cache-dir", tmp_path / "cache")
    done = run(["setarch", "-R", command, source, "--python", python, "-o", tmp_path / "hello", *options])
    assert done.status == 0
    assert b"snapshot: none, for this machine puts every process at the same addresses" in done.stderr
    assert told(run([tmp_path / "hello"], environment=library.environment({"BUNDLE_TRACE": "snapshot"}))) == "none"


@pytest.mark.one_python
def test_inspected(library: Recorded, recorded: Callable[[Path], Recorded]):
    """`bundle inspect` tells what is recorded, what is not and why, and what is guarded."""
    found = inspect(library.binary)["snapshot"]
    assert {"argparse", "asyncio", "sqlite3"} <= set(found["modules"])
    assert found["late"] == {}
    assert "PYTHONHASHSEED" in found["guards"]
    late = inspect(recorded(APPS / "hostile" / "hostile.py").binary)["snapshot"]["late"]
    assert {
        "prints",
        "warns",
        "makes_folder",
        "sets_locale",
        "sets_umask",
        "blocks_signal",
        "reads_arguments",
    } <= late.keys()
    assert {"starts_process", "opens_log", "sets_limit"} <= late.keys()
    assert late["prints"] == "it prints or writes"


@pytest.mark.one_python
@pytest.mark.proof
def test_builds_are_equal(library: Recorded, build: Callable[..., Path], tmp_path: Path):
    """The same program gives the same bytes again, when it is recorded again and with what the cache has kept of that."""
    share_cache(tmp_path, without=["snapshot"])
    for name in ("recorded", "kept"):
        options = ("--snapshot", "require", "--quiet", "--cache-dir", str(tmp_path))
        again = build(f"{name}/library.py", library.program.source, *options)
        assert again.read_bytes() == library.binary.read_bytes()
    assert (tmp_path / "snapshot").is_dir()


@pytest.mark.one_python
def test_hostile_modules(recorded: Callable[[Path], Recorded]):
    """Whatever modules do at once is done at each start, and not when the program is built."""
    hostile = recorded(APPS / "hostile" / "hostile.py")
    starts: list[tuple[list[str], dict[str, str], str]] = [
        ([], {}, "restored"),
        (["--debug"], {"HOME": "/tmp"}, "restored"),
        (["--debug"], {"HOSTILE_A": "1", "HOME": "/tmp"}, "HOSTILE_*"),  # a module looks for all with this prefix
    ]
    for arguments, variables, what in starts:
        done = hostile.start(*arguments, **variables)
        assert told(done) == what
        environment = hostile.environment(variables)
        expected = run([*hostile.program.original, *arguments], environment=environment)
        found = run([hostile.binary, *arguments], environment=environment)
        without_chance = [
            re.sub(r"^\[0\..*\n", "", hostile.program.normalise(each.stderr), flags=re.MULTILINE)
            for each in (found, expected)
        ]
        assert without_chance[0] == without_chance[1]
        assert hostile.program.normalise(found.stdout) == hostile.program.normalise(expected.stdout)
