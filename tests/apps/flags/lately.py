"""A module whose functions are deprecated, all but one."""

import warnings


def deprecated():
    warnings.warn("blames the module", DeprecationWarning)


def deprecated_for_caller():
    warnings.warn("blames the caller", DeprecationWarning, stacklevel=2)


def names():
    """A set whose items the compiler has put into a frozen one."""
    return {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", 1, 2.0, b"x", (1, "y")}
