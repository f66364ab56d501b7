"""Keeps a folder that a variable names, if it is set."""

import os
from pathlib import Path

FOLDER = Path(os.environ["XDG_STATE_HOME"]) if "XDG_STATE_HOME" in os.environ else None


class Holder:
    """Holds it, too."""

    folder = FOLDER
