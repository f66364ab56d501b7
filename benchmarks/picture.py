"""Draws a build and a start, with the times of docs/benchmarks.md: `python -m benchmarks.picture`.

The picture has a ground of its own and colours for light and dark, so it can be read on any page. `tests/test_benchmarks.py`
holds it against the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from benchmarks.sections import PAGE
from benchmarks.startup.tools import BUNDLE, PYTHON

PICTURE = PAGE.parent / "build-and-start.svg"
SHOWN = ("hello", "black --version", "Flask, one request", "numpy")

_SECTION = "## Time from start to end, ms"

_WIDTH, _HEIGHT = 900, 516
_LEFT = 28
_INNER = _WIDTH - 2 * _LEFT
_ARROW = 24

_STYLE = """
  svg { --ground: #ffffff; --edge: #d0d7de; --text: #1f2328; --dim: #59636e; --box: #f3f5f7; --bundle: #1a7f4e;
        --on-bundle: #ffffff; --python: #9aa0a6; }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; --edge: #3d444d; --text: #f0f6fc; --dim: #9198a1; --box: #1c2128; --bundle: #3fb37a;
          --on-bundle: #06180e; --python: #6e7681; }
  }
  text { font-family: system-ui, -apple-system, "Segoe UI", "Liberation Sans", Arial, sans-serif; font-size: 13px; fill: var(--text); }
  .ground { fill: var(--ground); stroke: var(--edge); }
  .box { fill: var(--box); stroke: var(--edge); }
  .file { fill: var(--bundle); stroke: var(--bundle); }
  .arrow { fill: none; stroke: var(--dim); stroke-width: 1.5; }
  .python { fill: var(--python); }
  .bundle { fill: var(--bundle); }
  .title { font-size: 17px; font-weight: 600; }
  .name { font-weight: 600; font-size: 14px; }
  .code { font-family: ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; }
  .note { fill: var(--dim); font-size: 12px; }
  .middle { text-anchor: middle; }
  .end { text-anchor: end; }
  .on { fill: var(--on-bundle); }
"""

# The steps of a build, with what each does.
_BUILD = (
    ("app.py", "and its", "packages"),
    ("analyze", "finds modules,", "libraries, data"),
    ("freeze", "makes modules", "static data"),
    ("link", "adds interpreter", "and libraries"),
    ("record", "imports once,", "keeps the memory"),
    ("dist/app", "one file, nothing", "to unpack"),
)
# The steps of a start, each with the width of its box.
_STARTS = (
    (
        "python app.py",
        PYTHON,
        (("exec", 60), ("interpreter", 104), ("import", 72), ("import", 72), ("import", 72), ("…", 40), ("main", 60)),
    ),
    ("dist/app", BUNDLE, (("exec", 60), ("map the snapshot", 150), ("main", 60))),
)


def times(page: str) -> Mapping[str, Mapping[str, str]]:
    """Milliseconds from start to end, as the page shows them: by start, then by tool."""
    table = page.partition(f"{_SECTION}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("|")]
    heads, _, *others = rows
    return {row[0]: dict(zip(heads[1:], row[1:], strict=True)) for row in others}


def picture(page: str) -> str:
    """The picture, with the numbers of a page."""
    return "\n".join((*_drawn(times(page), page), ""))


def _drawn(found: Mapping[str, Mapping[str, str]], page: str) -> Iterator[str]:
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="title">'
    yield '<title id="title">A build makes one file; its start maps a snapshot where Python imports</title>'
    yield f"<style>{_STYLE}</style>"
    yield '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    yield '<path class="arrow" d="M1 1 L7 4 L1 7"/></marker></defs>'
    yield f'<rect class="ground" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{_HEIGHT - 1}" rx="8"/>'
    yield _text(_LEFT, 38, "A build, once", "title")
    yield from _build(52)
    yield _text(_LEFT, 172, "A start, each time", "title")
    for place, (name, tool, steps) in enumerate(_STARTS):
        yield from _start(188 + 42 * place, name, tool, steps)
    yield _text(_LEFT, 306, "From start to end, in milliseconds", "title")
    yield from _bars(322, found)
    [versions] = re.findall(r"CPython [\d.]+", page.partition(_SECTION)[0])
    yield _text(_LEFT, _HEIGHT - 18, f"Medians with {versions}; python has warm bytecode. docs/benchmarks.md", "note")
    yield "</svg>"


def _text(x: float, y: float, words: str, kinds: str) -> str:
    return f'<text class="{kinds}" x="{x:g}" y="{y:g}">{escape(words)}</text>'


def _arrow(start: float, end: float, y: float) -> str:
    return f'<path class="arrow" d="M{start + 4:g} {y:g} H{end - 3:g}" marker-end="url(#head)"/>'


def _build(y: float) -> Iterator[str]:
    height = 78
    width = (_INNER - (len(_BUILD) - 1) * _ARROW) / len(_BUILD)
    for place, (name, *notes) in enumerate(_BUILD):
        x = _LEFT + place * (width + _ARROW)
        is_result = place == len(_BUILD) - 1
        is_file = place == 0 or is_result
        on = " on" if is_result else ""
        yield f'<rect class="{"file" if is_result else "box"}" x="{x:g}" y="{y}" width="{width:g}" height="{height}" rx="6"/>'
        yield _text(x + width / 2, y + 26, name, f"name middle{' code' if is_file else ''}{on}")
        for line, note in enumerate(notes):
            yield _text(x + width / 2, y + 47 + 16 * line, note, f"note middle{on}")
        if not is_result:
            yield _arrow(x + width, x + width + _ARROW, y + height / 2)


def _start(y: float, name: str, tool: str, steps: Sequence[tuple[str, int]]) -> Iterator[str]:
    height = 30
    yield _text(_LEFT, y + 20, name, "name code")
    x: float = _LEFT + 140
    for place, (step, width) in enumerate(steps):
        if place:
            yield _arrow(x, x + _ARROW, y + height / 2)
            x += _ARROW
        is_ours = tool == BUNDLE
        yield f'<rect class="{"file" if is_ours else "box"}" x="{x:g}" y="{y}" width="{width}" height="{height}" rx="6"/>'
        yield _text(x + width / 2, y + 20, step, f"middle{' on' if is_ours else ''}")
        x += width
    if tool == BUNDLE:
        yield _text(x + 16, y + 20, "the interpreter and its imports are in the snapshot", "note")


def _bars(y: float, found: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    left = _LEFT + 140
    scale = (_WIDTH - _LEFT - left - 110) / max(float(found[name][PYTHON]) for name in SHOWN)
    for place, name in enumerate(SHOWN):
        top = y + 39 * place
        yield _text(_LEFT, top + 20, name, "")
        for row, tool in enumerate((PYTHON, BUNDLE)):
            time = found[name][tool]
            width = float(time) * scale
            yield f'<rect class="{tool}" x="{left}" y="{top + 15 * row}" width="{width:.1f}" height="13" rx="2"/>'
            yield _text(round(left + width + 6, 1), top + 15 * row + 11, f"{time} {tool}", "note")


def main() -> None:
    """The command."""
    PICTURE.write_text(picture(PAGE.read_text()))


if __name__ == "__main__":
    main()
