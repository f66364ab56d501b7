"""The command line: arguments to settings, errors to an exit status."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from bundler import pipeline
from bundler.errors import BundleError
from bundler.report import Reporter
from bundler.settings import Settings, default_cache_dir


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("target", nargs="?")
    p.add_argument("-m", dest="module")
    p.add_argument("--script")
    p.add_argument("-o", dest="output", type=Path)
    p.add_argument("--python", type=Path)
    p.add_argument("-q", action="store_true")
    p.add_argument("-v", action="store_true")
    a = p.parse_args()
    report = Reporter(quiet=a.q)
    if a.v:
        import logging
        logging.basicConfig(level=logging.INFO)
    t = time.time()
    try:
        out = pipeline.bundle(Settings(target=a.target, module=a.module, script=a.script, output=a.output, python=a.python, cache_dir=default_cache_dir()), report)
    except BundleError as e:
        report.diagnostic(e.diagnostic)
        sys.exit(1)
    report.line(f"{out} {out.stat().st_size/1e6:.1f} MB {time.time()-t:.1f} s")
