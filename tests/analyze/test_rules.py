"""Package rules: each has a reason, and what it speaks of exists."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from bundler.analyze import rules
from bundler.analyze.locate import Locator
from bundler.analyze.rules import Rule, load_rules
from bundler.target import TargetPython
from tests.support import VERSIONS
from tests.target.pythons import probed

RULES = load_rules()
LIBRARY_RULES = {name: rule for name, rule in RULES.items() if rule.implies or rule.ignores or rule.uses}


@pytest.fixture(scope="session")
def pythons() -> list[TargetPython]:
    """Every Python there is."""
    found = [target for version in VERSIONS if (target := probed(version)) is not None]
    if len(found) < len(VERSIONS):
        pytest.skip("a rule may be for a Python that is not on this machine")
    return found


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.module)
def test_rule_says_why_and_does_something(rule: Rule):
    """A rule has a reason in words, and an effect."""
    assert len(rule.reason.split()) >= 3
    effects = (rule.implies, rule.ignores, rule.uses, rule.search_folders, rule.reads_sources)
    assert any(effects) or rule.whole_library or rule.whole_library_as_program
    assert rule.module not in (*rule.implies, *rule.ignores)


@pytest.mark.parametrize("rule", LIBRARY_RULES.values(), ids=lambda rule: rule.module)
def test_modules_of_rules_exist(pythons: list[TargetPython], rule: Rule):
    """Every module that a rule for the standard library names is in that of some Python: names are not misspelt."""
    assert any(_exists(python, rule.module) for python in pythons)
    for name in rule.implies:
        assert any(_exists(python, name) for python in pythons), name
    for name in rule.ignores:
        assert name == "*" or any(_exists(python, name) for python in pythons), name


def _exists(python: TargetPython, name: str) -> bool:
    locator = Locator(python.extension_suffixes)
    parent, _, last = name.rpartition(".")
    if "*" not in last:
        return name in python.builtin_modules or locator.is_module(name, python.search_path)
    located = locator.find_dotted(parent, python.search_path) if parent else None
    folders = located.folders if located else python.search_path
    return any(fnmatchcase(each, last) for each in locator.submodules(folders))


def test_ignored_imports_are_in_the_source(pythons: list[TargetPython]):
    """A rule that ignores an import of a module is about an import that is there."""
    for rule in RULES.values():
        for name in set(rule.ignores) - {"*"}:
            sources = [python.stdlib / (rule.module.replace(".", "/") + ".py") for python in pythons]
            pattern = rf"^\s*(import|from) {re.escape(name)}\b"
            assert any(path.is_file() and re.search(pattern, path.read_text(), re.MULTILINE) for path in sources)


def test_files_are_read(tmp_path: Path):
    """A file may hold several rules, and a rule may be for several modules."""
    (tmp_path / "x.toml").write_text(
        '[[rule]]\nmodule = ["a", "b"]\nreason = "they need it"\nimplies = ["c"]\n'
        '[[rule]]\nmodule = "d"\nreason = "only its own tests"\nignores = ["e"]\n'
        '[[rule]]\nmodule = "f"\nreason = "runs plugins"\nstdlib = "full"\n'
        '[[rule]]\nmodule = "g"\nreason = "runs apps"\nprogram-stdlib = "full"\n'
    )

    assert load_rules(tmp_path) == {
        "a": Rule("a", "they need it", implies=("c",)),
        "b": Rule("b", "they need it", implies=("c",)),
        "d": Rule("d", "only its own tests", ignores=("e",)),
        "f": Rule("f", "runs plugins", whole_library=True),
        "g": Rule("g", "runs apps", whole_library_as_program=True),
    }


def test_rule_without_a_reason_is_refused(tmp_path: Path):
    """A reason is no decoration."""
    (tmp_path / "x.toml").write_text('[[rule]]\nmodule = "a"\nimplies = ["c"]\n')

    with pytest.raises(KeyError, match="reason"):
        load_rules(tmp_path)


def test_two_rules_for_a_module_are_refused(tmp_path: Path):
    """Everything about a module stands in one place."""
    (tmp_path / "x.toml").write_text('[[rule]]\nmodule = ["a", "a"]\nreason = "x"\n')

    with pytest.raises(AssertionError, match="two rules for a"):
        load_rules(tmp_path)


def test_rules_travel_with_the_package():
    """The folder of rules is that of the package itself."""
    found = {path.name for path in Path(rules.__file__).parent.glob("*.toml")}

    assert found >= {"cpython.toml", "hosts.toml"}
