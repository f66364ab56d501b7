"""Checks that a binary is what it was when it was built: by the digests that it holds, or by some from elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bundler.errors import BundleError
from bundler.link.digests import PARTS, Digests
from bundler.link.finished import computed_digests, read_digests, to_digests
from bundler.release import sha256
from bundler.schema import FORMAT, VerifyDocument


class State(Enum):
    """The outcome of a check; the value is the word shown to users."""

    IDENTICAL = "identical"  # to the last byte
    INTACT = "intact"  # in all parts that have digests
    STRIPPED = "stripped"  # but for parts that are gone, and that nothing loads
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of a check: names of parts that have changed, and of those that are missing.

    `against`: the file that told the digests, if one did.
    """

    path: Path
    state: State
    altered: tuple[str, ...]
    gone: tuple[str, ...]
    against: Path | None


def verify(path: Path, against: Path | None = None) -> Verification:
    """Compare a binary with its own digests, or with those that `bundle inspect --json` printed of it.

    BundleError when there are none to compare with.
    """
    digest, wanted = _read_reference(against) if against is not None else (None, read_digests(path))
    found = computed_digests(path)
    differing = tuple(found.differing(wanted))
    gone = tuple(part for part in differing if not getattr(found, part))
    altered = tuple(part for part in differing if part not in gone)
    if altered:
        state = State.ALTERED
    elif gone:
        state = State.STRIPPED
    else:
        state = State.IDENTICAL if digest is not None and digest == sha256(path) else State.INTACT
    return Verification(path, state, altered, gone, against)


def _read_reference(path: Path) -> tuple[str, Digests]:
    """The SHA-256 of the whole file, and the digests, of a document of `bundle inspect --json`."""
    try:
        document = json.loads(path.read_bytes())
        return str(document["sha256"]), to_digests(document["digests"])
    except OSError as error:
        raise BundleError(
            "unreadable",
            f"`{path}` cannot be read: {error.strerror}",
            hint="name a file that you may read, with what `bundle inspect FILE --json` printed",
        ) from error
    except (KeyError, ValueError, TypeError) as error:
        raise BundleError(
            "no-digests",
            f"`{path}` tells no digests of a binary",
            hint="name a file with what `bundle inspect FILE --json` printed, in this version or one near to it",
        ) from error


def refusal(found: Verification) -> BundleError | None:
    """The error that an altered binary is; None for any other."""
    if found.state is not State.ALTERED:
        return None
    source = f"`{found.against}` tells" if found.against is not None else "it was when it was built"
    return BundleError(
        "altered-binary",
        f"`{found.path}` is not what {source}",
        notes=tuple(f"{PARTS[part]} differ{'' if part == 'symbols' else 's'}" for part in found.altered),
        hint="do not run it unless you know what changed it; get it again, or build it again",
    )


def document(found: Verification) -> VerifyDocument:
    """The result as `--json` prints it."""
    return {
        "format": FORMAT,
        "file": str(found.path),
        "against": str(found.against) if found.against is not None else None,
        "state": found.state.value,
        "altered": found.altered,
        "gone": found.gone,
    }


def text(found: Verification) -> str:
    """The result in a line, of a binary that is not altered."""
    match found.state:
        case State.IDENTICAL:
            meaning = "every byte is as it was when it was built"
        case State.STRIPPED:
            *others, last = (PARTS[part] for part in found.gone)
            gone = f"{', '.join(others)} and {last}" if others else last
            meaning = f"without {gone}; all else is as it was when it was built"
        case _:
            meaning = "what is loaded and what it says about itself are as they were when it was built"
            meaning += "" if found.against is None else "; other bytes of the file are not"
    return f"{found.path}: {found.state.value}: {meaning}"
