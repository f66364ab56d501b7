"""C as text: literals survive a real compiler, and no two modules or strings share a name."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from bundler.freeze.compiler import FLAGS
from bundler.freeze.frozen_header import layout_as_json
from bundler.freeze.pool import part_lines
from bundler.freeze.worker import ctext
from bundler.freeze.worker.structs import declarations
from bundler.target import TargetPython
from bundler.toolchain import Toolchain

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
NAMES = st.text(st.sampled_from("ab_.dx0ä漢"), max_size=8)


def test_literals_survive_the_compiler(tmp_path: Path, toolchain: Toolchain):
    """Every byte, and every byte before a digit, comes out of a C compiler as it went in, with a NUL behind it."""
    every = bytes(range(256))
    before_digits = b"".join(bytes([byte]) + digit for byte in every for digit in (b"0", b"7", b"8", b"a", b"f"))
    contents = [b"", every, every[::-1], before_digits, b"??=??/??'\"\\", b"%s%n\r\n", b"\0" * 9, b"x" * 70_000]
    lines = [
        "#include <stdio.h>",
        "int main(void)",
        "{",
        *(f"    fwrite({ctext.string_literal(data)}, 1, {len(data) + 1}, stdout);" for data in contents),
        "}",
    ]
    (tmp_path / "main.c").write_text("\n".join(lines))
    subprocess.run([*toolchain.command, *FLAGS, "-no-pie", "main.c", "-o", "main"], cwd=tmp_path, check=True)

    found = subprocess.run([tmp_path / "main"], capture_output=True, check=True).stdout

    assert found == b"".join(data + b"\0" for data in contents)


def test_literals_are_ascii():
    """A literal is printable ASCII on one line, whatever the bytes: no source encoding has a say."""
    literal = ctext.string_literal(bytes(range(256)))

    assert literal.isascii()
    assert literal.isprintable()


@given(TEXTS | NAMES, TEXTS | NAMES)
@example("a.b", "a_b")
@example("a._b", "a_.b")
@example("a_d_b", "a.b")
@example("a_x2e_b", "a.b")
@example("_", "__")
@example("ä", "_xc3__xa4_")
def test_mangle_is_injective(first: str, second: str):
    """Two modules never share a C name, whatever their names."""
    assert (ctext.mangle(first) == ctext.mangle(second)) == (first == second)


def test_mangle_is_injective_for_all_short_names():
    """Among all names of up to five characters that matter, no two are mangled to one."""
    names = [""]
    for _ in range(5):
        names += [name + char for name in names for char in "_.dx0"]
    distinct = set(names)

    assert len({ctext.mangle(name) for name in distinct}) == len(distinct)


@given(TEXTS | NAMES)
def test_symbols_are_identifiers(name: str):
    """What is made from a module's name can stand in C and in a linker script, and names one thing."""
    symbols = {ctext.module_symbol(name), ctext.version_symbol(name)}

    assert len(symbols) == 2
    assert all(map(IDENTIFIER.match, symbols))


@given(TEXTS | NAMES)
@example("a\n")
@example("")
@example("x" * 120)
@example("x" * 121)
def test_pooled_strings_are_identifiers(text: str):
    """Only short ASCII texts of the characters of a C identifier are pooled, so that the text can be its own name."""
    if ctext.is_pooled(text):
        assert IDENTIFIER.match(ctext.pool_symbol(text))
        assert ctext.pool_symbol(text).endswith(text)
    else:
        assert not (2 <= len(text) <= 120 and re.fullmatch("[A-Za-z0-9_]+", text))


def test_pool_defines_each_string_once(tmp_path: Path, target: TargetPython, toolchain: Toolchain):
    """The pool is C that a compiler takes, with one global object for each string."""
    texts = ["ab", "a_b", "A_B", "ab1", "1ab", "__init__", "int", "struct", "x" * 120]
    (tmp_path / "pool.c").write_text("\n".join((*part_lines(texts, "frozen.h"), "")))
    header = "\n".join(declarations(layout_as_json(target.layout)))
    (tmp_path / "frozen.h").write_text(header)

    subprocess.run([*toolchain.command, "-c", *FLAGS, "pool.c", "-o", "pool.o"], cwd=tmp_path, check=True)

    listed = subprocess.run(["nm", "pool.o"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    defined = sorted(line.split()[2] for line in listed.splitlines() if line.split()[1] == "D")
    assert defined == sorted(map(ctext.pool_symbol, texts))
