"""The configuration of a build, as far as hooks look at it."""

from __future__ import annotations

import os
import tempfile
from typing import Any

CONF: dict[str, Any] = {
    "pathex": [],
    "hiddenimports": [],
    "noconfirm": True,
    "ui_admin": False,
    "ui_access": False,
    "main_package": "",
    "upx_available": False,
    "upx_dir": None,
    "cachedir": tempfile.gettempdir(),
    "workpath": tempfile.gettempdir(),
    "warnfile": os.devnull,
    "specpath": os.curdir,
    "specnm": "app",
    "spec": "app.spec",
    "distpath": os.path.join(os.curdir, "dist"),
    "code_cache": {},
    "hooksconfig": {},
}
