"""Cases that other tests cover with programs of their own, and where: the lane runs these tests too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A test function, and which of its parametrisations: all, or those whose ids end in `variant`."""

    test: str
    variant: str = ""

    def covers(self, test: str) -> bool:
        """True for a test, as pytest names it, that is of this function and variant."""
        function, bracket, variant = test.partition("[")
        return function == self.test and (bracket + variant).endswith(f"{self.variant}]" if self.variant else "")


_ADDED = "tests/test_add_data.py::test_what_no_wheel_would_hold_is_left_out"
_COMPUTED = "tests/test_computed_lookups.py::test_a_place_alone"
_DISCOVERY = "tests/test_discovery.py::test_found_without_an_option"
_EXPORTED = "tests/test_exported_files.py::test_others_can_use_them"
_NAMES = "tests/test_shadowing_names.py::test_is_whose_it_is"
_PATCHED = "tests/test_own_file.py::test_rewritten_by_patchelf"
_READ_ONLY = "tests/launcher/test_files.py::test_as_on_a_read_only_file_system"

# What happens in a case, and the tests that would fail.
ELSEWHERE: Mapping[str, tuple[Place, ...]] = {
    # The process and the executable's own file
    "a daemon closes all descriptors, uses their numbers and imports a compiled module": (
        Place("tests/test_own_file.py::test_closed_descriptors", "reused"),
    ),
    "patchelf gives a binary another search path or dynamic linker": (
        Place(_PATCHED, "['--set-rpath', '/nowhere']"),
        Place(_PATCHED, "ld-linux-x86-64.so.2']"),
    ),
    "a binary may be executed but not read": (Place("tests/test_own_file.py::test_unreadable"),),
    "a callback of the library's type runs when its object dies at exit": (Place(_NAMES, "partial"),),
    # Files below the virtual root
    "a data file is larger than the limit for files": (
        Place("tests/launcher/test_files.py::test_small_files_only", "-S"),
    ),
    "calls that would change a bundled file fail as on a read-only file system": (
        Place(_READ_ONLY, "refused"),
        Place(_READ_ONLY, "refused_in_folders"),
    ),
    "a command line names a hundred bundled files": (Place(_EXPORTED, "many"),),
    "a bundled script that a shell runs reads the file beside it": (Place(_EXPORTED, "neighbours"),),
    "a pattern of --add-data matches folders, whose names stay": (Place(_ADDED, "pattern"),),
    "secrets, leavings of editors and caches lie in the program's package": (Place(_ADDED, "package"),),
    "an added library is opened by its path and needs another beside it": (
        Place("tests/test_add_data.py::test_an_added_library_is_a_library"),
    ),
    "a decorator reads the source of a class": (
        Place("tests/test_with_source.py::test_sources_come_along_for_who_reads_them", "own"),
    ),
    # Names that only a run knows
    "the command line names a codec, for calls other than decode": tuple(
        Place(_COMPUTED, variant) for variant in ("str", "bytes", "codecs.lookup", "codecs.getreader", "TextIOWrapper")
    ),
    "a mail names its codec": (Place(_COMPUTED, "email"),),
    "an archive with names in the old code page of DOS": (Place(_COMPUTED, "zipfile"),),
    "an implementation of DOM is looked up": (Place(_COMPUTED, "xml.dom"),),
    "a database on the disk is opened by the library that can": (Place(_COMPUTED, "shelve"),),
    "a script lists the modules of a package": (Place(_DISCOVERY, "iter_modules"),),
    "a script has a list of module names": (Place(_DISCOVERY, "a list in a script"),),
    "a module's name begins with a constant": (Place(_DISCOVERY, "a constant"),),
    "a program runs a package by its name": (Place(_DISCOVERY, "runpy"),),
    "lazy attributes by a helper of another package": (Place(_DISCOVERY, "lazy attributes by a helper"),),
    "lazy attributes that a stub lists": (Place(_DISCOVERY, "lazy attributes by a stub"),),
    "metadata of a distribution that is not imported": (
        Place("tests/test_discovery.py::test_metadata_by_a_literal_name"),
    ),
    # Whose a module is, and which copy
    "own modules are called like those that a binary adapts, a package like the interpreter": (Place(_NAMES, "own"),),
    "a module with a name of the standard library's calls exit": (Place(_NAMES, "stop"),),
    "modules that nobody imports are called like those that Python starts with": (
        Place("tests/test_shadowing_names.py::test_a_folder_runs_with_such_files"),
    ),
    "a script puts a folder of vendored modules first": (
        Place("tests/test_search_order.py::test_the_copy_that_python_takes", "insert"),
    ),
    "a package adds folders to its own path": (
        Place("tests/test_search_order.py::test_packages_of_several_folders", "grown"),
    ),
    # What is no program
    "a script in a package has relative imports": (
        Place("tests/test_targets.py::test_script_inside_a_package_is_no_module", "file"),
    ),
}
