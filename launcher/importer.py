"""The Python side of the importer: a finder and loader for the modules that are part of the executable.

Runs in the interpreter's core phase, before anything but built-in modules can be imported, so that every later import
passes here first. Its code carries the file name of importlib's own bootstrap: tracebacks then leave out its frames
just as they leave out importlib's (import.c, remove_importlib_frames).
"""

import sys

import _bundle
from _frozen_importlib import ModuleSpec, _call_with_frames_removed

ROOT = _bundle.ROOT
FROZEN = _bundle.FROZEN
EXTENSION = _bundle.EXTENSION
find = _bundle.find
code_of = _bundle.code


class BundleLoader:
    """Loads the frozen modules; importlib's loader protocol, in full."""

    def create_module(self, spec):
        """Let importlib make an ordinary module."""

    def exec_module(self, module):
        """Run the module's static code."""
        _call_with_frames_removed(exec, code_of(module.__name__), module.__dict__)

    def get_code(self, fullname):
        return code_of(fullname)

    def get_source(self, fullname):
        """Sources are not carried."""
        if find(fullname) is None:
            raise ImportError(f"no bundled module named {fullname!r}", name=fullname)

    def is_package(self, fullname):
        found = find(fullname)
        if found is None:
            raise ImportError(f"no bundled module named {fullname!r}", name=fullname)
        return found[1]

    def get_filename(self, fullname):
        found = find(fullname)
        if found is None:
            raise ImportError(f"no bundled module named {fullname!r}", name=fullname)
        return found[2]

    def get_data(self, path):
        """Bytes of a file beside the modules."""
        import _io

        with _io.open_code(str(path)) as file:
            return file.read()

    def get_resource_reader(self, fullname):
        """Resources are files under the package's folder, which the launcher's file layer serves."""
        if not self.is_package(fullname):
            return None
        from importlib.readers import FileReader

        return FileReader(_PathOf(self.get_filename(fullname)))


class _PathOf:
    """What FileReader asks of a loader: its `path`."""

    def __init__(self, path):
        self.path = path


loader = BundleLoader()


class BundleFinder:
    """The meta path finder: bundled modules by their full name."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        found = find(fullname)
        if found is None:
            return None
        kind, is_package, file = found
        if kind == FROZEN:
            spec = ModuleSpec(fullname, loader, origin=file)
            spec._set_fileattr = True
            if is_package:
                spec.submodule_search_locations = [file.rpartition("/")[0]]
            return spec
        from _frozen_importlib_external import ExtensionFileLoader, NamespaceLoader, _NamespacePath

        if kind == EXTENSION:
            spec = ModuleSpec(fullname, ExtensionFileLoader(fullname, file), origin=file)
            spec._set_fileattr = True
            if is_package:
                spec.submodule_search_locations = [file.rpartition("/")[0]]
            return spec
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [file]
        return spec

    @staticmethod
    def invalidate_caches():
        pass


def add_site_builtin(name):
    """A builtin that `site` would have added (Lib/site.py)."""
    import builtins

    import _sitebuiltins

    eof = "Ctrl-D (i.e. EOF)"
    if name in ("exit", "quit"):
        value = _sitebuiltins.Quitter(name, eof)
    elif name == "help":
        value = _sitebuiltins._Helper()
    elif name == "copyright":
        value = _sitebuiltins._Printer("copyright", sys.copyright)
    else:
        notes = {"credits": "See www.python.org for more information.", "license": "See https://www.python.org/psf/license/"}
        value = _sitebuiltins._Printer(name, notes[name])
    setattr(builtins, name, value)


def set_main_spec(name):
    """`__main__` as `python -m name` has it (Lib/runpy.py)."""
    module = sys.modules["__main__"]
    spec = BundleFinder.find_spec(name)
    module.__spec__ = spec
    module.__package__ = spec.parent
    module.__loader__ = loader


sys.meta_path.insert(0, BundleFinder)
sys.frozen = True
sys._MEIPASS = ROOT
