"""Has a bit of an answer as the default of a field, which the class keeps elsewhere, too."""

import os
from dataclasses import dataclass


@dataclass
class Options:
    is_plain: bool = os.environ.get("TERM") == "dumb"
