"""The picture of docs/how-it-works.md is one of the code: its rooms are import-linter's, its arrows are imports."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import grimp
import pytest

from tests.support import ROOT

Arrow = tuple[str, str]

# A name may be spelled as a label behind another: Mermaid has words of its own, such as `graph`.
_ARROW = re.compile(r'^ +([\w.]+) (?:-- (\w+) )?--> (?:\w+\[")?([\w.]+)(?:"\])?$', re.MULTILINE)


@dataclass(frozen=True)
class Contract:
    """Layers of import-linter, the highest first; rooms of one layer know nothing of each other."""

    package: str
    layers: tuple[tuple[str, ...], ...]

    @property
    def rooms(self) -> list[str]:
        return [room for layer in self.layers for room in layer]

    def depth(self, room: str) -> int:
        return next(depth for depth, layer in enumerate(self.layers) if room in layer)

    def room_of(self, module: str) -> str | None:
        """The room of a module by its dotted name."""
        inside = module.removeprefix(f"{self.package}.").partition(".")[0]
        return inside if module.startswith(f"{self.package}.") and inside in self.rooms else None


def contract(package: str) -> Contract:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    for each in contracts:
        [container] = each.get("containers", ["bundler"])
        if each["type"] == "layers" and container == package:
            layers = [[name.strip().removeprefix(f"{package}.") for name in row.split("|")] for row in each["layers"]]
            return Contract(package, tuple(map(tuple, layers)))
    raise AssertionError(package)


def drawn(package: str) -> Mapping[Arrow, str]:
    """Arrows of the picture, each with its noun or ""; those of a subgraph are between rooms of that package."""
    page = (ROOT / "docs" / "how-it-works.md").read_text()
    [picture] = re.findall(r"^```mermaid\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    outer, _, inner = picture.partition("    subgraph analyze\n")
    text = outer if package == "bundler" else inner
    found = {
        (upper.removesuffix(".py"), lower.removesuffix(".py")): noun for upper, noun, lower in _ARROW.findall(text)
    }
    assert len(found) == text.count("-->"), "a line of the picture is no arrow"
    return found


@cache
def imports(package: str) -> frozenset[Arrow]:
    """Pairs of rooms, of which the first imports the second."""
    graph, rooms = grimp.build_graph("bundler"), contract(package)
    pairs = (
        (rooms.room_of(upper), rooms.room_of(lower))
        for upper in graph.modules
        for lower in graph.find_modules_directly_imported_by(upper)
    )
    return frozenset((upper, lower) for upper, lower in pairs if upper and lower and upper != lower)


def reach(start: str, arrows: Iterable[Arrow]) -> set[str]:
    """The rooms to which arrows lead from one, over others."""
    found: set[str] = set()
    pending = [start]
    while pending:
        following = {lower for upper, lower in arrows if upper == pending[-1]} - found
        pending[-1:] = following
        found |= following
    return found


def needed(arrows: frozenset[Arrow]) -> set[Arrow]:
    """The arrows that do not follow from others."""
    return {(upper, lower) for upper, lower in arrows if lower not in reach(upper, arrows - {(upper, lower)})}


def files(package: str, room: str) -> list[Path]:
    place = ROOT / package.replace(".", "/") / room
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


@pytest.mark.parametrize("package", ["bundler", "bundler.analyze"])
def test_rooms_are_those_of_the_contract(package: str):
    """Every room that import-linter knows is in the picture, and every arrow points to a lower layer."""
    rooms, arrows = contract(package), drawn(package)

    assert {room for arrow in arrows for room in arrow} == set(rooms.rooms)
    assert [arrow for arrow in arrows if rooms.depth(arrow[0]) >= rooms.depth(arrow[1])] == []


@pytest.mark.parametrize("package", ["bundler", "bundler.analyze"])
def test_arrows_are_imports(package: str):
    """An arrow is an import of the code; imports that are not drawn follow from those that are."""
    assert drawn(package).keys() == needed(imports(package))


@pytest.mark.parametrize("package", ["bundler", "bundler.analyze"])
def test_nouns_are_taken(package: str):
    """The noun on an arrow is a class of the lower room, and the upper room uses it."""
    for (upper, lower), noun in drawn(package).items():
        if not noun:
            continue
        classes = {
            node.name
            for file in files(package, lower)
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ClassDef)
        }
        taken = {
            alias.name
            for file in files(package, upper)
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        assert noun in classes, f"{lower} has no {noun}"
        assert noun in taken, f"{upper} does not import {noun}"
