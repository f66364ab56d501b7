"""Two ways in which libraries change modules when they are imported."""

import sys
from importlib.machinery import FileFinder, PathFinder, SourceFileLoader


class Loader(SourceFileLoader):
    """Compiles something else than the file holds."""

    def source_to_code(self, data, path, *_others, **_options):
        return super().source_to_code(data.replace(b"as written", b"changed"), path)


class Finder:
    """Asks the path finder, and replaces the loader of a source file."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        spec = PathFinder.find_spec(name, path, target)
        if name == "shown" and spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = Loader(spec.loader.name, spec.loader.path)
            return spec
        return None


if sys.argv[1] == "finder":
    sys.meta_path.insert(0, Finder)
else:
    sys.path_hooks.insert(0, FileFinder.path_hook((Loader, [".py"])))
    sys.path_importer_cache.clear()
