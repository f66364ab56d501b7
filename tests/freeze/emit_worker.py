"""Runs under the target interpreter: compiles modules afresh, and writes constants that no source can spell as C.

Usage: PYTHON emit_worker.py FOLDER-OF-THE-FREEZER REQUEST. The request is JSON:
`modules`: [name, source, file name] to be compiled and marshalled, as an import would find them in a .pyc;
`constants`: [name, pickle, C file] of lists of values, each assigned in a module that is made as a syntax tree.
`cases` is written for the self-check: every module, and, `with_changes`, the first one with one thing changed, in every
way that must be noticed. Standard output gets the strings and the number of code objects of each C file.
"""

from __future__ import annotations

import ast
import json
import marshal
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any


def compiled(source: Path, filename: str) -> bytes:
    """The marshalled code of a source file."""
    code = compile(source.read_bytes(), filename, "exec", dont_inherit=True, optimize=0)
    return marshal.dumps(code)


def of_constants(values: list[Any], filename: str) -> CodeType:
    """The code of a module that assigns each value to a variable."""
    body: list[ast.stmt] = []
    for index, value in enumerate(values):
        target = ast.Name(f"v{index}", ast.Store(), lineno=index + 1, col_offset=0, end_lineno=index + 1)
        constant = ast.Constant(value, lineno=index + 1, col_offset=0, end_lineno=index + 1)
        body.append(ast.Assign([target], constant, lineno=index + 1, col_offset=0, end_lineno=index + 1))
    code: CodeType = compile(ast.Module(body, []), filename, "exec", dont_inherit=True, optimize=0)
    return code


def changes(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    """The same code with one thing changed, in every way that the comparison must notice."""
    for name in ("co_flags", "co_stacksize", "co_firstlineno"):
        yield name, code.replace(**{name: getattr(code, name) ^ 1})
    for name in ("co_name", "co_qualname", "co_filename"):
        yield name, code.replace(**{name: getattr(code, name) + "x"})
    for name in ("co_linetable", "co_exceptiontable"):
        yield name, code.replace(**{name: getattr(code, name) + b"x"})
    yield "co_code", code.replace(co_code=code.co_code[:-1] + bytes([code.co_code[-1] ^ 1]))
    yield "co_names", code.replace(co_names=(*code.co_names, "x"))
    for index, constant in enumerate(code.co_consts):
        for other in other_values(constant):
            constants = (*code.co_consts[:index], other, *code.co_consts[index + 1 :])
            yield f"constant {constant!a} changed to {other!a}", code.replace(co_consts=constants)


def other_values(value: Any) -> Iterator[object]:
    """Values that are not quite this one, but equal to it where Python lets them be."""
    match value:
        case bool():
            yield int(value)
        case int():
            yield from (float(value), value + 1) if abs(value) < 1 << 53 else (value + 1, -value)
        case float():
            yield from (-value, complex(value))
        case complex():
            yield complex(-value.real, value.imag)
        case str():
            yield from (value + "x", value[:-1] + chr((ord(value[-1]) ^ 1) if value else 0))
        case bytes():
            yield from (value + b"x", bytes(len(value) + 1))
        case tuple():
            yield from (frozenset(value), (*value, None))
            for index, item in enumerate(value):
                yield from ((*value[:index], other, *value[index + 1 :]) for other in other_values(item))
        case frozenset():
            yield from (value | {"x"}, tuple(value))
        case _:
            yield 0


def main() -> None:
    """Do what the request asks for."""
    sys.path.append(sys.argv[1])
    sys.setrecursionlimit(20_000)
    from worker.ctext import external, module_symbol, version_symbol  # type: ignore[import-not-found]
    from worker.module_writer import ModuleWriter  # type: ignore[import-not-found]  # found in the folder just added

    request = json.loads(Path(sys.argv[2]).read_text())
    cases = [(name, name, "", compiled(Path(source), filename)) for name, source, filename in request["modules"]]
    facts = []
    for name, pickled, output in request["constants"]:
        values = pickle.loads(Path(pickled).read_bytes())
        code = of_constants(values, f"<{name}>")
        # Before the writer refers to the constants: marshal looks at who does.
        cases.append((name, name, "", marshal.dumps(code)))
        writer = ModuleWriter(request["layout"], version_symbol(name))
        writer.write(module_symbol(name), code)
        Path(output).write_text(f'#include "frozen.h"\n{external(sorted(writer.elsewhere()))}\n{writer.text()}')
        facts.append({"pooled": sorted(writer.pooled), "codes": writer.codes})
    _, first, _, data = cases[0]
    for what, code in changes(marshal.loads(data)) if request["with_changes"] else ():
        cases.append((f"changed: {what}", first, "", marshal.dumps(code)))
    Path(request["cases"]).write_bytes(marshal.dumps(cases, 2))
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
