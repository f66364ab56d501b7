"""Compares static code objects with fresh ones, word by word. Runs as the main program of a binary that holds them.

Usage: BINARY REQUEST ANSWER; the files hold a marshalled `ComparisonRequest` and `ComparisonAnswer`.

Static objects are read as they are in the file of the executable, so it does not matter that some have been in use since
the start; fresh ones are read in memory, and no attribute of any is looked up, for that fills caches inside them. Only
built-in modules are imported: the program that is checked may have modules of any other name.
"""

import marshal
import posix
import sys

import _bundle  # type: ignore[import-not-found]  # the launcher's

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bundler.selfcheck.worker.schema import ComparisonAnswer, ComparisonRequest

MOST_DIFFERENCES = 20  # of one case

CODE = type((lambda: 0).__code__)
CONSTANT_TYPES = (CODE, str, bytes, int, float, complex, tuple, frozenset, slice, bool, type(None), type(...))
NAMES = {id(each): each.__name__ for each in CONSTANT_TYPES}


def number(data: bytes, offset: int, size: int) -> int:
    """An unsigned number in memory."""
    return int.from_bytes(data[offset : offset + size], "little")


# --- Memory -------------------------------------------------------------------------------------------------------------


class Live:
    """The memory of this process."""

    def __init__(self) -> None:
        self._file = posix.open("/proc/self/mem", posix.O_RDONLY)

    def read(self, address: int, size: int) -> bytes:
        """The bytes at an address."""
        data = posix.pread(self._file, size, address)
        if len(data) != size:
            raise OSError(f"{size} bytes at {address:#x} cannot be read")
        return data


class Pristine:
    """The memory of this process, with writable segments of the executable as they were before anything ran."""

    def __init__(self, live: Live, writable: "Iterable[tuple[int, int, int]]") -> None:
        self._live = live
        executable = posix.open("/proc/self/exe", posix.O_RDONLY)
        self._segments = [(address, posix.pread(executable, size, offset)) for address, offset, size in writable]
        posix.close(executable)

    def read(self, address: int, size: int) -> bytes:
        """The bytes at an address."""
        for start, data in self._segments:
            if start <= address and address + size <= start + len(data):
                return data[address - start : address - start + size]
        return self._live.read(address, size)


# --- Comparison -------------------------------------------------------------------------------------------------------------


class Comparison:
    """Walks two objects side by side. Objects are addresses; `differences` are texts: where, and what is there."""

    def __init__(self, request: "ComparisonRequest") -> None:
        layout = request["layout"]
        self._structs: dict[str, list[tuple[str, int, int]]] = layout["structs"]
        self._constants: dict[str, int] = layout["constants"]
        self._states = {kind: self._constants[f"state_{kind}"] for kind in ("ascii", "1", "2", "4")}
        self._references = frozenset(request["references"])
        self._run_time = frozenset(request["run_time"])
        self._live = Live()
        self._pristine = Pristine(self._live, request["writable"])
        self._single = self._singletons(layout["singletons"], are_strings_unique=request["are_strings_unique"])
        self._seen: set[tuple[int, int]] = set()
        self._comparers: dict[str, Callable[[int, int, str], None]] = {
            "code": self._code,
            "str": self._text,
            "bytes": self._bytes,
            "int": self._integer,
            "float": lambda *pair: self._members("float", *pair),
            "complex": lambda *pair: self._members("complex", *pair),
            "tuple": self._tuple,
            "frozenset": self._set,
            "slice": lambda *pair: self._members("slice", *pair),
        }
        self.differences: list[str] = []
        self.compared = dict.fromkeys(NAMES.values(), 0)
        self.versions: dict[int, int] = {}  # of static code, by address
        self.fresh_versions: set[int] = set()

    def _singletons(self, offsets: "dict[str, int]", *, are_strings_unique: bool) -> frozenset[int]:
        """Addresses of objects that a process has once: where a fresh object refers to one, so must the static."""
        runtime = id(()) - offsets["tuple:"]
        strings = ("id:", "str:", "latin1:")
        every = {key: runtime + offset for key, offset in offsets.items()}
        if not are_strings_unique:
            doubled = {key for key in every if key.startswith(strings[:2])}
            doubled |= {f"latin1:{code}" for code in range(256) if {"id:" + chr(code), "str:" + chr(code)} & doubled}
            every = {key: address for key, address in every.items() if key not in doubled}
        return frozenset(every.values()) | set(map(id, (None, True, False, ...)))

    def case(self, static: object, fresh: object, where: str) -> list[str]:
        """The differences between a static code object and a fresh one, which must live at least as long as we run."""
        # Fresh objects of the last case are gone, and their addresses taken by others.
        self._seen.clear()
        self.differences = []
        self._compare(id(static), id(fresh), where)
        return self.differences

    def _compare(self, static: int, fresh: int, where: str) -> None:
        if (static, fresh) in self._seen or len(self.differences) >= MOST_DIFFERENCES:
            return
        self._seen.add((static, fresh))
        if not static:
            self._differ(where, "nothing", "an object")
            return
        kind = NAMES.get(number(self._live.read(fresh + 8, 8), 0, 8))
        if kind is None:
            self._differ(where, "", "a constant of unexpected type")
            return
        self.compared[kind] += 1
        if static == fresh:
            return
        if NAMES.get(number(self._pristine.read(static + 8, 8), 0, 8)) != kind:
            self._differ(f"{where}: type", "another", kind)
        elif fresh in self._single or kind not in self._comparers:
            self._differ(f"{where}: an object of which there is one", hex(static), hex(fresh))
        else:
            if kind != "frozenset" and number(self._pristine.read(static, 8), 0, 8) != self._constants["head"]:
                self._differ(f"{where}: reference count", "one that can change", "")
            self._comparers[kind](static, fresh, where)

    def _differ(self, where: str, static: object, fresh: object) -> None:
        self.differences.append(f"{where}: static {str(static)[:200]}, fresh {str(fresh)[:200]}")

    # --- Kinds of objects ---

    def _code(self, static: int, fresh: int, where: str) -> None:
        members = self._structs["code"]
        end = members[-1][1]
        mine, theirs = self._pristine.read(static, end), self._live.read(fresh, end)
        for name, offset, size in members[:-1]:
            words = number(mine, offset, size), number(theirs, offset, size)
            if name == "co_version":
                self.versions[static] = words[0]
                self.fresh_versions.add(words[1])
            elif name in self._references:
                self._compare(*words, f"{where}.{name}")
            elif name in self._run_time and words[0]:
                self._differ(f"{where}.{name}", words[0], 0)
            # _co_unique_id is unset in a fresh one, not 0, until threads count for themselves.
            elif words[0] != words[1] and name != "_co_unique_id":
                self._differ(f"{where}.{name}", words[0], words[1])
        self._same_bytes(static, fresh, end, 2 * number(theirs, *members[0][1:]), f"{where}: bytecode")

    def _kind_of_text(self, state: int) -> str | None:
        """The kind of storage of a fresh string, from its state: interning changes other bits than those in which the kinds differ."""
        states = self._states
        differing = (states["ascii"] ^ states["1"]) | (states["1"] ^ states["2"]) | (states["2"] ^ states["4"])
        return next((kind for kind, fresh in states.items() if not (state ^ fresh) & differing), None)

    def _text(self, static: int, fresh: int, where: str) -> None:
        constants = self._constants
        members = {name: place for name, *place in self._structs["ascii"]}
        mine, theirs = self._pristine.read(static, 64), self._live.read(fresh, 64)
        found = number(theirs, *members["state"])
        kind = self._kind_of_text(found)
        if kind is None:
            self._differ(f"{where}: state", "", hex(found))
            return
        state, length = number(mine, *members["state"]), number(theirs, *members["length"])
        if state != self._states[kind]:
            self._differ(f"{where}: state", hex(state), hex(self._states[kind]))
        if number(mine, *members["length"]) != length:
            self._differ(f"{where}: length", number(mine, *members["length"]), length)
            return
        if number(mine, *members["hash"]) != (1 << 64) - 1:
            self._differ(f"{where}: hash", "one that depends on the process", "")
        start = constants["sizeof_ascii" if kind == "ascii" else "sizeof_compact"]
        # The caches between are empty until they are asked for.
        cached = mine[members["state"][0] + 8 : min(start, 64)]
        if any(cached):
            self._differ(f"{where}: caches", cached.hex(), "nothing")
        width = 1 if kind == "ascii" else int(kind)
        self._same_bytes(static, fresh, start, width * (length + 1), where)

    def _bytes(self, static: int, fresh: int, where: str) -> None:
        (_, size_at, width), (_, hash_at, _), (_, start, _) = self._structs["bytes"]
        size = number(self._live.read(fresh + size_at, width), 0, width)
        if number(self._pristine.read(static + size_at, width), 0, width) != size:
            self._differ(f"{where}: length", "another", size)
            return
        if number(self._pristine.read(static + hash_at, 8), 0, 8) != (1 << 64) - 1:
            self._differ(f"{where}: hash", "one that depends on the process", "")
        self._same_bytes(static, fresh, start, size + 1, where)

    def _integer(self, static: int, fresh: int, where: str) -> None:
        (_, start, width), (_, digits, _) = self._structs["int"]
        tag = number(self._live.read(fresh + start, width), 0, width)
        self._same_bytes(
            static, fresh, start, digits - start + self._digits(tag) * self._constants["sizeof_digit"], where
        )

    def _digits(self, tag: int) -> int:
        """The number of digits of an int, from the word before them: versions pack it differently."""
        _, start, width = self._structs["int"][0]
        sign = 1 << 8 * width - 1

        def tag_of(value: int) -> int:
            return (number(self._live.read(id(value) + start, width), 0, width) ^ sign) - sign

        tag = (tag ^ sign) - sign
        digit = sys.int_info.bits_per_digit
        for sign_of in (1, -1):
            # The largest powers of two with one digit and with two: since 3.14 small integers have a bit of their own there.
            base = tag_of(sign_of << digit - 1)
            more, rest = divmod(tag - base, tag_of(sign_of << 2 * digit - 1) - base)
            if more >= 0 and not rest:
                return more + 1
        return 1

    def _tuple(self, static: int, fresh: int, where: str) -> None:
        members = {name: place for name, *place in self._structs["tuple"]}
        start = members["ob_item"][0]
        mine, theirs = self._pristine.read(static, start), self._live.read(fresh, start)
        sizes = number(mine, *members["ob_base.ob_size"]), number(theirs, *members["ob_base.ob_size"])
        if sizes[0] != sizes[1]:
            self._differ(f"{where}: length", *sizes)
            return
        if "ob_hash" in members and number(mine, *members["ob_hash"]) != (1 << 64) - 1:
            self._differ(f"{where}: hash", "one that depends on the process", "")
        self._check_gc_head(static, where)
        items = self._pristine.read(static + start, 8 * sizes[0]), self._live.read(fresh + start, 8 * sizes[0])
        for index in range(sizes[0]):
            place = number(items[0], 8 * index, 8)
            # A set is built before its module runs: its place is empty in the file.
            place = place or number(self._live.read(static + start + 8 * index, 8), 0, 8)
            self._compare(place, number(items[1], 8 * index, 8), f"{where}[{index}]")

    def _set(self, static: int, fresh: int, where: str) -> None:
        mine, theirs = self._items(static), self._items(fresh)
        if len(mine) != len(theirs):
            self._differ(f"{where}: size", len(mine), len(theirs))
            return
        # The hash of a not-a-number comes from its address, and decides the order.
        if any(map(self._holds_nan, theirs)):
            return
        # In the order of iteration: a program may depend on it.
        for index, pair in enumerate(zip(mine, theirs)):  # noqa: B905  # strict is checked above
            self._compare(*pair, f"{where}{{{index}}}")

    def _items(self, address: int) -> list[int]:
        """The items of a set, in the order of its table; both are made at run time."""
        (_, mask_at, _), (_, table_at, _) = self._structs["set"]
        entries = number(self._live.read(address + mask_at, 8), 0, 8) + 1
        table = number(self._live.read(address + table_at, 8), 0, 8)
        size = self._constants["sizeof_setentry"]
        data = self._live.read(table, entries * size)
        return [key for at in range(0, entries * size, size) if (key := number(data, at, 8))]

    def _holds_nan(self, address: int) -> bool:
        kind = NAMES.get(number(self._live.read(address + 8, 8), 0, 8))
        match kind:
            case "float" | "complex":
                members = self._structs[kind]
                bits = [number(self._live.read(address + offset, size), 0, size) for _, offset, size in members]
                return any(each & ~(1 << 63) > 0x7FF << 52 for each in bits)
            case "tuple":
                members = self._structs["tuple"]
                count = number(self._live.read(address + members[0][1], 8), 0, 8)
                items = self._live.read(address + members[-1][1], 8 * count)
                return any(self._holds_nan(number(items, 8 * index, 8)) for index in range(count))
            case "frozenset":
                return any(map(self._holds_nan, self._items(address)))
            case _:
                return False

    def _members(self, struct: str, static: int, fresh: int, where: str) -> None:
        """Compare the members of a struct, references followed."""
        members = self._structs[struct]
        end = max(offset + size for _, offset, size in members)
        mine, theirs = self._pristine.read(static, end), self._live.read(fresh, end)
        if struct == "slice":
            self._check_gc_head(static, where)
        for name, offset, size in members:
            words = number(mine, offset, size), number(theirs, offset, size)
            if name in self._references:
                self._compare(*words, f"{where}.{name}")
            elif words[0] != words[1]:
                self._differ(f"{where}.{name}", hex(words[0]), hex(words[1]))

    def _check_gc_head(self, static: int, where: str) -> None:
        """The garbage collector must not know a static object: the words before it are empty."""
        size = self._constants["sizeof_gc_head"]
        if any(self._pristine.read(static - size, size)) or static % 16:
            self._differ(f"{where}: known to the garbage collector", "perhaps", "no")

    def _same_bytes(self, static: int, fresh: int, start: int, size: int, where: str) -> None:
        mine, theirs = self._pristine.read(static + start, size), self._live.read(fresh + start, size)
        if mine != theirs:
            first = next(at for at in range(size) if mine[at] != theirs[at])
            self._differ(f"{where} from {first}", mine[first : first + 16].hex(), theirs[first : first + 16].hex())


def main() -> None:
    """Compare every case, and write what was found."""
    sys.setrecursionlimit(20_000)
    with open(sys.argv[1], "rb") as file:  # noqa: PTH123
        request: ComparisonRequest = marshal.load(file)  # noqa: S302  # ours
    comparison = Comparison(request)
    differences = []
    for label, name, script, data in request["cases"]:
        # The level of optimisation is the interpreter's, as for any script.
        fresh = compile(data, script, "exec", dont_inherit=True) if script else marshal.loads(data)  # noqa: S302
        found = comparison.case(_bundle.code(name), fresh, label)
        if found:
            differences.append((label, found))
    for key, data in request["results"]:
        # Looked up as when the program compiles.
        found = comparison.case(_bundle.result(key), marshal.loads(data), f"result of {key[:60]!r}")  # noqa: S302
        if found:
            differences.append(("results", found))
    versions = list(comparison.versions.values())
    if len(set(versions)) != len(versions) or 0 in versions:
        differences.append(("co_version", ["two static code objects have one, or one has none"]))
    if comparison.fresh_versions & set(versions):
        differences.append(("co_version", ["a fresh code object has that of a static one"]))
    with open(sys.argv[2], "wb") as file:  # noqa: PTH123
        answer: ComparisonAnswer = {"differences": differences, "compared": comparison.compared}
        marshal.dump(answer, file, 2)  # type: ignore[arg-type]  # typeshed: no TypedDict


if __name__ == "__main__":
    main()
