"""Tcl's and Tk's script libraries, side by side, which is how one finds the other, and the modules that belong to them."""

from pathlib import Path

from PyInstaller.utils.hooks import collect_system_data_files, eval_statement

library, version = eval_statement(
    "import tkinter; t = tkinter.Tcl(); print(repr((t.eval('info library'), t.eval('set tcl_version'))))"
)
folders = {
    library: f"tcl{version}",
    library.replace(f"tcl{version}", f"tk{version}"): f"tk{version}",
    str(Path(library).parent / "tcl8"): "tcl8",
    f"{library}/tcl8": f"tcl8/{version}",  # where Debian has them; found by a path that is compiled in
}
datas = [
    pair
    for folder, name in folders.items()
    if Path(folder).is_dir()
    for pair in collect_system_data_files(folder, f"_tcl_data/{name}")
    if "/demos/" not in f"{pair[1]}/"
]
