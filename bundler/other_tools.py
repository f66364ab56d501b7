"""Options of PyInstaller, Nuitka and cx_Freeze, and what stands in place of each here.

The hint for an option of theirs and the tables in docs/coming-from-pyinstaller.md (`reference.py`) are made from this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

# By tool: options as its users write them, in Markdown, and the answer. Answers continue the words "in place of it:".
ANSWERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "PyInstaller": (
        ("`pyinstaller app.py`", "`bundle app.py`"),
        ("`--onefile`, `-F`", "nothing; the result is always one file, which unpacks nothing"),
        ("`--onedir`, `-D`, `--contents-directory`", "nothing; there is no folder, one file starts as fast as any"),
        ("`--name`, `-n`", "`--output FILE`, `-o FILE`"),
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
        ("`--hidden-import MODULE`, `--hiddenimport`", "`--hidden-import MODULE`"),
        ("`--exclude-module MODULE`", "`--exclude-module MODULE`"),
        ("`--collect-all PACKAGE`", "`--collect-all PACKAGE`"),
        ("`--collect-submodules PACKAGE`", "`--collect-submodules PACKAGE`"),
        (
            "`--collect-data PACKAGE`, `--collect-datas`",
            "`--collect-data PACKAGE`; packages that are imported have their data files anyway",
        ),
        ("`--collect-binaries PACKAGE`", "`--collect-binaries PACKAGE`; the same holds"),
        (
            "`--copy-metadata NAME`, `--recursive-copy-metadata`",
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
            "`--paths DIR`, `-p`",
            "install the package into the environment, with `pip install -e` for one that is being written",
        ),
        ("`--log-level DEBUG`", "`--verbose`; `bundle why MODULE` tells why a module is there"),
        ("`--strip`, `-s`", "nothing; `strip` works on the finished file"),
        ("`--upx-dir`, `--noupx`, `--upx-exclude`", "nothing; a compressed file cannot be mapped, and starts slower"),
        (
            "`--debug`, `-d`, `--bootloader-ignore-signals`, `--runtime-tmpdir`, `--splash`",
            "nothing; no file is unpacked, and there is no second process",
        ),
        (
            "`--windowed`, `--noconsole`, `-w`, `--console`, `--nowindowed`, `-c`, `--icon`, `-i`, `--version-file`, "
            "`--manifest`, `--uac-admin`, `--uac-uiaccess`, `--hide-console`, `--osx-*`, `--target-arch`, "
            "`--target-architecture`, `--codesign-identity`",
            "nothing; it is for other systems than Linux",
        ),
        ("`--key`", "nothing; code is not encrypted"),
        ("a spec file", "`[tool.bundle]` in `pyproject.toml`, with options by their long names"),
        (
            "several `EXE` in a spec file, `MERGE`",
            "a table `[[tool.bundle.program]]` for each; with `multicall = true` they share one binary",
        ),
    ),
    "Nuitka": (
        ("`--onefile`, `--standalone`, `--mode`", "nothing; the result is always one file, which unpacks nothing"),
        ("`--output-filename=NAME`, `--output-dir=DIR`", "`--output FILE`"),
        ("`--include-module=MODULE`", "`--hidden-import MODULE`"),
        ("`--include-package=PACKAGE`", "`--collect-submodules PACKAGE`"),
        (
            "`--include-package-data=PACKAGE`",
            "`--collect-data PACKAGE`; packages that are imported have their data files anyway",
        ),
        ("`--include-data-files=SRC=DEST`, `--include-data-dir`", "`--add-data SRC:DEST`"),
        ("`--include-distribution-metadata=NAME`", "`--copy-metadata NAME`"),
        (
            "`--include-plugin-directory`, `--include-plugin-files`, `--user-plugin`",
            "`--hidden-import MODULE` for each module",
        ),
        ("`--nofollow-import-to=MODULE`", "`--exclude-module MODULE`"),
        (
            "`--follow-imports`, `--follow-import-to`, `--follow-stdlib`, `--nofollow-imports`, `--enable-plugin`, "
            "`--enable-plugins`, `--plugin-enable`",
            "nothing; all imports are followed, and what packages need invisibly is known",
        ),
        ("`--python-flag=FLAG`", "`--optimize LEVEL`, `--warning FILTER`, `--x-option OPT`"),
        (
            "`--remove-output`, `--jobs`, `--lto`, `--assume-yes-for-downloads`, `--show-progress`, `--static-libpython`",
            "nothing; it is always done as well as it can be",
        ),
        ("`--clang`", "the variable `CC`: the compiler to use"),
        (
            "`--windows-*`, `--macos-*`, `--linux-icon`, `--linux-onefile-icon`, `--disable-console`, `--mingw64`, `--msvc`",
            "nothing; it is for other systems than Linux, or for a desktop's menu",
        ),
    ),
    "cx_Freeze": (
        ("`--target-name=NAME`, `--target-dir=DIR`, `--install-dir`, `--build-exe`", "`--output FILE`"),
        ("`--packages=NAMES`", "`--collect-submodules PACKAGE`, once for each"),
        ("`--includes=NAMES`, `--include-modules`", "`--hidden-import MODULE`, once for each"),
        ("`--excludes=NAMES`, `--exclude-modules`", "`--exclude-module MODULE`, once for each"),
        ("`--include-files=FILES`, `--zip-includes`, `--bin-includes`", "`--add-data SRC:DEST`"),
        (
            "`--include-path`, `--default-path`, `--path`, `--bin-path-includes`",
            "install the package into the environment, with `pip install -e` for one that is being written",
        ),
        ("`--init-script=NAME`", "`--runtime-hook FILE`"),
        ("`--silent`", "`--quiet`"),
        (
            "`--compress`, `--no-compress`, `--zip-include-packages`, `--zip-exclude-packages`, `--replace-paths`, "
            "`--base`, `--base-name`",
            "nothing; there is no zip file and no folder beside the executable",
        ),
    ),
}

_OPTION = re.compile(r"`(--?[A-Za-z][\w*-]*)")


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
