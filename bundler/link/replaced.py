"""Functions instead of which the launcher's own are called, by who calls them."""

from __future__ import annotations

# Of the C library, by libpython and by images (launcher/images.c, files.c, children.c, openssl.c).
REPLACED_FUNCTIONS = frozenset(
    "dlopen dlsym dlvsym dlclose dlerror dladdr dladdr1 dlinfo dl_iterate_phdr"
    " open open64 openat openat64 __open_2 __open64_2 __openat_2 __openat64_2 fopen fopen64"
    " stat stat64 lstat lstat64 fstatat fstatat64"
    " __xstat __xstat64 __lxstat __lxstat64 __fxstatat __fxstatat64"
    " access faccessat eaccess euidaccess readlink readlinkat realpath __realpath_chk"
    " execv execve execvp execvpe fexecve posix_spawn posix_spawnp"
    " chdir mkdir mkdirat listxattr llistxattr getxattr lgetxattr opendir readdir readdir64 closedir rewinddir"
    " secure_getenv".split()
)

# What else images call of the launcher's, and the launcher itself does not (launcher/threads.c, launcher/unwind.c).
REPLACED_IN_IMAGES = frozenset({"__tls_get_addr", "_dl_find_object"})

# Of the interpreter, by extension modules (launcher/interning.c).
REPLACED_FOR_EXTENSIONS = frozenset({"PyUnicode_InternFromString", "PyUnicode_InternInPlace"})

# Of the static libpython, by its other parts, whose calls the linker redirects: the one way to the code of frozen modules
# since 3.13, which is import.c's (launcher/frozen.c), and the ways to what starts do most (launcher/lookup.c). What a
# version does not have, nothing calls.
WRAPPED_IN_PYTHON = (
    "PyDict_Contains",
    "PyDict_GetItemRef",
    "PyDict_GetItemWithError",
    "PyMarshal_ReadObjectFromString",
    "PyUnicode_InternFromString",
    "_PyDict_GetItemRef_KnownHash",
    "_PyDict_GetItemWithError",
    "_PyDict_GetItem_KnownHash",
    "_PyDict_LoadGlobal",
)

# Of the shared libpython, by anybody: calls within it were bound when it was built, so the functions begin with a jump
# (launcher/frozen_shared.c). The second is the program that searches the disk for an installation; of the static library
# launcher/frozen_static.c defines it.
DETOURED_IN_PYTHON = frozenset({"PyMarshal_ReadObjectFromString", "_Py_Get_Getpath_CodeObject"})


def replacement(name: str) -> str:
    """The symbol of the launcher's function that images are given instead of this one."""
    return f"{'extension' if name in REPLACED_FOR_EXTENSIONS else '__wrap'}_{name}"
