"""Archives of a binary with the documents of its project. Equal inputs give equal bytes."""

from __future__ import annotations

import gzip
import stat
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, cast

from bundler.errors import BundleError
from bundler.process import jobs
from bundler.release.delivery import Member

# That of files in a binary (launcher/files/contents.c); zip files know no earlier one.
_EARLIEST = 315532800  # 1 January 1980

_COMPRESSION = 9
_ZSTD_COMPRESSION = 19


def write_archive(path: Path, members: Iterable[Member], source_date: int | None) -> None:
    """Write an archive, whose members lie in a folder of its name; it appears whole or not at all.

    `source_date`: the time of its files, in seconds since 1970; without it they bear a fixed one.
    """
    kind = next(kind for kind in _WRITERS if path.name.endswith(f".{kind}"))
    folder = PurePosixPath(path.name.removesuffix(f".{kind}"))
    inside = [replace(member, path=folder / member.path) for member in members]
    with tempfile.TemporaryDirectory(prefix=".", dir=path.parent) as work:
        made = Path(work) / path.name
        with made.open("wb") as file:
            _WRITERS[kind](inside, max(source_date or _EARLIEST, _EARLIEST), file)
        made.replace(path)


def _tar(members: Iterable[Member], when: int, file: IO[bytes]) -> None:
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for member in members:
            header = tarfile.TarInfo(str(member.path))
            header.mtime, header.mode = when, member.mode
            if member.source is None:
                header.type, header.linkname, header.mode = tarfile.SYMTYPE, member.link, 0o777
                archive.addfile(header)
            else:
                header.size = member.source.stat().st_size
                with member.source.open("rb") as contents:
                    archive.addfile(header, contents)


def _tar_gz(members: Iterable[Member], when: int, file: IO[bytes]) -> None:
    with gzip.GzipFile("", "wb", _COMPRESSION, file, mtime=when) as stream:
        _tar(members, when, cast(IO[bytes], stream))


def check_kinds(kinds: Iterable[str]) -> None:
    """Fail with BundleError when archives of one of these kinds cannot be written."""
    if "tar.zst" not in kinds:
        return
    try:
        import zstandard  # noqa: F401  # an import tells whether it works
    except ImportError as error:
        raise BundleError(
            "no-zstandard",
            "archives of the kind `tar.zst` need the package zstandard",
            hint="install it beside bundle, with `pip install zstandard`, or choose `tar.gz`",
        ) from error


def _tar_zst(members: Iterable[Member], when: int, file: IO[bytes]) -> None:
    import zstandard  # the extra `zstd` brings it

    # The bytes are the same for any number of threads, but for none.
    compressor = zstandard.ZstdCompressor(level=_ZSTD_COMPRESSION, threads=jobs())
    with compressor.stream_writer(file, closefd=False) as stream:
        _tar(members, when, stream)


def _zip(members: Iterable[Member], when: int, file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for member in members:
            header = zipfile.ZipInfo(str(member.path), time.gmtime(when)[:6])
            header.compress_type = zipfile.ZIP_DEFLATED
            header.create_system = 3  # Unix, whatever system this is
            kind, mode = (stat.S_IFREG, member.mode) if member.source else (stat.S_IFLNK, 0o777)
            header.external_attr = (kind | mode) << 16
            contents = member.source.read_bytes() if member.source else member.link.encode()
            archive.writestr(header, contents, compresslevel=_COMPRESSION)


_WRITERS: Mapping[str, Callable[[Iterable[Member], int, IO[bytes]], None]] = {
    "tar.gz": _tar_gz,
    "tar.zst": _tar_zst,
    "zip": _zip,
}
