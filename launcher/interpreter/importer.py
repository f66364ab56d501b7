"""The Python side of the importer: a finder and loader for the modules that are part of the executable.

Runs in the interpreter's core phase, before anything but built-in modules can be imported, so that every later import
passes here first. Its code carries the file name of importlib's own bootstrap: tracebacks then leave out its frames
just as they leave out importlib's (import.c, remove_importlib_frames).
"""

import _frozen_importlib
import _thread
import sys
from _frozen_importlib import ModuleSpec, _call_with_frames_removed, _ModuleLockManager

import _bundle

ROOT = _bundle.ROOT
FROZEN = _bundle.FROZEN
EXTENSION = _bundle.EXTENSION
NAMESPACE = _bundle.NAMESPACE
BROKEN = _bundle.BROKEN
ADAPTED = _bundle.ADAPTED
MODULES_HAVE_CACHED = _bundle.MODULES_HAVE_CACHED
find = _bundle.find
find_in = _bundle.find_in
code_of = _bundle.code
run = _bundle.run
Module = type(sys)

# Path hooks for archives, folders of the binary and other folders: further ones are the program's.
USUAL_HOOKS = 3

# How the names of files with bytecode end.
CACHED_END = f".{sys.implementation.cache_tag}{f'.opt-{sys.flags.optimize}' if sys.flags.optimize else ''}.pyc"


def _facts_of(fullname):
    """A module's kind, whether it is a package, its file, and whether it is early (bundle.h)."""
    found = find(fullname)
    if found is None:
        raise ImportError(f"no bundled module named {fullname!r}", name=fullname)
    return found


class _Stand:
    """Placeholder base class; adapt.py swaps in importlib's when that is imported, for isinstance checks of programs."""


class _LoaderType(type):
    """Gives a loader the place of importlib's in tables that have something for each type of loaders (distlib's)."""

    def __eq__(cls, other):
        from _frozen_importlib_external import SourcelessFileLoader

        return other is cls or other is SourcelessFileLoader

    def __hash__(cls):
        from _frozen_importlib_external import SourcelessFileLoader

        return hash(SourcelessFileLoader)


class BundleLoader(_Stand, metaclass=_LoaderType):
    """Loads the frozen modules; importlib's loader protocol, in full. A loader for each module, with its file, as in Python."""

    def __init__(self, name, path):
        self.name = name
        self.path = path

    def __eq__(self, other):
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(self.path)

    def create_module(self, spec):
        """Let importlib make an ordinary module."""

    def exec_module(self, module):
        """Run the module's static code."""
        _call_with_frames_removed(run, code_of(module.__name__), module.__dict__)

    def get_code(self, fullname):
        return code_of(fullname)

    def get_source(self, fullname):
        """The text, if sources are carried; else None, as importlib has it for modules without one."""
        path = self.get_filename(fullname)
        try:
            data = self.get_data(path)
        except (OSError, TypeError):  # a module without a file
            return None
        from _frozen_importlib_external import decode_source

        return decode_source(data)

    def is_package(self, fullname):
        return _facts_of(fullname)[1]

    def get_filename(self, fullname=None):
        return self.path if fullname is None else _facts_of(fullname)[2]

    def get_data(self, path):
        """Bytes of a file beside the modules."""
        import _io

        with _io.open_code(str(path)) as file:
            return file.read()

    def get_resource_reader(self, fullname):
        """Resources are files under the package's folder, which the launcher's file layer serves."""
        from importlib.readers import FileReader

        return FileReader(self)


def own_module(name):
    """A module of the launcher's, made without the finders and the search path, one of which may be asking."""
    module = sys.modules.get(name)
    if module is None or module.__spec__._initializing:
        with _ModuleLockManager(name):
            module = sys.modules.get(name) or load(BundleFinder.spec_of(name, find(name)))
    return module


def seldom():
    """The module with the parts that are seldom needed."""
    return own_module("_bundle_seldom")


class BundleFinder:
    """The meta path finder: bundled modules by their full name, where the path finder would find the same.

    Everything else is left to that, which asks `BundleEntryFinder`.
    """

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        found = find(fullname) if path is None else find_in(fullname, path)
        if found is None or fullname == "__main__":  # a program is no module, above all not that of another folder
            return None
        if found[0] == NAMESPACE:
            return None
        # What is before the root may have a module of this name too.
        if path is None and (not sys.path or sys.path[0] != ROOT) and not found[3]:
            return None
        if len(sys.path_hooks) > USUAL_HOOKS and found[0] == FROZEN:
            return seldom().hooked_spec(fullname, found) or BundleFinder.spec_of(fullname, found)
        return BundleFinder.spec_of(fullname, found)

    @staticmethod
    def spec_of(fullname, found):
        """The spec of a module, from its row of the table."""
        kind, is_package, file, _ = found
        if kind == FROZEN:
            its_loader = BundleLoader(fullname, file)
        elif kind == EXTENSION:
            from _frozen_importlib_external import ExtensionFileLoader

            its_loader = ExtensionFileLoader(fullname, file)
        elif kind == NAMESPACE:
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [file]
            return spec
        else:
            its_loader = seldom().loaders[kind](fullname, file)
        spec = ModuleSpec(fullname, its_loader, origin=file)
        spec._set_fileattr = True
        if file is None:  # a module of the launcher's own
            return spec
        folder, _, name = file.rpartition("/")
        if is_package:
            spec.submodule_search_locations = [folder]
        if kind == FROZEN and name.endswith(".py") and sys.pycache_prefix is None:
            spec._cached = f"{folder}/__pycache__/{name[:-3]}{CACHED_END}"
        return spec

    @staticmethod
    def invalidate_caches():
        pass


def find_spec(name, path, target=None, otherwise=_frozen_importlib._find_spec):
    """Replaces importlib's function: finds bundled modules directly while BundleFinder comes first."""
    if sys.meta_path and sys.meta_path[0] is BundleFinder:
        spec = BundleFinder.find_spec(name, path, target)
        if spec is not None:
            return spec
    return otherwise(name, path, target)


def load(spec, otherwise=_frozen_importlib._load_unlocked):
    """Replaces importlib's function: makes a module and runs its code, without looking up what all frozen modules share."""
    loader = spec.loader
    if type(loader) is not BundleLoader or sys.flags.verbose:
        return otherwise(spec)
    name = spec.name
    module = Module(name)
    namespace = module.__dict__
    namespace["__loader__"] = loader
    namespace["__spec__"] = spec
    if spec.submodule_search_locations is None:
        namespace["__package__"] = name.rpartition(".")[0]
    else:
        namespace["__package__"] = name
        namespace["__path__"] = spec.submodule_search_locations
    namespace["__file__"] = spec.origin
    if MODULES_HAVE_CACHED:
        namespace["__cached__"] = spec.cached
    modules = sys.modules
    spec._initializing = True
    try:
        modules[name] = module
        try:
            _call_with_frames_removed(run, code_of(name), namespace)
        except:
            modules.pop(name, None)
            raise
        # The module may have put another in its place, which now is the last.
        module = modules.pop(name)
        modules[name] = module
    finally:
        spec._initializing = False
    return module


def acquire(self, otherwise=_frozen_importlib._ModuleLock.acquire):
    """Replaces importlib's method: takes a free lock without noting first that this thread waits for it."""
    tid = _thread.get_ident()
    with self.lock:
        if self.owner == tid or self.count == []:
            self.owner = tid
            self.count.append(True)
            return True
    return otherwise(self)


class BundleEntryFinder(_Stand):
    """The path hook for folders under the root: what `pkgutil` and namespace paths ask."""

    def __init__(self, path):
        if path != ROOT and not path.startswith(ROOT + "/"):
            raise ImportError("not part of this executable", path=path)
        self.path = path
        self._package = path[len(ROOT) + 1 :].rstrip("/").replace("/", ".")
        found = find(self._package)
        if self._package and (found is None or not found[1]):
            from _frozen_importlib_external import _path_isdir

            if not _path_isdir(path):
                raise ImportError("only folders are supported", path=path)

    def find_spec(self, fullname, target=None):
        # A folder inside a package may be on a search path: modules in it have shorter names there.
        last = fullname.rpartition(".")[2]
        name = f"{self._package}.{last}" if self._package else last
        found = find(name)
        if found is not None and found[0] == NAMESPACE:
            return BundleFinder.spec_of(fullname, found)  # one part of the package; PathFinder looks for others
        spec = BundleFinder.find_spec(name, (self.path,))
        if spec is None:
            return self._find_file(fullname)
        if name != fullname:
            spec.name = fullname
            if type(spec.loader) is BundleLoader:
                spec.loader = seldom().OtherNameLoader(fullname, spec.origin, name)
            elif hasattr(spec.loader, "name"):  # of an extension module
                spec.loader.name = fullname
        if isinstance(spec.loader, BundleLoader) and sys.meta_path[0] is not BundleFinder:
            spec.loader = seldom().loader_of_source(spec.loader)  # a finder of the program may ask
        return spec

    def _find_file(self, fullname):
        """A module whose source is a data file. Folders of the root that hold data only are no packages."""
        if not self._package:
            from _frozen_importlib_external import _path_isfile

            base = f"{self.path}/{fullname.rpartition('.')[2]}"
            if not (_path_isfile(f"{base}.py") or _path_isfile(f"{base}/__init__.py")):
                return None
        return seldom().file_finder(self.path).find_spec(fullname)

    def iter_modules(self, prefix=""):
        names = dict(_bundle.submodules(self._package))
        if self._package:
            names |= seldom().modules_in_files(self.path)
        for name, is_package in sorted(names.items()):
            yield prefix + name, is_package

    def invalidate_caches(self):
        pass


class _WithoutArchives:
    """The first meta path finder while the interpreter starts: zipimport is left for later, and time, which it imports.

    The interpreter does without when it cannot be imported (import.c, init_zipimport).
    """

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        if fullname == "zipimport":
            raise ImportError(fullname)


def find_in_archive(path):
    """The path hook in place of zipimport's until that is imported (adapt.py, zipimport)."""
    from _frozen_importlib_external import _path_isdir

    if not path or _path_isdir(path):
        raise ImportError("not an archive", path=path)
    return own_module("zipimport").zipimporter(path)


def find_no_installation():
    """Run in place of the shared libpython's getpath.py, with its variables; all of them are right already."""


def _find_nowhere(fullname, path=None, target=None):
    """Last finder on `sys.meta_path`: where importlib would raise ModuleNotFoundError, raises it with a note."""
    caller = sys._getframe(1).f_back
    if caller is not None and caller.f_code is find_spec.__code__:  # the module's, above
        caller = caller.f_back
    if caller is None or caller.f_code.co_name != "_find_and_load_unlocked":
        return None
    if (spec := seldom().find_anywhere(fullname)) is not None:
        return spec
    if caller.f_locals.get("lazy_submodule"):  # 3.15: a name that may be a module, or else is missing in one
        return None
    return seldom().find_nowhere(fullname, path, target)


def _find_no_distribution(context=None):
    """Last finder of metadata: makes importlib.metadata's error name the option that adds the metadata."""
    if context is not None and context.name:
        seldom().explain_missing_metadata(sys._getframe(1).f_globals.get("PackageNotFoundError"))
    return ()


last_finder = type(sys.implementation)(find_spec=_find_nowhere, find_distributions=_find_no_distribution)


def prepare_path():
    """Install path hooks for folders below the root and for archives, and the last finder."""
    if _WithoutArchives not in sys.meta_path:
        return  # a program of the binary's own that is run as by `python` has been here before
    sys.meta_path.remove(_WithoutArchives)
    if sys.path_hooks:  # else the interpreter is not that far, and has yet to import zipimport
        sys.path_hooks.insert(0, find_in_archive)
    sys.path_hooks.insert(0, BundleEntryFinder)
    sys.meta_path.append(last_finder)


def prepare_files():
    """Make importlib load frozen modules by the paths of their files. Not called for subinterpreters: they call
    `prepare_path` before importlib has its loaders.
    """
    from _frozen_importlib_external import SourceLoader

    of_source = SourceLoader.get_code

    def get_code(self, fullname):
        """Replaces SourceLoader's, which reads the file: a frozen module has none."""
        path = self.get_filename(fullname)
        if path.startswith(ROOT + "/"):
            name = seldom().module_at(path)
            # A loader of the program's that compiles in its own way does so where the source is carried.
            is_plain = type(self).source_to_code is SourceLoader.source_to_code
            if name is not None and (is_plain or not seldom().has_source(path)):
                return code_of(name)
        return of_source(self, fullname)

    SourceLoader.get_code = get_code


def prepare_main(site_builtins, main_module):
    """Finish what `site` and `runpy` would have done before any of the program's own code runs."""
    prepare_path()
    prepare_files()
    module = sys.modules["__main__"]
    if hasattr(module, "__file__"):  # not in workers of a process pool, whose start is like `python -c`
        module.__loader__ = BundleLoader(main_module or "__main__", module.__file__)
    if main_module is not None:
        spec = ModuleSpec(main_module, module.__loader__, origin=module.__file__)
        spec._set_fileattr = True
        module.__spec__ = spec
        module.__package__ = spec.parent
    _add_site_builtins(site_builtins)


def run_hooks(names):
    """Import the modules that run before `__main__`."""
    for name in names:
        __import__(name)


def prepare_python():
    """Search as `python` does: in `sys.path`, with bundled modules last."""
    prepare_path()
    prepare_files()
    sys.meta_path.remove(BundleFinder)
    sys.meta_path.insert(-1, BundleFinder)
    _add_site_builtins(("exit", "quit", "help", "copyright", "credits", "license"))


def _add_site_builtins(names):
    if names:
        import builtins

        for name in names:
            setattr(builtins, name, _site_builtin(name))


def _site_builtin(name):
    """A builtin that `site` would have added (Lib/site.py)."""
    import _sitebuiltins

    if name in ("exit", "quit"):
        return _sitebuiltins.Quitter(name, "Ctrl-D (i.e. EOF)")
    if name == "help":
        return _sitebuiltins._Helper()
    texts = {
        "copyright": sys.copyright,
        "credits": "See https://www.python.org for more information about Python development.",
        "license": "See https://www.python.org/psf/license/",
    }
    return _sitebuiltins._Printer(name, texts[name])


sys.meta_path[:0] = (_WithoutArchives, BundleFinder)
_frozen_importlib._find_spec = find_spec
_frozen_importlib._load_unlocked = load
if hasattr(_frozen_importlib, "_BlockingOnManager"):  # else the note is one item of a dictionary, and `count` a number
    _frozen_importlib._ModuleLock.acquire = acquire
sys.frozen = True
sys._MEIPASS = ROOT

# Reports of crashes list the extension modules that are not Python's own.
del sys.modules["_bundle"]
