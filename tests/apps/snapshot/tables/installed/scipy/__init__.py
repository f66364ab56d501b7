"""As in SciPy 1.18, which names a part of its own only where a file of that name is in the current folder."""

submodules = ["linalg", "odr", "optimize"]

import os  # noqa: E402 - as it is there

if not os.path.exists("odr"):
    submodules.remove("odr")
del os

__all__ = [*submodules, "test"]
