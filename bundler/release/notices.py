"""Writes the licences of a binary's components as a text to be given away with it, and warns of what they ask for."""

from __future__ import annotations

from collections.abc import Iterator

from bundler.errors import Diagnostic, warning
from bundler.release.components import Component, ComponentKind, Inventory

_LINE = 80


def notices_text(inventory: Inventory) -> str:
    """The text: an overview of all components, then the texts of their licences as far as they are installed."""
    return "".join(f"{line}\n" for line in _lines(inventory))


def duties(inventory: Inventory) -> tuple[Diagnostic, ...]:
    """A warning for each component whose licence asks something of those who give the binary to others."""
    return tuple(
        warning(
            "licence",
            f"`{each.name}` is under the licence {each.licence}: {each.duty}",
            hint="read the licence before you give the binary to others; this is no legal advice",
        )
        for each in inventory.components
        if each.duty
    )


def _lines(inventory: Inventory) -> Iterator[str]:
    yield f"{inventory.name} {inventory.version}".rstrip()
    yield ""
    yield "This program is one file that holds the following components."
    for kind in ComponentKind:
        found = [each for each in inventory.components if each.kind is kind]
        if found:
            yield ""
            yield kind.value
            for each in found:
                yield f"  {_title(each)}: {each.licence or 'licence unknown'}"
    for each in inventory.components:
        for path in each.texts:
            yield ""
            yield "=" * _LINE
            yield f"{_title(each)}: {path.name}"
            yield "=" * _LINE
            yield ""
            yield from path.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()


def _title(component: Component) -> str:
    return f"{component.name} {component.version}".rstrip()
