"""The picture on the page; the only part that needs matplotlib."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

from benchmarks.startup.results import FLOOR, Results
from benchmarks.startup.tools import PYTHON

mpl.use("svg")
# Text stays text, and the same numbers give the same file.
mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "bundler", "font.family": "sans-serif"})

from matplotlib import pyplot as plt  # noqa: E402 - reads what is set above

_COLOURS = ("#9aa0a6", "#c8ccd0", "#e8a33d", "#d1603d", "#6b8e9e", "#7a6a9b", "#1a7f4e")


def draw(results: Results, path: Path) -> None:
    """Bars for each start, python's time being 1."""
    tools = list(dict.fromkeys(tool for each in results.timings.values() for tool in each if tool != FLOOR))
    height = 0.8 / len(tools)
    figure, axes = plt.subplots(figsize=(8, 0.32 * len(tools) * len(results.timings) * 0.62 + 1))
    colours = dict(zip(tools, _COLOURS, strict=False))
    for place, tool in enumerate(tools):
        at = [row + place * height for row, each in enumerate(results.timings.values()) if tool in each]
        widths = [each[tool].time / each[PYTHON].time for each in results.timings.values() if tool in each]
        axes.barh(at, widths, height * 0.9, label=tool, color=colours.get(tool))
    axes.set_yticks([row + 0.4 - height / 2 for row in range(len(results.timings))], list(results.timings))
    axes.invert_yaxis()
    axes.axvline(1, color="#666", linewidth=0.6)
    axes.set_xlabel("time from start to end; `python app.py` = 1")
    axes.set_xlim(0, 3)
    axes.legend(frameon=False, fontsize="small", loc="lower right")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
