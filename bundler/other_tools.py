"""Options of PyInstaller, Nuitka, cx_Freeze, pex and shiv, and what stands in place of each here.

The hint for an option of theirs, the tables in docs/coming-from-pyinstaller.md (`reference.py`), and what `bundle migrate`
makes of their command lines come from this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

_ENVIRONMENT = "install it into the environment of the program; `--python` names the environment"
_ONE_FILE = "nothing; the result is one executable, which unpacks nothing"

# By tool: options as its users write them, in Markdown, and the answer. Answers continue the words "in place of it:". An answer
# that begins with an option of ours names the one that takes the value. Theirs show a value if they take one.
ANSWERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "PyInstaller": (
        ("`pyinstaller app.py`", "`bundle app.py`"),
        ("`--onefile`, `-F`", "nothing; the result is always one file, which unpacks nothing"),
        ("`--onedir`, `-D`, `--contents-directory DIR`", "nothing; there is no folder, one file starts as fast as any"),
        ("`--name NAME`, `-n NAME`", "`--output FILE`, `-o FILE`"),
        ("`--distpath DIR`", "`--output DIR/NAME`"),
        ("`--workpath DIR`", "`--cache-dir DIR`; it may be shared and need not be cleaned"),
        ("`--specpath DIR`", "nothing; no file is written but the output"),
        ("`--clean`", "nothing; entries of the cache are named by their contents"),
        ("`--noconfirm`, `-y`", "nothing; bundle never asks"),
        ("`--add-data SRC:DEST`", "`--add-data SRC:DEST`"),
        (
            "`--add-binary SRC:DEST`",
            "`--add-data SRC:DEST`; shared libraries are recognised, and libraries they need come along",
        ),
        ("`--hidden-import MODULE`, `--hiddenimport MODULE`", "`--hidden-import MODULE`"),
        ("`--exclude-module MODULE`", "`--exclude-module MODULE`"),
        ("`--collect-all PACKAGE`", "`--collect-all PACKAGE`"),
        ("`--collect-submodules PACKAGE`", "`--collect-submodules PACKAGE`"),
        (
            "`--collect-data PACKAGE`, `--collect-datas PACKAGE`",
            "`--collect-data PACKAGE`; packages that are imported have their data files anyway",
        ),
        ("`--collect-binaries PACKAGE`", "`--collect-binaries PACKAGE`; the same holds"),
        (
            "`--copy-metadata NAME`, `--recursive-copy-metadata NAME`",
            "`--copy-metadata NAME`; distributions that are part of the program have theirs anyway",
        ),
        ("`--additional-hooks-dir DIR`", "`--additional-hooks-dir DIR`"),
        ("`--runtime-hook FILE`", "`--runtime-hook FILE`"),
        (
            '`hooksconfig={"gi": {"languages": ["de"]}}` in a spec file',
            "`--hook-config 'gi:languages=[\"de\"]'`",
        ),
        ("`--python-option 'W ignore'`", "`--warning ignore`"),
        ("`--python-option 'X utf8'`", "`--x-option utf8`"),
        ("`--python-option O`, `--optimize 1`", "`--optimize 1`"),
        ("`--python-option u`", "the variable `PYTHONUNBUFFERED` at run time"),
        (
            "`--paths DIR`, `-p DIR`",
            "install the package into the environment, with `pip install -e` for one that is being written",
        ),
        ("`--log-level DEBUG`", "`--verbose`; `bundle why MODULE` tells why a module is there"),
        ("`--strip`, `-s`", "nothing; `strip` works on the finished file"),
        (
            "`--upx-dir DIR`, `--noupx`, `--upx-exclude FILE`",
            "nothing; a compressed file cannot be mapped, and starts slower",
        ),
        (
            "`--debug WHAT`, `-d WHAT`, `--bootloader-ignore-signals`, `--runtime-tmpdir DIR`, `--splash FILE`",
            "nothing; no file is unpacked, and there is no second process",
        ),
        (
            "`--windowed`, `--noconsole`, `-w`, `--console`, `--nowindowed`, `-c`, `--icon FILE`, `-i FILE`, "
            "`--version-file FILE`, `--manifest FILE`, `--uac-admin`, `--uac-uiaccess`, `--hide-console WHEN`, "
            "`--osx-* VALUE`, `--target-arch ARCH`, `--target-architecture ARCH`, `--codesign-identity NAME`",
            "nothing; it is for other systems than Linux",
        ),
        ("`--key KEY`", "nothing; code is not encrypted"),
        (
            "a spec file",
            "`[tool.bundle]` in `pyproject.toml`, with options by their long names; `bundle migrate app.spec` prints it",
        ),
        (
            "several `EXE` in a spec file, `MERGE`",
            "a table `[[tool.bundle.program]]` for each; with `multicall = true` they share one binary",
        ),
    ),
    "Nuitka": (
        ("`--onefile`, `--standalone`, `--mode=MODE`", "nothing; the result is always one file, which unpacks nothing"),
        ("`--output-filename=NAME`, `--output-dir=DIR`", "`--output FILE`"),
        ("`--include-module=MODULE`", "`--hidden-import MODULE`"),
        ("`--include-package=PACKAGE`", "`--collect-submodules PACKAGE`"),
        (
            "`--include-package-data=PACKAGE`",
            "`--collect-data PACKAGE`; packages that are imported have their data files anyway",
        ),
        ("`--include-data-files=SRC=DEST`, `--include-data-dir=SRC=DEST`", "`--add-data SRC:DEST`"),
        ("`--include-distribution-metadata=NAME`", "`--copy-metadata NAME`"),
        (
            "`--include-plugin-directory=DIR`, `--include-plugin-files=FILES`, `--user-plugin=FILE`",
            "`--hidden-import MODULE` for each module",
        ),
        ("`--nofollow-import-to=MODULE`", "`--exclude-module MODULE`"),
        (
            "`--follow-imports`, `--follow-import-to=MODULE`, `--follow-stdlib`, `--nofollow-imports`, `--enable-plugin=NAME`, "
            "`--enable-plugins=NAMES`, `--plugin-enable=NAME`",
            "nothing; all imports are followed, and what packages need invisibly is known",
        ),
        ("`--python-flag=FLAG`", "`--optimize LEVEL`, `--warning FILTER`, `--x-option OPT`"),
        (
            "`--remove-output`, `--jobs=NUMBER`, `--lto=WHEN`, `--assume-yes-for-downloads`, `--show-progress`, "
            "`--static-libpython=WHEN`",
            "nothing; it is always done as well as it can be",
        ),
        ("`--clang`", "the variable `CC`: the compiler to use"),
        (
            "`--windows-*=VALUE`, `--macos-*=VALUE`, `--linux-icon=FILE`, `--linux-onefile-icon=FILE`, `--disable-console`, "
            "`--mingw64`, `--msvc=VERSION`",
            "nothing; it is for other systems than Linux, or for a desktop's menu",
        ),
    ),
    "cx_Freeze": (
        ("`--target-name=NAME`, `--target-dir=DIR`, `--install-dir=DIR`, `--build-exe=DIR`", "`--output FILE`"),
        ("`--packages=NAMES`", "`--collect-submodules PACKAGE`, once for each"),
        ("`--includes=NAMES`, `--include-modules=NAMES`", "`--hidden-import MODULE`, once for each"),
        ("`--excludes=NAMES`, `--exclude-modules=NAMES`", "`--exclude-module MODULE`, once for each"),
        ("`--include-files=FILES`, `--zip-includes=FILES`, `--bin-includes=FILES`", "`--add-data SRC:DEST`"),
        (
            "`--include-path=DIRS`, `--default-path=DIRS`, `--path=DIRS`, `--bin-path-includes=DIRS`",
            "install the package into the environment, with `pip install -e` for one that is being written",
        ),
        ("`--init-script=NAME`", "`--runtime-hook FILE`"),
        ("`--silent`", "`--quiet`"),
        (
            "`--compress`, `--no-compress`, `--zip-include-packages=NAMES`, `--zip-exclude-packages=NAMES`, "
            "`--replace-paths=PATHS`, `--base=NAME`, `--base-name=NAME`",
            "nothing; there is no zip file and no folder beside the executable",
        ),
        ("`--optimize=LEVEL`, `-O`, `-OO`", "`--optimize LEVEL`"),
        ("`--icon=FILE`", "nothing; it is for other systems than Linux"),
    ),
    "pex": (
        ("`pex REQUIREMENT`, `-r FILE`, `--requirement FILE`", _ENVIRONMENT),
        (
            "`-m MODULE`, `-e MODULE:FUNCTION`, `--entry-point MODULE:FUNCTION`",
            "`-m MODULE`, or `package.module:function`",
        ),
        ("`-c NAME`, `--script NAME`, `--console-script NAME`", "`--script NAME`"),
        ("`-o FILE`, `--output-file FILE`, `--output FILE`", "`--output FILE`"),
        ("`--python PYTHON`, `--interpreter-constraint VERSION`", "`--python PYTHON`"),
        ("`-D DIR`, `--sources-directory DIR`, `-P PACKAGE`, `--package PACKAGE`", _ENVIRONMENT),
        ("`--compile`, `--no-compile`, `--venv`, `--layout LAYOUT`, `--sh-boot`, `--scie WHEN`", _ONE_FILE),
        (
            "`--platform NAME`, `--complete-platform FILE`",
            "`--target SYSTEM`, with `--python` for an interpreter of that system",
        ),
        ("`--inject-env NAME=VALUE`, `--inject-args TEXT`", "nothing; the program sets its own"),
    ),
    "shiv": (
        ("`shiv REQUIREMENT`, `-r FILE`", _ENVIRONMENT),
        ("`-e MODULE:FUNCTION`, `--entry-point MODULE:FUNCTION`", "`-m MODULE`, or `package.module:function`"),
        ("`-c NAME`, `--console-script NAME`", "`--script NAME`"),
        ("`-o FILE`, `--output-file FILE`", "`--output FILE`"),
        ("`-p PYTHON`, `--python PYTHON`", "`--python PYTHON`"),
        ("`--site-packages DIR`", _ENVIRONMENT),
        ("`--preamble FILE`", "`--runtime-hook FILE`"),
        (
            "`-E`, `--extend-pythonpath`, `--compressed`, `--uncompressed`, `--compile-pyc`, `--no-compile-pyc`, "
            "`--root DIR`, `--no-modify`, `--build-id ID`",
            _ONE_FILE,
        ),
        ("`--reproducible`, `-R`", "nothing; equal inputs give equal bytes"),
    ),
}

_OURS = re.compile(r"`--([a-z-]+)\b")
_OPTION = re.compile(r"`(--?[A-Za-z][\w*-]*)")


_VALUE = re.compile(r"`(--?[A-Za-z][\w*-]*)[ =][^`]+`")


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The answer to an option of another tool. `ours`: the long name of the option that stands in its place, or ""."""

    ours: str
    answer: str
    takes_value: bool


def counterpart(tool: str, option: str) -> Counterpart | None:
    """The counterpart of an option of a tool; None when it is not known."""
    for theirs, answer in ANSWERS[tool]:
        named = next((name for name in options_in(theirs) if fnmatchcase(option, name)), None)
        if named is not None:
            ours = _OURS.match(answer)
            return Counterpart(ours[1] if ours else "", answer, named in _VALUE.findall(theirs))
    return None


def options_in(text: str) -> tuple[str, ...]:
    """The options that a text in Markdown names, without their values."""
    return tuple(_OPTION.findall(text))


def answer_to(option: str) -> str | None:
    """The answer to an option of another tool, from the first tool that has it; None when no tool does."""
    for tool, rows in ANSWERS.items():
        answers = [answer for theirs, answer in rows if any(fnmatchcase(option, name) for name in options_in(theirs))]
        if answers:
            return f"in place of {tool}'s `{option}`: {'; '.join(answers)}"
    return None
