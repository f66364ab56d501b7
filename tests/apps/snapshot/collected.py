"""Objects of all kinds that are recorded, and that a program lets go of."""

import itertools


class Base:
    """A class with another below it."""


class Derived(Base):
    """Is gone when nobody refers to it."""


class Ending:
    """An object whose end can be seen."""

    def __del__(self):
        print("the end of an object")


def function(value=("a", 1)):
    """Holds a default."""
    return value


def make_closure():
    """A function that holds an object."""
    kept = Ending()

    def inner():
        return kept

    return inner


closure = make_closure()
frozen = frozenset(["".join(("o", "n", "e")), "two"])
numbers = [int("1" * 30), float("2.5")]
text = "".join(["some", "text"])
data = bytes([97, 98, 99])
pair = tuple(["".join(["l", "eft"]), int("7" * 20)])
table = {text + str(number): number for number in range(5)}
cycle = [Ending()]
cycle.append(cycle)
iterators = [
    zip([1, 2, 3], [4, 5, 6]),
    enumerate(["x", "y", "z"]),
    iter({"k": 1, "l": 2, "m": 3}.items()),
    itertools.product([1, 2], [3, 4]),
    itertools.combinations([1, 2, 3], 2),
    itertools.permutations([1, 2, 3], 2),
    itertools.zip_longest([1, 2], [3, 4, 5]),
]
