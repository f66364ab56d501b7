"""Parts of the importer that are seldom needed, apart from it so that no start pays for them."""

import sys
from _frozen_importlib import _call_with_frames_removed

from _bundle_importer import (
    ADAPTED,
    BROKEN,
    FROZEN,
    ROOT,
    BundleEntryFinder,
    BundleFinder,
    BundleLoader,
    code_of,
    find,
    last_finder,
    own_module,
    run,
)

NOTE = "the program was bundled without"


class BrokenLoader(BundleLoader):
    """Fails to load a module that does not compile, with the SyntaxError of its source."""

    def exec_module(self, module):
        self.get_code(module.__name__)

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        return _call_with_frames_removed(compile, self.get_data(path), path, "exec", dont_inherit=True)


class AdaptedLoader(BundleLoader):
    """Loads a module of the standard library, then changes it as adapt.py says."""

    def exec_module(self, module):
        BundleLoader.exec_module(self, module)
        own_module("_bundle_adapt").ADAPTATIONS[module.__name__](module)


class OtherNameLoader(BundleLoader):
    """Loads a module under another name than the one it has in the executable."""

    def __init__(self, name, path, own_name):
        BundleLoader.__init__(self, name, path)
        self._own_name = own_name

    def exec_module(self, module):
        _call_with_frames_removed(run, code_of(self._own_name), module.__dict__)

    def get_code(self, fullname):
        return code_of(self._own_name)

    def is_package(self, fullname):
        return find(self._own_name)[1]

    def get_filename(self, fullname=None):
        return self.path


def has_source(file):
    """True if the text of a frozen module is carried."""
    import _io

    try:
        with _io.FileIO(file):
            return True
    except OSError:
        return False


def loader_of_source(loader):
    """The loader of a frozen module, as one of a source file if its source is carried.

    Programs that change modules when they are imported put a loader of theirs in place of such.
    """
    if not has_source(loader.path):
        return loader
    from _frozen_importlib_external import SourceFileLoader

    class SourceLoader(type(loader), SourceFileLoader):
        pass

    made = SourceLoader.__new__(SourceLoader)
    vars(made).update(vars(loader))
    return made


def hooked_spec(fullname, found):
    """The spec that a path hook of the program gives for a frozen module whose source is carried; None when none does."""
    _, is_package, file, _ = found
    if file is None or not has_source(file):
        return None
    from _frozen_importlib_external import SourceFileLoader

    folder = file.rpartition("/")[0]
    for hook in sys.path_hooks:
        if hook is BundleEntryFinder:
            continue
        try:
            finder = hook(folder.rpartition("/")[0] if is_package else folder)
        except ImportError:
            continue
        spec = finder.find_spec(fullname)
        # What Python's own loader reads is the source of the frozen code.
        if spec is not None and spec.loader is not None and type(spec.loader) is not SourceFileLoader:
            return spec
    return None


_finders = {}


def file_finder(path):
    """The finder of modules in a folder of the disk, for a folder of data files; one for each folder."""
    if path not in _finders:
        from _frozen_importlib_external import FileFinder, _get_supported_file_loaders

        _finders[path] = FileFinder(path, *_get_supported_file_loaders())
    return _finders[path]


def modules_in_files(path):
    """Modules and packages whose sources are listed in a folder: names, and whether they are packages."""
    from pkgutil import iter_importer_modules

    return dict(iter_importer_modules(file_finder(path)))


def find_anywhere(fullname):
    """The spec of a bundled module whose folder is on no search path: programs take the first entry off `sys.path`.

    Not a module of another copy of a package than the one that was imported.
    """
    found = find(fullname)
    if found is None or fullname == "__main__":
        return None
    parent = fullname.rpartition(".")[0]
    if parent:
        above = find(parent)
        module = sys.modules.get(parent)
        if above is None or above[2] not in (getattr(module, "__file__", None), *getattr(module, "__path__", ())):
            return None
    return BundleFinder.spec_of(fullname, found)


loaders = {BROKEN: BrokenLoader, ADAPTED: AdaptedLoader}


def module_at(path):
    """The name of the frozen module whose source would be at a path; None when there is none."""
    if path.startswith(ROOT + "/"):
        name = path[len(ROOT) + 1 :].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for each in ("__main__", name):
            found = find(each)
            if found is not None and found[0] in (FROZEN, ADAPTED) and found[2] == path:
                return each
    return None


def find_nowhere(fullname, path, target):
    """Raise what importlib would raise itself (importlib._bootstrap, _find_and_load_unlocked), with a note."""
    finders = sys.meta_path
    for finder in finders[finders.index(last_finder) + 1 :]:  # of a program that appends one
        spec = finder.find_spec(fullname, path, target)
        if spec is not None:
            return spec
    error = ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
    # Whether it was there to be bundled is not known here.
    error.add_note(
        f"{NOTE} `{fullname}`; if the program needs it, install it where the program is bundled, "
        f"and if it is installed there, add `--hidden-import {fullname}`"
    )
    raise error


def explain_missing_metadata(error):
    """Make errors of importlib.metadata, or of its backport, name the option that adds the metadata."""
    if not isinstance(error, type) or "__init__" in error.__dict__:
        return

    def with_note(self, *arguments):
        super(error, self).__init__(*arguments)
        if arguments:
            self.add_note(
                f"{NOTE} the metadata of `{arguments[0]}`; if the program needs it, add `--copy-metadata {arguments[0]}`"
            )

    error.__init__ = with_note
