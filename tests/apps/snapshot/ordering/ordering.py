"""Imports a module that prints, and one behind it that sets and registers the same."""

import prints
import sets_too

if __name__ == "__main__":
    print(prints.KNOWS_NEXT, sets_too.told())
