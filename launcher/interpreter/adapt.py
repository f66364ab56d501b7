"""Changes to modules of the standard library that have to know of this executable.

`ADAPTATIONS` has a function for each, which is called with the module once that has run. bundler/link/plan.py reads the
names and marks these modules in the binary's table (`BUNDLE_ADAPTED`), if they are the standard library's.
"""

import sys

from _bundle import IS_STATIC
from _bundle_importer import ROOT, BundleEntryFinder, BundleLoader, code_of, find_in_archive
from _bundle_seldom import module_at


def runpy(module):
    """Make `run_path` run frozen modules too: multiprocessing's children run the program's script again with it."""
    import os

    from_disk = module.run_path

    def run_path(path_name, init_globals=None, run_name=None):
        # Asked first, for the script of a package is often named like its folder, and a folder would be run as one.
        name = module_at(os.fsdecode(path_name))
        if name is None:
            return from_disk(path_name, init_globals, run_name)
        run_name = "<run_path>" if run_name is None else run_name
        package = run_name.rpartition(".")[0]
        return module._run_module_code(code_of(name), init_globals, run_name, pkg_name=package, script_name=path_name)

    module.run_path = run_path


def importlib_machinery(module):
    """Give finders and loaders importlib's base classes, by which some programs know them (`pkg_resources`)."""
    BundleLoader.__bases__ = (module.SourcelessFileLoader,)
    BundleEntryFinder.__bases__ = (module.FileFinder,)


def pkgutil(module):
    """Make `pkgutil` ask the finder of a folder of the binary for its modules, not list its files."""
    module.iter_importer_modules.register(BundleEntryFinder, lambda finder, prefix="": finder.iter_modules(prefix))


def zipimport(module):
    """Let zipimport take its place among the path hooks."""
    hooks = sys.path_hooks
    if find_in_archive in hooks:
        hooks[hooks.index(find_in_archive)] = module.zipimporter


def tkinter(module):
    """Make Tcl find the scripts that the binary carries; the system's may be of another version, or absent."""
    import os

    create = module._tkinter.create

    def create_with_scripts(*arguments):
        # Only while Tcl looks: other programs that this one starts have scripts of their own.
        folder = f"{ROOT}/_tcl_data/tcl{module.TclVersion}"
        if "TCL_LIBRARY" in os.environ or not os.path.isdir(folder):  # noqa: PTH112  # an import less
            return create(*arguments)
        os.environ["TCL_LIBRARY"] = folder
        try:
            return create(*arguments)
        finally:
            del os.environ["TCL_LIBRARY"]

    module._tkinter.create = create_with_scripts


def ctypes_util(module):
    """Make `find_library` find libraries that the binary carries, before those of the system."""
    import os
    import re

    on_host = module.find_library
    # The C library, where it is part of the executable: under these names it opens itself.
    linked = ["libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1"]

    def find_library(name):
        pattern = re.compile(rf"lib{re.escape(name)}\.so(\.|$)")
        names = [*sorted(os.listdir(ROOT)), *(linked if IS_STATIC else [])]
        return next(filter(pattern.match, names), None) or on_host(name)

    module.find_library = find_library


ADAPTATIONS = {
    "runpy": runpy,
    "importlib.machinery": importlib_machinery,
    "pkgutil": pkgutil,
    "zipimport": zipimport,
    "tkinter": tkinter,
    "ctypes.util": ctypes_util,
}
