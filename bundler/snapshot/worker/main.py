"""Compile what a recorded run does: a `Request` on standard input, the marshalled work on standard output.

What is written is a pair: names, with zeros between them, and the marshalled work.

The work is (recorder, graph, ((code, module or None), ...) or None, (name, ...), ((owner, code), ...), ((module, code), ...)), as
record.c has it.
"""

from __future__ import annotations

import ast
import json
import marshal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

from .schema import Part, Request


def main() -> None:
    """Serve one request."""
    request: Request = json.load(sys.stdin)
    optimize = request["optimize"]
    recorder = compile(request["recorder"], "<recorder>", "exec", dont_inherit=True)
    graph = compile(request["graph"], "<graph>", "exec", dont_inherit=True)
    parts = None
    if request["parts"] is not None:
        parts = tuple((_compile(part, optimize), part["module"]) for part in request["parts"])
    # Statement by statement: what comes behind one has the object that it has changed in place (launcher/snapshot/statements.c).
    again = tuple(
        (module, compile(ast.Module([node], []), f"<again {module}>", "exec", dont_inherit=True, optimize=optimize))
        for module, text in request["again"]
        for node in ast.parse(text).body
    )
    calls = tuple((name, compile(text, f"<call {name}>", "exec", dont_inherit=True)) for name, text in request["calls"])
    work = (recorder, graph, parts, tuple(request["names"]), calls, again)
    names = "\0".join(sorted(set(_texts(work)))).encode("utf-8", "surrogatepass")
    sys.stdout.buffer.write(marshal.dumps((names, marshal.dumps(work))))


def _texts(value: object) -> Iterator[str]:
    """All texts in a work that may be names."""
    match value:
        case str() if value.isidentifier():
            yield value
        case tuple() | frozenset():
            for each in value:
                yield from _texts(each)
        case CodeType():
            names = (value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars, value.co_consts)
            yield from _texts((*names, value.co_name, value.co_qualname))


def _compile(part: Part, optimize: int) -> CodeType:
    """The statements at these lines, as code of their module."""
    tree = ast.parse(Path(part["path"]).read_bytes())
    body = tree.body
    if part["function"] is not None:
        body = next(
            each.body for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == part["function"]
        )
    wanted = set(zip(part["lines"][::2], part["lines"][1::2], strict=True))
    chosen = list(_choose_statements(body, wanted))
    module = ast.Module(body=chosen, type_ignores=[])
    return compile(module, part["filename"], "exec", dont_inherit=True, optimize=optimize)


def _choose_statements(body: list[ast.stmt], wanted: set[tuple[int, int]]) -> Iterator[ast.stmt]:
    """The statements at these lines, those within others too."""
    for each in body:
        if (each.lineno, each.end_lineno or each.lineno) in wanted:
            yield each
        else:
            yield from _choose_statements(getattr(each, "body", []), wanted)
