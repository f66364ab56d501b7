"""Static code objects are those that the interpreter would have unmarshalled: every field, every byte, every constant.

Costs one binary for each interpreter: some eighty modules compiled the first time, a link after that.
`python -m tests.freeze.compare_everything` does the same with the whole standard library and with large packages.
"""

from __future__ import annotations

import pytest

from bundler.cache import Cache
from bundler.target import TargetPython
from bundler.toolchain import Toolchain
from tests.freeze import programs, samples
from tests.freeze.comparison_bench import Bench, Result
from tests.target.pythons import short_version

# Large ones, old ones, generated ones, and those whose constants are unusual.
STDLIB = """
    _collections_abc _pydecimal _strptime argparse ast base64 codecs collections/__init__ contextlib copy ctypes/__init__
    dataclasses datetime dis email/_header_value_parser encodings/cp437 encodings/idna encodings/utf_8 enum fractions
    functools heapq html/entities http/client http/cookies importlib/_bootstrap importlib/_bootstrap_external
    importlib/metadata/__init__ inspect ipaddress json/decoder locale logging/__init__ mimetypes opcode os pickle
    pickletools posixpath pprint pydoc_data/topics random re/_compiler re/_parser selectors shlex socket statistics
    stringprep subprocess symtable tarfile tempfile threading tokenize traceback typing unittest/mock warnings weakref
    xml/etree/ElementTree zipimport
""".split()

GENERATED = 300
GENERATED_PROGRAMS = 60


@pytest.fixture(scope="session")
def result(
    target: TargetPython, toolchain: Toolchain, cache: Cache, tmp_path_factory: pytest.TempPathFactory
) -> Result:
    """What the comparison of everything found, in one binary."""
    folder = tmp_path_factory.mktemp(f"exact-{short_version(target)}")
    modules = []
    written = enumerate(programs.compilable(programs.generated(GENERATED_PROGRAMS)))
    for name, text in (
        *samples.sources(target.version).items(),
        *((f"made_up{index}", text) for index, text in written),
    ):
        modules.append(folder / f"{name}.py")
        modules[-1].write_text(text, encoding="utf-8")
    modules += [path for name in STDLIB if (path := target.stdlib / f"{name}.py").is_file()]
    constants = [samples.VALUES, *samples.chunks(samples.generated(GENERATED), 100)]
    return Bench(target, toolchain, cache, folder).compare(modules, constants)


def test_nothing_differs(result: Result):
    """A static object equals the unmarshalled one in everything but its address, and run-time state is empty."""
    assert result.differences == ()


def test_every_kind_is_compared(result: Result, target: TargetPython):
    """The comparison reached objects of every type that the compiler makes constants of."""
    kinds = {"NoneType", "bool", "bytes", "code", "complex", "ellipsis", "float", "frozenset", "int", "str", "tuple"}
    kinds |= {"slice"} if target.version >= (3, 14) else set()

    assert {kind for kind, count in result.compared.items() if count} >= kinds
    assert result.compared["code"] > 3_000


def test_changes_are_noticed(result: Result):
    """The comparison would notice a field, an instruction or a constant that is not what it should be."""
    assert result.unnoticed == ()
    assert result.changes > 100
