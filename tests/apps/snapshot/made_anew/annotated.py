"""A name with an annotation, which is a text."""

from __future__ import annotations

import os

HOME: str | None = os.environ.get("HOME")
