"""A module whose functions are deprecated."""

import warnings


def deprecated():
    warnings.warn("blames the module", DeprecationWarning)


def deprecated_for_caller():
    warnings.warn("blames the caller", DeprecationWarning, stacklevel=2)
