"""Package rules: invisible needs, as data. Each TOML file here holds rules, each rule its reason.

    [[rule]]
    module = "_socket"
    reason = "getaddrinfo encodes host names with the codec idna (socketmodule.c)"
    implies = ["encodings.idna"]      # ".x" is inside the rule's own module; "package.*" stands for all direct submodules, "_x_*" for top-level ones,
                                      # "package.*.x" for x in all of them that have one
    ignores = ["doctest"]             # imports of the module that are not followed; "*": its deferred ones
    uses = ["spawn_main"]             # names of its functions that something out of sight calls
    own-sources = true                # it reads the sources of the app's own modules; with program.uses, if one of these is used
    every-source = true               # it reads the sources of any module, as `--with-source` carries them
    python-command = true             # it starts `sys.executable` as Python, as `python-command` allows
    search = ["vendor"]               # folders beside the module whose contents it makes top-level modules
    stdlib = "full"                   # it runs code that is not there when the program is bundled
    program-stdlib = "full"           # it does so when it is the program: by `--script`, `-m` or `module:function`
    names = { distutils = "setuptools._distutils" }  # other names of modules, where nothing has them
    serve = "import x; x.serve()"     # what Python runs at its start so that these names are found
    serve-file = "x.pth"              # the file by which it does so: then the names mean these modules, whatever else has them
    program.uses = ["breakpoint"]     # if code outside of the standard library uses one of these names,
    program.implies = ["pdb"]         # the module needs these too
    convention.marks = ["models"]     # packages with one of these submodules are what the module calls applications:
    convention.implies = ["models", "migrations.*"]  # whichever of them is reached, so are those of these it has

A rule takes effect when its module is reached. A rule of cpython.toml holds for a module of the standard library only, a rule of
another file for any other module: an app's own `platform.py` is not the library's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import tomli

from bundler.analyze.graph import Origin

_STDLIB_FILE = "cpython.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """The consequences of reaching a module."""

    module: str
    reason: str
    implies: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    search_folders: tuple[str, ...] = ()
    reads_own_sources: bool = False
    reads_every_source: bool = False
    starts_python: bool = False
    whole_library: bool = False
    whole_library_as_program: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    serve: str = ""
    serve_file: str = ""
    program_uses: frozenset[str] = frozenset()
    program_implies: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    conventional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, by module: the standard library's apart from the others."""

    stdlib: Mapping[str, Rule] = field(default_factory=dict)
    packages: Mapping[str, Rule] = field(default_factory=dict)

    def of(self, module: str, origin: Origin) -> Rule | None:
        """The rule for a module of this origin, if there is one."""
        return (self.stdlib if origin.is_stdlib else self.packages).get(module)


def load_rules(folder: Path = Path(__file__).parent) -> Rules:
    """The rules that come with bundler."""
    others = (path.name for path in sorted(folder.glob("*.toml")) if path.name != _STDLIB_FILE)
    packages: dict[str, Rule] = {}
    for name in others:
        packages |= read_rules(folder / name)
    return Rules(stdlib=read_rules(folder / _STDLIB_FILE), packages=packages)


def read_rules(path: Path) -> Mapping[str, Rule]:
    """The rules of one file, by module."""
    rules = {}
    for raw in tomli.loads(path.read_text())["rule"]:
        for module in [raw["module"]] if isinstance(raw["module"], str) else raw["module"]:
            assert module not in rules, f"two rules for {module}"
            rules[module] = Rule(
                module,
                raw["reason"],
                implies=tuple(module + name if name.startswith(".") else name for name in raw.get("implies", ())),
                ignores=tuple(raw.get("ignores", ())),
                uses=tuple(raw.get("uses", ())),
                search_folders=tuple(raw.get("search", ())),
                reads_own_sources=raw.get("own-sources", False),
                reads_every_source=raw.get("every-source", False),
                starts_python=raw.get("python-command", False),
                whole_library=raw.get("stdlib") == "full",
                whole_library_as_program=raw.get("program-stdlib") == "full",
                names=raw.get("names", {}),
                serve=raw.get("serve", ""),
                serve_file=raw.get("serve-file", ""),
                program_uses=frozenset(raw.get("program", {}).get("uses", ())),
                program_implies=tuple(raw.get("program", {}).get("implies", ())),
                marks=tuple(raw.get("convention", {}).get("marks", ())),
                conventional=tuple(raw.get("convention", {}).get("implies", ())),
            )
    return rules
