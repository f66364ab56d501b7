"""`bundle why`: shows the imports that lead to a module, to programs as JSON and to people as lines."""

from __future__ import annotations

from collections.abc import Sequence

from bundler.analyze.tell.why import Step, format_step
from bundler.schema import FORMAT, WhyDocument


def document(name: str, steps: Sequence[Step]) -> WhyDocument:
    """The way to a module as `--json` prints it."""
    return {
        "format": FORMAT,
        "module": name,
        "steps": [
            {
                "importer": step.importer,
                "imported": step.imported,
                "binding": step.binding.value,
                "place": step.place or None,
            }
            for step in steps
        ],
    }


def text(name: str, steps: Sequence[Step]) -> str:
    """A line for each step that leads to a module, with its place."""
    if not steps:
        return f"{name} is where the program starts" if name == "__main__" else f"{name} is part of the interpreter"
    texts = [format_step(step) for step in steps]
    width = max(map(len, texts))
    return "\n".join(f"{each:{width}}  {step.place}".rstrip() for each, step in zip(texts, steps, strict=True))
