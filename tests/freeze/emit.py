"""Runs under the target interpreter: compiles modules afresh, and writes constants that no source can spell as C.

Usage: PYTHON emit.py FOLDER-OF-THE-FREEZER REQUEST. The request is JSON:
`modules`: [name, source, file name] to be compiled and marshalled, as an import would find them in a .pyc;
`constants`: [name, pickle, C file] of lists of values, each assigned in a module that is made as a syntax tree.
`cases` is written for `comparator.py`; standard output gets the strings and the number of code objects of each C file.
"""

from __future__ import annotations

import ast
import json
import marshal
import pickle
import sys
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


def main() -> None:
    """Do what the request asks for."""
    sys.path.append(sys.argv[1])
    sys.setrecursionlimit(20_000)
    from worker.objects import ModuleWriter  # type: ignore[import-not-found]  # found in the folder just added

    request = json.loads(Path(sys.argv[2]).read_text())
    cases = [(name, compiled(Path(source), filename)) for name, source, filename in request["modules"]]
    facts = []
    for name, pickled, output in request["constants"]:
        values = pickle.loads(Path(pickled).read_bytes())
        code = of_constants(values, f"<{name}>")
        # Before the writer refers to the constants: marshal looks at who does.
        cases.append((name, marshal.dumps(code)))
        writer = ModuleWriter(request["layout"], name)
        writer.write(name, code)
        Path(output).write_text(f'#include "frozen.h"\n{writer.text()}')
        facts.append({"pooled": sorted(writer.pooled), "codes": writer.codes})
    Path(request["cases"]).write_bytes(marshal.dumps(cases))
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
