"""The script library of Tcl/Tk, as files."""

from __future__ import annotations

from .. import hooks


def collect_tcl_tk_files(*_args: object) -> list[tuple[str, str]]:
    """Pairs of source and destination of Tcl's and Tk's scripts."""
    code = "import tkinter; t = tkinter.Tcl(); print(repr((t.eval('info library'), t.eval('set tcl_version'))))"
    library, version = hooks.eval_statement(code)
    pairs = hooks.collect_system_data_files(library, "_tcl_data")
    return pairs + hooks.collect_system_data_files(library.replace(f"tcl{version}", f"tk{version}"), "_tk_data")
