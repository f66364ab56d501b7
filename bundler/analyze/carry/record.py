"""RECORD, the list of a distribution's files: in the binary it lists what the binary holds.

`importlib.metadata.files` reads it, for programs that open these files, or look for the modules of a distribution. Rows of
anything else would name files that are not there, and some would differ from one environment to the next: pip lists scripts,
whose hashes depend on the path of their Python.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path, PurePosixPath

from bundler.analyze.graph import DataFile

_NAME = "RECORD"


def with_records(
    files: Iterable[DataFile], others: AbstractSet[PurePosixPath], added: Container[PurePosixPath] = ()
) -> Iterator[DataFile]:
    """The data files of a binary, with only such rows in each RECORD as are of these files or of others, by their places.

    A file that the user `added`, by destination, is carried as it is.
    """
    every = tuple(files)
    places = others | {file.destination for file in every}
    for file in every:
        folder = file.destination.parent
        if file.destination.name != _NAME or folder.suffix != ".dist-info" or file.destination in added:
            yield file
        else:
            yield replace(file, content=_kept(file.source, folder.parent, places))


def _kept(record: Path, base: PurePosixPath, places: Container[PurePosixPath]) -> bytes:
    """RECORD with the rows of files at these places. PEP 376: its paths begin at the folder that the metadata is in, `base`."""
    with record.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        rows = [row for row in csv.reader(file) if row and base / row[0] in places]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "surrogateescape")
