"""A package with everything."""

__all__ = ["books", "NAME"]
NAME = "shelf"


def __getattr__(name):
    if name == "computed":
        return f"computed in {__name__}"
    if name == "lazily":
        from shelf.lazy import VALUE

        return VALUE
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return [*globals(), "computed"]
