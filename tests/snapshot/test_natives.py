"""What native libraries keep of the machine when they are loaded is right in a restored start, or they are loaded at each start."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.snapshot.conftest import Recorded, told
from tests.support import Interpreter, inspect, run

SOURCES = Path(__file__).parent / "natives"

Extension = Callable[..., Path]


@pytest.fixture
def extension(interpreter: Interpreter) -> Extension:
    """`extension(FOLDER, SOURCE, NAME, *OPTIONS)` compiles a module of ours."""
    show = "import sysconfig; print(sysconfig.get_path('include'), sysconfig.get_config_var('EXT_SUFFIX'))"
    include, suffix = run([interpreter.python, "-c", show]).stdout.decode().split()

    def extension(folder: Path, source: str, name: str, *options: str) -> Path:
        path = folder / f"{name}{suffix}"
        common = ("-shared", "-fPIC", "-O1", f"-I{include}", SOURCES / source, "-o", path)
        subprocess.run(["cc", *common, *options], check=True)
        return path

    return extension


def _pooled(extension: Extension, folder: Path, at_import: str = "", *options: str) -> None:
    """A module and the library that it needs, whose constructor starts threads."""
    library = folder / "libpool.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", *options, SOURCES / "pool.c", "-o", library], check=True)
    with_import = (f"-DAT_IMPORT={at_import}",) if at_import else ()
    extension(folder, "pooled.c", "pooled", *with_import, f"-L{folder}", "-lpool", "-Wl,-rpath,$ORIGIN")


_USE = """
import json
import pooled
import os, warnings
warnings.simplefilter("ignore")
print(pooled.use(), len(os.listdir("/proc/self/task")), flush=True)
child = os.fork()
if child == 0:
    print("child", pooled.use(), len(os.listdir("/proc/self/task")), flush=True)
    os._exit(0)
os.waitpid(child, 0)
print(pooled.use())
"""


@pytest.mark.one_python
def test_constructed_anew(
    recorded: Callable[[Path], Recorded], extension: Extension, tmp_path_factory: pytest.TempPathFactory
):
    """A library whose constructor counts processors and starts threads does so at each start, though the module that needs it is
    restored.
    """
    folder = tmp_path_factory.mktemp("pooled")
    _pooled(extension, folder)
    (folder / "main.py").write_text(_USE)
    program = recorded(folder / "main.py")
    snapshot = inspect(program.binary)["snapshot"]
    assert "pooled" in snapshot["modules"]
    assert snapshot["fresh"] == ["/__bundle__/libpool.so"]
    done = program.check_same()
    assert done.stdout.startswith(f"({len(os.sched_getaffinity(0))}, 36, 0)".encode())
    one = ["taskset", "-c", str(min(os.sched_getaffinity(0)))]
    environment = program.environment({"BUNDLE_TRACE": "snapshot"})
    done = run([*one, program.binary], environment=environment)
    assert told(done) == "restored"
    assert done.stdout == run([*one, *program.program.original], environment=environment).stdout
    assert done.stdout.startswith(b"(1, 36, 0) 2\n")
    assert told(program.start(POOL_SIZE="3")) == "POOL_SIZE"


@pytest.mark.one_python
@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.proof
def test_environment_of_constructors(
    recorded: Callable[[Path], Recorded],
    extension: Extension,
    tmp_path_factory: pytest.TempPathFactory,
    *,
    is_before: bool,
):
    """Constructors find what the program has made of the environment before; if it changes that later, the library is loaded then."""
    folder = tmp_path_factory.mktemp("pooled")
    _pooled(extension, folder)
    lines = ["import os", 'os.environ["POOL_SIZE"] = "3"', "import pooled"]
    (folder / "choosing.py").write_text("\n".join(lines if is_before else [lines[0], *reversed(lines[1:])]) + "\n")
    (folder / "main.py").write_text("import choosing\nimport pooled\nprint(pooled.use())\n")
    program = recorded(folder / "main.py")
    assert ("pooled" in inspect(program.binary)["snapshot"]["late"]) is not is_before
    assert program.check_same().stdout.startswith(b"(3," if is_before else b"(")


# What the module does when it is imported, options of the library, and why the module is late.
SPOILED = {
    "changed": ("pool_scale(2)", (), "`libpool.so`: what it made when it was loaded is changed later"),
    "used": ("kept = pool_count()", (), "it keeps an answer"),
    "environment": ("", ("-DTELL",), "`libpool.so`: it changes other memory when it is loaded"),
}


@pytest.mark.one_python
@pytest.mark.parametrize("name", SPOILED)
@pytest.mark.proof
def test_not_constructed_anew(
    recorded: Callable[[Path], Recorded], extension: Extension, tmp_path_factory: pytest.TempPathFactory, name: str
):
    """Where others keep what such a library made, or change it, or it changes more than its own, it is loaded at each start."""
    at_import, options, reason = SPOILED[name]
    folder = tmp_path_factory.mktemp("pooled")
    _pooled(extension, folder, at_import, *options)
    (folder / "main.py").write_text(_USE)
    program = recorded(folder / "main.py")
    assert inspect(program.binary)["snapshot"]["late"]["pooled"].startswith(reason)
    program.check_same()


@pytest.mark.one_python
def test_words_of_a_process(
    recorded: Callable[[Path], Recorded], extension: Extension, tmp_path_factory: pytest.TempPathFactory
):
    """The guard of the stack, the address of a symbol, and the number of processors are those of the process."""
    if not Path("/sys/fs/cgroup").is_dir():
        pytest.skip("without /sys nobody can tell which share of the processors' time a start has: it is a usual one")
    folder = tmp_path_factory.mktemp("keeps")
    extension(folder, "keeps.c", "keeps", "-DCOUNT=count")
    (folder / "main.py").write_text("import json\nimport keeps\nprint(*keeps.show())\n")
    program = recorded(folder / "main.py")
    assert "keeps" in inspect(program.binary)["snapshot"]["modules"]
    assert program.check_same().stdout == f"True True {len(os.sched_getaffinity(0))}\n".encode()
    one = ["taskset", "-c", str(min(os.sched_getaffinity(0)))]
    done = run([*one, program.binary], environment=program.environment({"BUNDLE_TRACE": "snapshot"}))
    assert told(done) == "restored"
    assert done.stdout == b"True True 1\n"


@pytest.mark.one_python
@pytest.mark.parametrize("count", ["(count < 4 ? count : 4)", "(count > 2 ? count : 2)", "count * 2"])
@pytest.mark.proof
def test_what_follows_from_a_number(
    recorded: Callable[[Path], Recorded], extension: Extension, tmp_path_factory: pytest.TempPathFactory, count: str
):
    """What only follows from the number of processors is none that a start knows, though it is equal for some."""
    folder = tmp_path_factory.mktemp("keeps")
    extension(folder, "keeps.c", "keeps", f"-DCOUNT={count}")
    (folder / "main.py").write_text("import json\nimport keeps\nprint(*keeps.show())\n")
    program = recorded(folder / "main.py")
    assert inspect(program.binary)["snapshot"]["late"].keys() == {"keeps"}
    program.check_same()


@pytest.mark.one_python
@pytest.mark.proof
def test_how_numbers_are_rounded(
    recorded: Callable[[Path], Recorded], extension: Extension, tmp_path_factory: pytest.TempPathFactory
):
    """What a library tells the processor about numbers with a point when it is loaded, as with -ffast-math, holds in a restored start,
    also in threads.
    """
    folder = tmp_path_factory.mktemp("rounds")
    extension(folder, "rounds.c", "rounds")
    (folder / "main.py").write_text(
        "import rounds\nimport threading\n"
        "def show():\n    print(5e-324 * float('1.0'), 1.0 / float('3.0'))\n"
        "show()\nthread = threading.Thread(target=show)\nthread.start()\nthread.join()\n"
    )
    program = recorded(folder / "main.py")
    assert "rounds" in inspect(program.binary)["snapshot"]["modules"]
    assert program.check_same().stdout == 2 * b"0.0 0.33333333333333337\n"


@pytest.mark.one_python
@pytest.mark.proof
def test_symbols_of_ctypes(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """A function that a module has looked up with `ctypes` is that of the process."""
    folder = tmp_path_factory.mktemp("symbols")
    (folder / "calls.py").write_text(
        "import ctypes\nlibrary = ctypes.CDLL(None)\nget = library.getppid\nlabs = library.labs\n"
    )
    (folder / "main.py").write_text("import calls\nimport os\nprint(calls.get() == os.getppid(), calls.labs(-3))\n")
    program = recorded(folder / "main.py")
    found = inspect(program.binary)["snapshot"]
    if "_ctypes" in found["late"]:
        pytest.skip(f"ctypes: {found['late']['_ctypes']}")  # a file in memory, for closures of this system's libffi
    assert "calls" in found["modules"]
    assert program.check_same().stdout == b"True 3\n"


@pytest.mark.one_python
@pytest.mark.proof
def test_time_differences(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """A difference of times that follows from the zone is that of the user's zone, also in another module."""
    folder = tmp_path_factory.mktemp("zone")
    (folder / "zone.py").write_text(
        "import time\nfrom datetime import timedelta\nOFFSET = timedelta(seconds=-time.timezone)\n"
    )
    (folder / "other.py").write_text("from zone import OFFSET\n")
    (folder / "main.py").write_text("import other, zone\nprint(other.OFFSET, other.OFFSET is zone.OFFSET)\n")
    program = recorded(folder / "main.py")
    for name in ("UTC0", "ABC5", "Asia/Tokyo"):
        program.check_same(TZ=name)


@pytest.mark.one_python
@pytest.mark.proof
def test_seeds_of_tables(recorded_with: Callable[[Path, Path], Recorded], extension: Extension, tmp_path: Path):
    """An object that asks for seeds of tables, whoever uses it, keeps its module and that of the user in the snapshot."""
    installed = tmp_path / "installed"
    (installed / "pydantic_core").mkdir(parents=True)
    (installed / "pydantic_core" / "__init__.py").write_text("")
    extension(installed / "pydantic_core", "seeded.c", "_pydantic_core")
    (tmp_path / "shop.py").write_text("from pydantic_core import _pydantic_core\nHAS = _pydantic_core.use()\n")
    (tmp_path / "main.py").write_text("import shop\nprint(shop.HAS)\n")
    program = recorded_with(installed, tmp_path / "main.py")
    assert "shop" in inspect(program.binary)["snapshot"]["modules"]
    program.check_same()


_RANDOM = """
import os
import types
from array import array

class MT19937:
    def __init__(self, seed=None):
        self._seed_seq = seed or os.urandom(8)
        self.state = {"state": {"key": array("B", (each + 1 & 255 for each in self._seed_seq)), "pos": 624}}

class _Rand:
    def __init__(self):
        self._bit_generator = MT19937()

mtrand = types.SimpleNamespace(_rand=_Rand())

def set_bit_generator(generator):
    mtrand._rand._bit_generator = generator

def seed(number):
    generator = mtrand._rand._bit_generator
    generator._seed_seq = None
    generator.state["state"]["key"] = array("B", [number])

def bytes(count):
    return os.urandom(count)

def key():
    return mtrand._rand._bit_generator.state["state"]["key"].tobytes().hex()
"""


@pytest.mark.one_python
def test_generator_of_numpy(recorded_with: Callable[[Path, Path], Recorded], tmp_path: Path):
    """The state behind numpy's functions for random numbers is another in each start, unless the program has seeded it; whether
    there are huge pages is asked at each start.
    """
    installed, folder = tmp_path / "installed", tmp_path
    (installed / "numpy" / "random").mkdir(parents=True)
    (installed / "numpy" / "_core").mkdir()
    (installed / "numpy" / "_core" / "__init__.py").write_text("")
    (installed / "numpy" / "_core" / "multiarray.py").write_text(
        "asked = []\ndef _set_madvise_hugepage(yes):\n    asked[:] = [yes]\n"
    )
    (installed / "numpy" / "random" / "__init__.py").write_text(_RANDOM)
    (installed / "numpy" / "__init__.py").write_text(
        "from os import uname\nfrom numpy._core import multiarray\n"
        "multiarray._set_madvise_hugepage(int(tuple(map(int, uname().release.split('.')[:2])) >= (4, 6)))\n"
    )
    (folder / "seeding.py").write_text("import numpy.random\nnumpy.random.seed(7)\n")
    show = "print(numpy.random.key(), numpy._core.multiarray.asked)\n"
    (folder / "main.py").write_text(f"import numpy.random\n{show}")
    (folder / "seeded.py").write_text(f"import numpy.random\nimport seeding\n{show}")
    program = recorded_with(installed, folder / "main.py")
    assert inspect(program.binary)["snapshot"]["late"] == {}
    starts = [program.start() for _ in range(3)]
    assert {told(each) for each in starts} == {"restored"}
    assert len({each.stdout for each in starts}) == 3
    assert recorded_with(installed, folder / "seeded.py").check_same().stdout.startswith(b"07 ")
