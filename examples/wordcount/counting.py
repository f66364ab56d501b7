"""Counting: files in, counts out; nothing is printed here."""

import hashlib
import logging
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

log = logging.getLogger("wordcount")

# Letters of any script, with apostrophes inside: "don't" is one word.
WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


class FilterError(Exception):
    """The command that was to prepare a file failed."""


@dataclass(frozen=True)
class FileCount:
    """What was found in one file."""

    name: str
    modified: datetime
    digest: str
    lines: int
    words: Counter[str] = field(repr=False)


def count_file(path: Path, command: Sequence[str] | None = None) -> FileCount:
    """Count one file; `command`, if there is one, reads it first and prints the text to count."""
    log.info("reading %s", path)
    data = path.read_bytes()
    if command:
        data = filtered(data, command)
    text = data.decode(errors="replace")
    return FileCount(
        name=str(path),
        modified=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        digest=hashlib.sha256(data).hexdigest(),
        lines=text.count("\n"),
        words=Counter(word.lower() for word in WORD.findall(text)),
    )


def filtered(data: bytes, command: Sequence[str]) -> bytes:
    """What `command` makes of `data`."""
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    if done.returncode:
        raise FilterError(f"{command[0]} ended with status {done.returncode}")
    return done.stdout


def without_copies(counts: Iterable[FileCount]) -> Iterator[FileCount]:
    """The counts of files whose content was not seen before."""
    seen: set[str] = set()
    for count in counts:
        if count.digest in seen:
            log.info("%s is a copy", count.name)
            continue
        seen.add(count.digest)
        yield count


@dataclass(frozen=True)
class Report:
    """All counts: what there is to print."""

    files: tuple[FileCount, ...]
    lines: int
    words: Counter[str]
    top: tuple[tuple[str, int], ...]
    sample: tuple[str, ...] = ()


def summarise(files: Sequence[FileCount], top: int) -> Report:
    """Add up; the `top` most frequent words come in the order of the alphabet where they are equally frequent."""
    words = sum((file.words for file in files), Counter[str]())
    ranking = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    return Report(tuple(files), sum(file.lines for file in files), words, tuple(ranking[:top]))
