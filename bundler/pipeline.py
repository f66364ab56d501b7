"""The whole program on one screen."""

from __future__ import annotations

import sys
from pathlib import Path

from bundler import link
from bundler.analyze import analyze
from bundler.cache import Cache
from bundler.freeze import freeze
from bundler.report import Reporter
from bundler.settings import Settings
from bundler.target import probe
from bundler.toolchain import find_toolchain


def bundle(settings: Settings, report: Reporter) -> Path:
    """Build the binary that the settings ask for; its path."""
    cache = Cache(settings.cache_dir)
    toolchain = find_toolchain(settings.compiler)
    target = probe(settings.python or Path(sys.executable), toolchain.compiler, cache)
    graph = analyze(target, settings, cache)
    for finding in graph.findings:
        report.diagnostic(finding)
    image = freeze(graph, target, toolchain, settings, cache, report)
    plan = link.plan(image, target, toolchain, settings)
    return link.execute(plan, cache)
