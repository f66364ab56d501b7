"""Opens libraries that packages bring, in all the ways there are. Prints the result of each function by name."""

import ctypes
import ctypes.util
import importlib
import os
import sys
import zlib

import packed  # type: ignore[import-not-found]

HERE = os.path.dirname(packed.__file__)


def text(library, name):
    function = getattr(library, name)
    function.restype = ctypes.c_char_p
    return function().decode()


def beside():
    return text(ctypes.CDLL(os.path.join(HERE, "libplain.so")), "which")


def read_before_it_is_opened():
    # As Qt reads what a plug-in says of itself.
    path = os.path.join(HERE, "libplain.so")
    with open(path, "rb") as file:
        before = file.read()
    answer = text(ctypes.CDLL(path), "which")
    with open(path, "rb") as file:
        return len(before), zlib.crc32(before), answer, file.read() == before


def longer_path():
    return text(ctypes.CDLL(os.path.join(HERE, "..", "packed", ".", "libplain.so")), "which")


def numbered():
    return text(ctypes.CDLL(os.path.join(HERE, "inner", "libnumbered.so.1.2")), "which")


def by_soname():
    numbered()
    return text(ctypes.CDLL("libnumbered.so.1"), "which")


def by_grafted_name():
    return text(ctypes.CDLL(os.path.join(HERE, os.pardir, "packed.libs", "libgrafted-1234.so")), "which")


def by_name_alone():
    # The one that `_ctypes` needs, which is a library of the system.
    return ctypes.util.find_library("ffi"), ctypes.util.find_library("nothing")


def locates_itself():
    library = ctypes.CDLL(os.path.join(HERE, "liblocated.so"))
    out = ctypes.create_string_buffer(100)
    found = library.read_beside(out, 100)
    return found, out.value, text(library, "own_path"), text(library, "path_by_handle"), text(library, "which_below")


def carried_locates_itself():
    library = ctypes.CDLL(os.path.join(HERE, "libfixed.so"))
    out = ctypes.create_string_buffer(100)
    return library.read_beside(out, 100), out.value, text(library, "own_path"), text(library, "which_below")


def without_what_it_needs():
    return ctypes.CDLL(os.path.join(HERE, "libincomplete.so"))


def of_another_machine():
    return ctypes.CDLL(os.path.join(HERE, "libforeign.so"))


def absent():
    return ctypes.CDLL(os.path.join(HERE, "libabsent.so"))


def files():
    names = sorted(name for name in os.listdir(HERE) if name.startswith("lib"))
    return [
        (name, os.path.exists(os.path.join(HERE, name)), os.path.getsize(os.path.join(HERE, name))) for name in names
    ]


def old_and_new_modules():
    from packed import multi, single

    again = importlib.reload(multi)
    return single.__name__, multi.__name__, single.__spec__.name, again is multi, os.path.exists(multi.__file__)


def python_itself():
    return ctypes.pythonapi.Py_IsInitialized(), text(ctypes.PyDLL(None), "Py_GetVersion") == sys.version


def program_and_system():
    every = ctypes.CDLL(None)
    return every.Py_IsInitialized(), every.abs(-3), hasattr(every, "which")


def undefined_name():
    return ctypes.CDLL(os.path.join(HERE, "libplain.so")).no_such_function


def loaded_twice():
    path = os.path.join(HERE, "libplain.so")
    return ctypes.CDLL(path)._handle == ctypes.CDLL(path)._handle


def rust():
    path = os.path.join(HERE, "libpanic.so")
    if not os.path.exists(path):
        return None
    library = ctypes.CDLL(path)
    through = ctypes.CDLL(os.path.join(HERE, "libthrough.so")).through
    return library.caught(through), library.caught(through), library.caught_in_thread()


def main():
    for name in sys.argv[1:]:
        try:
            result = globals()[name]()
        except (OSError, AttributeError, ImportError) as error:
            result = type(error).__name__, str(error)
        print(name, repr(result).replace(os.path.dirname(HERE), "ROOT"), flush=True)


if __name__ == "__main__":
    main()
