"""The codes of errors, warnings and notes: what each means, and how to go on.

docs/errors.md is made from this table (`reference.py`). A code is stable: scripts may look for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bundler.errors import Severity

_ERROR, _WARNING, _NOTE, _DETAIL = Severity.ERROR, Severity.WARNING, Severity.NOTE, Severity.DETAIL


@dataclass(frozen=True, slots=True)
class Code:
    """The explanation of a code. `severities`: those with which it is reported; `example`: a message with the first."""

    severities: tuple[Severity, ...]
    example: str
    meaning: str
    advice: str


def _error(example: str, meaning: str, advice: str) -> Code:
    return Code((_ERROR,), example, meaning, advice)


CODES: Mapping[str, Code] = {
    "altered-binary": _error(
        "`dist/app` is not what it was when it was built",
        "`bundle verify` found that parts of a binary differ from the digests that it holds, or from those of `--against`. The "
        "notes name them. [Security](security.md#what-bundle-verify-proves) says what the check proves.",
        "Get the file again, or build it again. Tools that rewrite executables, such as patchelf and packers, alter what is "
        "loaded; `strip` does not.",
    ),
    "bad-add-data": _error(
        "`assets` would be both a file and a folder in the binary",
        "Two data files cannot have their places: one of them is a file where the other needs a folder.",
        "Give one of them another DEST in `--add-data SRC:DEST`.",
    ),
    "bad-cache-size": _error(
        "the variable BUNDLER_CACHE_SIZE: `much` is not a size, such as `500M` or `2G`",
        "The variable tells how large the cache may become. It is a number of bytes, with k, M, G or T for thousands, millions "
        "and so on.",
        "Correct the variable, or unset it. 0 stands for no limit.",
    ),
    "bad-header": _error(
        "`app.py` has 2 headers `# /// script`",
        "The header of a script (inline script metadata) does not say what it requires in the form that "
        "packaging.python.org describes.",
        "Correct the line that is named.",
    ),
    "bad-hook-config": _error(
        "`matplotlib=TkAgg` does not say what is configured",
        "A value of `--hook-config` names no module or no key.",
        "Write `--hook-config MODULE:KEY=VALUE`, with a key that the hook knows.",
    ),
    "bad-library": _error(
        "`/site/pkg/_speed.so` cannot be read as a shared object: not an ELF file",
        "An extension module or a library has the name of a shared object, but is damaged or for another system.",
        "Reinstall the distribution that the file belongs to, for this system and processor.",
    ),
    "bad-migration": _error(
        "there is no file `app.spec`",
        "`bundle migrate` cannot read the file or the command line of another tool.",
        "Correct what is named. `bundle migrate --help` lists what can be read.",
    ),
    "bad-option": _error(
        "`optimize` must be 0, 1 or 2, not a string",
        "An option in `[tool.bundle]` of pyproject.toml has a value that it cannot have, or the table has another name.",
        "Correct the line. [The command line](cli.md) lists the options with the type of each.",
    ),
    "bad-python": _error(
        "`/opt/old/bin/python` does not work as a Python interpreter: ended with status 1",
        "The interpreter that is to be embedded does not start, or is a link to a file that is gone. This happens to virtual "
        "environments whose Python was removed.",
        "Make the environment anew, or name another interpreter with `--python`.",
    ),
    "bad-source-date": _error(
        "the variable SOURCE_DATE_EPOCH: `yesterday` is not a number of seconds since 1970, such as `1767225600`",
        "The variable sets the time of files in archives and of a bill of materials, in seconds since 1970.",
        "Correct the variable, or unset it. `git log -1 --format=%ct` prints the time of the last commit.",
    ),
    "bad-toml": _error(
        "`pyproject.toml` is not valid TOML: Expected '=' after a key in a key/value pair",
        "The project's file cannot be parsed.",
        "Correct the line that is named. bundle reads the nearest pyproject.toml above the current folder or TARGET.",
    ),
    "broken-libpython": _error(
        "the static libpython of `/usr/bin/python3` is incomplete: it lacks what its built-in modules need",
        "The archive lacks object files that its built-in modules refer to. Some Linux distributions ship it like that.",
        "Embed the shared library with `--libpython shared`.",
    ),
    "cache-unusable": _error(
        "the cache folder `/home/me/.cache/bundler` cannot be used: Permission denied",
        "bundle keeps compiled modules in a cache. Its folder cannot be made, read or written.",
        "Name another folder with `--cache-dir DIR` or the variable BUNDLER_CACHE_DIR, or correct the permissions.",
    ),
    "cannot-collect": _error(
        "`shop` cannot be collected: ValueError: a distribution name is required",
        "`--collect-all` or one of its kin looked for the files of a package and met damaged metadata.",
        "Reinstall the package, or name its modules with `--hidden-import` and its files with `--add-data`.",
    ),
    "cannot-embed": _error(
        "`/site/pkg/_core.so` can neither be prelinked nor be loaded from memory: it needs itself, through other libraries",
        "A shared object cannot become part of the binary, neither bound to a fixed address nor as a file that is loaded from "
        "memory. [Compiled code](natives.md) says what can be bound.",
        "Leave out the module that needs it with `--exclude-module`. If it is libpython itself: choose the other kind with "
        "`--libpython`, or another interpreter with `--python`.",
    ),
    "cannot-write": _error(
        "`dist/app` cannot be written: Permission denied",
        "The output cannot be made where it should be. Nothing was changed.",
        "Choose another file with `-o FILE`, correct the folder's permissions, or free some space.",
    ),
    "carried-library": Code(
        (_NOTE,),
        "`libtbb.so.12` is carried as a file and loaded from memory: it has relocations in its text",
        "The library is in the binary, but as a file that the system's dynamic linker loads. It works as any other; only its "
        "loading takes longer.",
        "Nothing needs to be done. [Compiled code](natives.md) explains the reasons.",
    ),
    "command-failed": _error(
        "`gcc` ended with status 1",
        "A program that bundle started failed, and bundle does not know why.",
        "Read the lines of its output that follow; `-v` shows each command.",
    ),
    "computed-import": Code(
        (_NOTE, _DETAIL),
        "the name of an imported module is computed",
        "The program imports a module whose name only the running program knows, or loads a source of its own by a path that it "
        "computes. If nothing else imports that module, the binary lacks it.",
        "Name what it may be with `--hidden-import MODULE`, or let `bundle trace` find out. Once a hidden import is named, "
        "the note is a detail only.",
    ),
    "disk-full": _error(
        "there is no space left on the disk",
        "The disk of the output, of the cache or of temporary files is full. An earlier output is unchanged.",
        "Free some space, or keep the cache elsewhere with `--cache-dir DIR`.",
    ),
    "environment": Code(
        (_NOTE,),
        "no environment is active: `.venv` is used",
        "No virtual environment is active, and the project has one. Its packages are searched.",
        "Nothing needs to be done. `--python` chooses another.",
    ),
    "file-changed": _error(
        "`assets/logo.png` changed while it was bundled",
        "The size or content of a file changed between the beginning of the build and the moment when it was written into "
        "the binary; or a script lost its header while `bundle trace` ran it.",
        "Run bundle again when nothing writes to the file.",
    ),
    "file-unusable": _error(
        "`/tmp/bundler-x` cannot be used: Permission denied",
        "A file or folder that the build needs cannot be read or written.",
        "Check that it is there and that its permissions, and those of its folder, allow it.",
    ),
    "hook-failed": Code(
        (_WARNING,),
        "the hook for `shop` failed: KeyError: 'theme'",
        "A PyInstaller hook raised an exception, or asked for something that is not there. The build goes on without what the "
        "hook would have added.",
        "Name what the binary then lacks with `--hidden-import` or `--add-data`, and report the failure to those who maintain "
        "the hook.",
    ),
    "import-hook": Code(
        (_NOTE,),
        "`hooks.loader` transforms the sources of modules when they are imported; modules in the binary have no sources, so "
        "it does not transform them",
        "A library has a loader that compiles modules in its own way (`source_to_code`). Frozen modules have no sources, so "
        "the loader cannot compile them. If the app itself has such a loader, the app's own sources are carried.",
        "If the program relies on it, build with `--with-source`.",
    ),
    "internal": _error(
        "bundle itself failed, which is a bug",
        "bundle met something that it did not expect.",
        "Report it at the project's issue tracker, with the text that was printed.",
    ),
    "lacking-function": Code(
        (_NOTE,),
        "`old.so` needs the function `sysctl`, which a C library that is linked statically does not have: importing it fails",
        "The shared C library keeps functions that only old programs use. Its archive, which `--static` links in, does not.",
        "Install a newer build of the library. If the program needs it as it is, build without `--static`.",
    ),
    "layout-probe": _error(
        "the object layout of the target Python could not be measured",
        "bundle compiles a small program against Python's C headers, and that failed.",
        "Install a C compiler with the C library's headers (Debian, Ubuntu: `apt install gcc libc6-dev`).",
    ),
    "layout-proof": _error(
        "the measured object layout of Python 3.13.0 does not match its headers",
        "What was measured of Python's objects contradicts what its headers declare.",
        "Report it with the output of `bundle -v`. `--python` chooses another interpreter.",
    ),
    "left-out": Code(
        (_DETAIL,),
        "`pandas` is left out: it is optional",
        "A library imports the module, which is installed, but does without it, and its distribution does not require it.",
        "If the program needs it: `--hidden-import MODULE`.",
    ),
    "left-out-files": Code(
        (_DETAIL,),
        "files of `numpy` that programs do not read are left out: 12 *.h, 340 tests/",
        "Files inside a package that only compilers, type checkers or tests read are not in the binary.",
        "If the program reads them: `--add-data SRC:DEST`.",
    ),
    "licence": Code(
        (_WARNING,),
        "`readline` is under the licence GPL-3.0-or-later: the whole program must be under the GPL: leave it out with "
        "`--exclude-module readline`, or use a Python with libedit",
        "With `--sbom` or `--licenses`: a component's licence asks something of those who give the binary to others. The "
        "message names the licence that its authors, or bundle's table of libraries, declare.",
        "Leave the component out, or do what its licence asks for.",
    ),
    "link-failed": _error(
        "the linker failed: ended with status 1",
        "The linker could not make the executable. Its output follows.",
        "Run again with `-v` to see the command. If the messages do not explain the failure, report it with them.",
    ),
    "made-module": Code(
        (_DETAIL,),
        "`shop.six.moves.http_client` is made by `shop.six` when the program runs",
        "A module that is no package has modules below it: it puts an importer of its own on `sys.meta_path`, as copies of "
        "six do.",
        "Nothing needs to be done if the module behind it is in the binary. Otherwise name that module with `--hidden-import`.",
    ),
    "missing-library": Code(
        (_ERROR, _WARNING, _NOTE),
        "the shared library `libssl.so.3` was not found",
        "A shared object needs a library that this machine does not have. For libpython that is an error. For an extension "
        "module, or a plug-in that a program opens, it is a warning or a note: importing or opening it fails here, and in "
        "the binary works only where the system has the library.",
        "Find the library's package with the search of the system (`apt-file search libssl.so.3` after `apt install apt-file` "
        "and `apt-file update`, or `dnf provides '*/libssl.so.3'`), and install it on this machine; the library then becomes "
        "part of the binary. If the program uses neither module nor plug-in, nothing needs to be done.",
    ),
    "missing-module": Code(
        (_WARNING,),
        "`tomli` was not found",
        "The program imports a module that is neither in its folder nor installed in the environment of the target Python. "
        "The lines below the message show which imports lead to it.",
        "Install it, or pass `--exclude-module` if the program does not need it. Check with `--python` that the environment "
        "is the right one. Parts of the standard library may have a package of their own in a Linux distribution, or exist on "
        "other systems only.",
    ),
    "newer-glibc": Code(
        (_WARNING,),
        "the binary needs glibc 2.38 or newer instead of 2.17: `libpython3.13.a` uses functions that older ones lack",
        "The file that is named, libpython or a library that it is linked with, was compiled on a newer system than the oldest "
        "on which the binary should run. It uses functions that the C library there lacks and that bundle cannot supply. The "
        "binary starts where the C library is new enough.",
        "Build with a Python that was made on an older system, or ask for the newer version with `--glibc`.",
    ),
    "no-compiler": _error(
        "there is no C compiler: `cc` or `gcc` or `clang` was not found",
        "bundle compiles with the C compiler of this machine, and there is none, or it does not start.",
        "Install one (Debian, Ubuntu: `apt install gcc libc6-dev`; anywhere: `pip install ziglang` where bundler is "
        "installed), or name it in the variable CC.",
    ),
    "no-digests": _error(
        "`app.json` tells no digests of a binary",
        "The file that is given to `bundle verify --against` is not what `bundle inspect FILE --json` prints.",
        "Make it where the binary is built: `bundle inspect dist/app --json > app.json`.",
    ),
    "no-emulator": _error(
        "nothing here runs programs for aarch64: `qemu-aarch64-static` or `qemu-aarch64` was not found",
        "A build for another processor (`--target`) runs the interpreter of that processor, by QEMU's user emulation.",
        "Install it (Debian, Ubuntu: `apt install qemu-user-static`).",
    ),
    "no-foreign-system": _error(
        "`/srv/python/bin/python3` cannot run: there is no C library of aarch64",
        "A build for another processor (`--target`) runs an interpreter of that processor with the libraries of its system. "
        "These are looked for in the folders above the interpreter, then beside the cross compiler.",
        "Name the interpreter of a root folder of the other system, or install the cross compiler's C library. "
        "[Building for another processor](portability.md#building-for-another-processor) shows how to make such a folder.",
    ),
    "no-headers": _error(
        "`/usr/bin/python3` has no C headers",
        "The C headers of the target Python are not installed.",
        "Install them (Debian, Ubuntu: `apt install python3-dev`), or choose another interpreter with `--python`.",
    ),
    "no-home": _error(
        "there is no home folder to keep compiled modules in",
        "The user has no home folder, so there is no place for the cache.",
        "Name a folder with `--cache-dir DIR` or the variable BUNDLER_CACHE_DIR.",
    ),
    "no-libpython": _error(
        "`/usr/bin/python3` has neither a static nor a shared libpython",
        "The library that holds the interpreter, and that becomes part of the binary, is not installed, or not in the kind "
        "that `--libpython` asks for.",
        "Install the development files of this Python (Debian, Ubuntu: `apt install libpython3-dev`), or choose another "
        "interpreter with `--python`.",
    ),
    "no-linker": _error(
        "the C compiler finds no linker: `gcc` ended with status 1",
        "The compiler works, but cannot link.",
        "Install a linker (Debian, Ubuntu: `apt install binutils`), or correct options such as `-fuse-ld=lld` in the "
        "variable CC.",
    ),
    "no-sbom": _error(
        "`dist/app` holds no bill of materials",
        "`bundle inspect --sbom` was asked for something that the binary was built without.",
        "Build it with `--sbom FILE`.",
    ),
    "no-snapshot": _error(
        "the program cannot start from a snapshot: `shop.cli`: it raises KeyError: 'SHOP_HOME' (/__bundle__/shop/cli.py:3)",
        "With `--snapshot require` the program's first imports are run when it is built. Here they fail, or leave something "
        "behind that cannot be recorded.",
        "Change what the module does when it is imported, or build with `--snapshot auto`: then a program that cannot have a "
        "snapshot is built without.",
    ),
    "no-static-libc": _error(
        "the C library cannot be linked statically: `cc` has no `libc.a` of glibc",
        "`--static` links the C library's archive into the binary. The compiler finds none, or that of another C library, or "
        "one that needs files of the system to look up users and hosts (glibc before 2.34).",
        "Install it (Debian, Ubuntu: `apt install libc6-dev`; Fedora: `dnf install glibc-static`), or build without "
        "`--static`.",
    ),
    "no-such-distribution": _error(
        "there is no distribution `shop-tools` whose metadata could be copied",
        "`--copy-metadata` names a distribution that is not installed in the environment of the target Python.",
        "Name it as `pip list` shows it.",
    ),
    "no-such-file": _error(
        "there is no file, folder or match for `assets/*.png`",
        "An option names a file or a folder that is not there.",
        "Check the path. It starts at the current folder; in pyproject.toml, at the folder of that file.",
    ),
    "no-such-function": _error(
        "the module `shop.cli` has no `mian`",
        "TARGET is `package.module:function`, and the module certainly has no such name.",
        "Name a function that the module defines or imports.",
    ),
    "no-such-module": _error(
        "there is no module `shop.client` with Python source to run",
        "TARGET or an option names a module or a package that was not found.",
        "Check the spelling, and with `--python` that the environment is the right one. A package is run by its `__main__` "
        "module.",
    ),
    "no-such-program": _error(
        "the project has no program `shap`",
        "`--program` names a program that pyproject.toml does not declare.",
        "Name one of those that the hint lists. [Programs](configuration.md) are declared in `[project.scripts]` or "
        "`[[tool.bundle.program]]`.",
    ),
    "no-such-script": _error(
        "no installed distribution has a console script `htpp`",
        "`--script` names a command that no distribution in the environment of the target Python brings.",
        "Check the spelling and, with `--python`, the environment.",
    ),
    "no-such-target": _error(
        "`shop` is neither a file nor a folder",
        "TARGET names nothing that can be bundled.",
        "Write a script (`app.py`), a folder with `__main__.py`, or `package.module:function`; for a module `-m MODULE`, for "
        "an installed command `--script NAME`.",
    ),
    "no-zstandard": _error(
        "archives of the kind `tar.zst` need the package zstandard",
        "Python before 3.14 has no compressor for this kind of archive.",
        "Install zstandard beside bundle (the extra `zstd` brings it), or choose `tar.gz` or `zip`.",
    ),
    "not-a-bundle": _error(
        "`dist/other` was not made by bundler",
        "`bundle inspect` or `bundle verify` was given a file that does not hold what bundle writes into each binary. "
        "`llvm-strip` takes that away; `strip` of the GNU binutils leaves it.",
        "Name a file that `bundle` wrote, in this version or one near to it. What `llvm-strip` left can be checked with "
        "`bundle verify --against`.",
    ),
    "not-a-source": _error(
        "`dist/app` is an executable or a shared library, not a Python source",
        "TARGET is a file of another kind: a binary, a wheel, an archive, compiled code, or a notebook.",
        "The hint says how to get from such a file to a source.",
    ),
    "not-freezable": _error(
        "`shop.tables` cannot be frozen: MemoryError: ",
        "A module compiles, but could not be written as static data, or the program itself does not compile.",
        "Leave out modules that the program does not need with `--exclude-module`; if it needs them, report it.",
    ),
    "not-included": _error(
        "nothing in the program imports `pandas`",
        "`bundle why` was asked about a module that the binary does not hold. The message and its notes say why not.",
        "Add it with `--hidden-import MODULE`.",
    ),
    "not-installable": _error(
        "what `app.py` requires could not be installed: `python` ended with status 1",
        "The header of the script names distributions (`dependencies`). They could not be installed into the environment that "
        "is made for it. The last lines of pip's or uv's output follow.",
        "Correct names and versions in the header, or check the network. An environment of your own can be named with "
        "`--python DIR`; it is used as it is.",
    ),
    "not-installed": Code(
        (_ERROR, _NOTE),
        "the program `shop` needs distributions that the environment lacks: click, rich",
        "The project declares a program, but the project is not installed in the environment. If the environment has all "
        "that it requires, the program is bundled from its sources, with a note: `importlib.metadata` does not know it then. "
        "If something is lacking, that is an error.",
        "Install the project as the hint says, or name its environment with `--python`.",
    ),
    "not-static": _error(
        "the program cannot be linked statically: `libGL.so.1`, which `_gl.so` needs, belongs to the system",
        "A binary that was built with `--static` has no dynamic linker. It can load no library of the system, and none that "
        "is carried as a file. The program needs such libraries; the message and its notes name them.",
        "Leave out the modules that need them with `--exclude-module`, or build without `--static`.",
    ),
    "not-traced": _error(
        "the program ended before what it used could be recorded",
        "`bundle trace` ran the program, and it ended by `os._exit` or by a signal.",
        "Let the program end by itself, then trace again.",
    ),
    "optional-module": Code(
        (_DETAIL,),
        "`simplejson`, which is optional, is not installed",
        "A library tries to import a module and does without it when it is absent.",
        "Nothing needs to be done. If the program needs it, install it.",
    ),
    "other-processor": _error(
        "`/srv/arm64/usr/bin/python3` is for aarch64, not for x86-64",
        "The interpreter to embed and the binary are for different processors.",
        "Name another interpreter with `--python`, or the other processor's system with `--target`.",
    ),
    "output-is-source": _error(
        "the output `app.py` would replace a source of the program",
        "`-o` names a file that the program is made of.",
        "Choose another file with `-o FILE`.",
    ),
    "reads-sources": Code(
        (_NOTE,),
        "`numpy` can read sources of modules, which are not in the binary",
        "A library can look at the source of what it is given (`inspect.getsource`). Frozen modules have none, so the call "
        "fails, or gives less than under Python. Where the app's own code does that, its sources come along by themselves.",
        "If the program relies on it, build with `--with-source`.",
    ),
    "rehearsal": Code(
        (_WARNING,),
        "the rehearsal of the program's imports did not end in 60 seconds: what they compile is compiled at each start",
        "bundle imports the installed modules of the program once, to learn what a start compiles. That failed. The binary "
        "works; it starts a little slower.",
        "Build with `-v` to see the command, or with `--no-rehearse` to do without.",
    ),
    "relative-import": _error(
        "a script cannot use relative imports: it belongs to no package",
        "TARGET is a file of a package, given as a script. Under `python` it would fail in the same way.",
        "Bundle it as a module, with `-m package.module`.",
    ),
    "self-check": _error(
        "the static code of 1 module differs from what Python 3.13.0 makes of the sources",
        "`--self-check` compares all frozen code with what the interpreter compiles, and found a difference or could not "
        "finish.",
        "Report it with the version of Python and of the modules' distributions.",
    ),
    "server-with-snapshot": Code(
        (_NOTE,),
        "the program can be a server (`aiohttp.web`), and its snapshot fixes the secret of string hashes",
        "All starts from a snapshot have the same secret of string hashes. Whoever has the binary can find it out and choose "
        "names with equal hashes. Such names slow down a server that keeps strangers' names in dictionaries. Installed servers "
        "(gunicorn, uvicorn) have no snapshot for that reason.",
        "Build it with `--snapshot no` if it takes names from strangers. See [Security](security.md).",
    ),
    "stale-environment": Code(
        (_WARNING,),
        "the environment that VIRTUAL_ENV names does not work and is not used: there is no `/home/me/.venv/bin/python`",
        "The active virtual environment was moved or removed, or its Python was.",
        "Make the environment anew, unset the variable, or name another with `--python`.",
    ),
    "strict": _error(
        "2 warnings, and with `--strict` any warning fails the build",
        "With `--strict` a build with a warning fails. The warnings are named above.",
        "Correct what they name, or build without `--strict`.",
    ),
    "syntax-error": Code(
        (_ERROR, _WARNING),
        "the program has a syntax error: invalid syntax",
        "The target Python cannot compile the program (an error) or one of its modules (a warning). Importing that module "
        "fails in the binary, as it does under Python.",
        "Correct the source, or choose the Python that it is written for with `--python`. Leave out a module that the program "
        "does not import with `--exclude-module`.",
    ),
    "system-runtime": Code(
        (_NOTE,),
        "`libstdc++.so.6` and `libgcc_s.so.1` are the system's, because the dynamic linker loads them for `libodd.so`",
        "A process can have only one C++ run-time. A library of the system needs the system's run-time, and so does a "
        "library that is carried as a file. A library that is missing on this machine may need it. So the whole binary uses "
        "the system's.",
        "Install the run-time where the binary runs; `bundle inspect` shows the versions that it needs.",
    ),
    "too-new": _error(
        "the binary would need newer libraries than `--max-glibc 2.28` allows",
        "The executable or a library in it needs symbols that the oldest system in question does not have. The notes name who "
        "needs them.",
        "Set `--glibc` (default: 2.17) no newer than the limit; the age of the build machine does not matter. If libpython "
        "or a library still needs more, use a Python (`--python`) or a wheel that was made for an older system.",
    ),
    "two-copies": Code(
        (_WARNING,),
        "there are two copies of `shop`, and which one is imported is decided when the program runs",
        "The program may add a folder to `sys.path`, and a module is both there and elsewhere. The binary holds one of them; "
        "the notes say which.",
        "Add the folder unconditionally at the top of the file, or remove a copy.",
    ),
    "unfit-executable": _error(
        "the linked executable cannot be used: libpython takes a copy of the C library's `environ`: it was compiled without "
        "-fPIC",
        "The linked executable lacks a property that the binary needs. A static libpython that was compiled without -fPIC is "
        "the usual reason.",
        "Embed the other kind of library with `--libpython shared` or `--libpython static`, or choose another interpreter "
        "with `--python`. If neither helps, report it.",
    ),
    "unknown-layout": _error(
        "code objects of Python 3.15.2 have members that this bundler does not know: co_new",
        "This Python is newer than what bundle knows of its objects.",
        "Update bundler, or choose another interpreter with `--python`.",
    ),
    "unknown-option": _error(
        "`[tool.bundle]` has no option `hiden-import`",
        "The project's pyproject.toml names an option that bundle does not have.",
        "Correct the name. [The command line](cli.md) lists the options.",
    ),
    "unknown-shtab": _error(
        "shtab 2.0.0 writes a script for zsh that this bundler does not know",
        "`bundle completion` completes the scripts that the package shtab writes. The installed version writes others.",
        "Install the version that the hint names.",
    ),
    "unreadable": _error(
        "`pyproject.toml` cannot be read: Permission denied",
        "A file that the command names, or the project's pyproject.toml, cannot be read.",
        "Check that it is there and that its permissions allow it.",
    ),
    "unsupported-compiler": _error(
        "`tcc` is neither gcc nor clang",
        "The variable CC names a compiler that bundle does not know.",
        "Name gcc or clang, or unset the variable.",
    ),
    "unsupported-linker": _error(
        "the linker cannot make an executable with a shared libpython: GNU gold (GNU Binutils 2.40)",
        "bundle tried the linker on a small program, and the result was not what the binary needs.",
        "Use GNU ld or lld: `-fuse-ld=bfd` or `-fuse-ld=lld` in the variable CC.",
    ),
    "unsupported-python": _error(
        "`/usr/bin/python3` (Python 3.10.2) is too old",
        "The interpreter is not one that can be embedded: another version, implementation, system, or a debug or "
        "free-threaded build.",
        "Choose CPython 3.11 to 3.15, as built by default, with `--python`.",
    ),
    "usage": _error(
        "there is no option `--hiden-import`",
        "The command line makes no sense. The exit status is 2.",
        "`bundle --help` shows how it is used; [Coming from other tools](coming-from-pyinstaller.md) translates options of "
        "other tools.",
    ),
    "wrong-headers": _error(
        "the C headers in /usr/include/python3.13 are of Python 3.13.1, the interpreter is 3.13.0",
        "The installed C headers belong to another version than the interpreter.",
        "Install the headers that belong to the interpreter, or choose another one with `--python`.",
    ),
}
