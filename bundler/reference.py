"""The options as tables of Markdown. `python -m bundler.reference docs/cli.md` puts them in between their marks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bundler.settings import OPTIONS, Group, Kind, Option

BEGIN = "<!-- options: written by `python -m bundler.reference` -->"
END = "<!-- end of options -->"


def tables() -> Iterator[str]:
    """A table for each group of options."""
    for group in Group:
        yield ""
        yield f"### {group.value.capitalize()}"
        yield ""
        yield "| option | in `[tool.bundle]` | what it does |"
        yield "|---|---|---|"
        for option in OPTIONS.values():
            if option.group is group:
                yield f"| {_usage(option)} | `{option.name}`: {option.kind.value} | {_description(option)} |"
    yield ""


def refreshed(page: str) -> str:
    """The page with its tables as they must be now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + "\n".join((BEGIN, *tables(), END)) + after


def _usage(option: Option) -> str:
    if option.kind is Kind.TARGET:
        return f"`{option.metavar}`"
    value = f" {option.metavar}" if option.metavar else ""
    spellings = [f"`{option.short}{value}`"] if option.short else []
    spellings.append(f"`--{option.name}{value}`")
    if option.kind is Kind.SWITCH:
        spellings.append(f"`--no-{option.name}`")
    return ", ".join(spellings)


def _description(option: Option) -> str:
    return option.help + ("; may be given several times" if option.kind.is_list else "")


def main() -> None:
    """Refresh the pages that are named as arguments."""
    for name in sys.argv[1:]:
        page = Path(name)
        page.write_text(refreshed(page.read_text()))


if __name__ == "__main__":
    main()
