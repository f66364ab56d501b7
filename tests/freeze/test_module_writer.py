"""Which constants share one static object: those that no program can tell apart."""

from __future__ import annotations

import itertools
import marshal
import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.freeze.frozen_header import layout_as_json
from bundler.freeze.worker.constants import sharing_key
from bundler.freeze.worker.ctext import module_symbol, version_symbol
from bundler.freeze.worker.module_writer import ModuleWriter, UnsupportedConstantError
from bundler.freeze.worker.schema import LayoutData
from bundler.freeze.worker.set_orders import marshalled_orders
from bundler.target import TargetPython
from tests.target.pythons import running


@pytest.fixture
def writer() -> ModuleWriter:
    """A writer for the Python that runs the tests: integers are copied out of its memory."""
    target: TargetPython | None = running()
    if target is None:
        pytest.skip("the Python that runs the tests has no C headers")
    return ModuleWriter(layout_as_json(target.layout), version_symbol("module"))


def _double(bits: int) -> float:
    value: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return value


# Equal by ==, or at least as hashes, but not the same constants.
DIFFERENT: list[list[Any]] = [
    [1, True, 1.0, 1 + 0j],
    [0, False, 0.0, -0.0, 0j, complex(0.0, -0.0), complex(-0.0, 0.0), complex(-0.0, -0.0)],
    ["text here", b"text here"],
    [(1,), (True,), (1.0,), frozenset({1})],
    [(0.0,), (-0.0,), (0,), ((0.0,),), ((-0.0,),)],
    [(1, (2, (3, 1))), (1, (2, (3, 1.0))), (1, (2, (3, True)))],
    [math.nan, -math.nan, _double(0x7FF8000000000001)],
    [1000, 1000.0, 1001],
    ["", b"", ()],
    [None, False, 0, ...],
]


@pytest.mark.parametrize("values", DIFFERENT, ids=str)
def test_unlike_constants_do_not_share(writer: ModuleWriter, values: list[Any]):
    """Constants of different types, signs of zero, or bits of nan are different objects, also inside tuples."""
    values = [(None, value) if isinstance(value, frozenset) else value for value in values]
    writer._orders = {(frozenset, frozenset({(int, 1)})): (1,)}

    references = [writer.reference(value) for value in values]

    assert len(set(references)) == len(values)


@given(st.lists(st.integers() | st.floats() | st.text() | st.binary() | st.booleans(), max_size=4).map(tuple))
def test_equal_constants_share(items: tuple[Any, ...]):
    """The same value, made twice, is one object."""
    target = running()
    if target is None:
        pytest.skip("the Python that runs the tests has no C headers")
    writer = ModuleWriter(layout_as_json(target.layout), version_symbol("module"))
    copy = tuple(map(_remade, items))

    assert writer.reference((items, 1)) == writer.reference((copy, 1))


def _remade(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int():
            return int(str(value))
        case float():
            return struct.unpack("<d", struct.pack("<d", value))[0]
        case str():
            return "".join(list(value))
        case _:
            return bytes(bytearray(value))


def test_code_objects_do_not_share(writer: ModuleWriter):
    """Equal functions keep code objects of their own: each has inline caches, and a version."""
    code = compile("def f(): return 1\n", "-", "exec")
    again = compile("def f(): return 1\n", "-", "exec")

    assert code == again
    assert writer.reference(code) != writer.reference(again)
    assert writer.codes in (0, 4)  # versions: none before 3.12


def test_runtime_objects_are_referred_to(writer: ModuleWriter):
    """Small integers, one-character strings, empty objects and the interpreter's own names are those of libpython."""
    values = ["", "a", "é", "__init__", b"", b"x", (), 0, -5, 256]

    for value in values:
        assert writer.reference(value).startswith("&runtime_"), value
    assert "IN_" not in writer.text()


def test_other_types_are_refused(writer: ModuleWriter):
    """A constant that no compiler makes is an error, not a guess."""
    with pytest.raises(UnsupportedConstantError, match="range"):
        writer.reference(range(3))


def test_symbols_of_modules_are_apart(writer: ModuleWriter):
    """Two modules of one binary define no symbol twice, although their objects are numbered alike."""
    texts = []
    for name in ("a.b", "a_b", "a.b_"):
        module = ModuleWriter(writer_layout(), version_symbol(name))
        module.write(module_symbol(name), compile("def f(): return (1, 'two words')\n", "-", "exec"))
        texts.append(module.text())
    globals_ = [_defined(text) for text in texts]

    assert all(globals_)
    for one, other in itertools.combinations(globals_, 2):
        assert not one & other


def writer_layout() -> LayoutData:
    target = running()
    assert target is not None
    return layout_as_json(target.layout)


def _defined(text: str) -> set[str]:
    """Global names that C text of the freezer defines."""
    declarations = (f"\n{text}").split(";\n")
    ours = (each for each in declarations if "=" in each and not each.strip().startswith("static"))
    return {each.partition("=")[0].split()[-1] for each in ours}


def test_sets_are_filled_in_the_order_of_a_pyc():
    """Reading the orders out of marshalled sets does not change them: a set looked at before is no item known twice."""
    inner = frozenset({int("700001")})
    items = ((inner,), (int("700002"),))
    del inner  # so that its only owner is the tuple, which in the data comes first for that reason
    sets: tuple[frozenset[Any], ...] = (frozenset((*items, int("700003"))), frozenset(items))
    expected = [marshal.dumps(each) for each in sets]

    orders = list(marshalled_orders(sets))

    assert [order for found, order in orders if found == sharing_key(sets[1])] == [_items_of(expected[1])]
    assert [order for found, order in orders if found == sharing_key(sets[0])] == [_items_of(expected[0])]


def _items_of(data: bytes) -> tuple[object, ...]:
    """What a marshalled set holds, in its order: but for the first byte the data is that of a tuple."""
    items: tuple[object, ...] = marshal.loads(bytes([data[0] & 0x80 | ord("(")]) + data[1:])
    return items
