"""Decides which files go with a binary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from packaging.utils import canonicalize_name

from bundler.analyze.carry.data import added_files
from bundler.analyze.graph import Distribution
from bundler.elf import Machine
from bundler.errors import BundleError
from bundler.release.archive import check_kinds
from bundler.release.delivery import Delivery, Member
from bundler.settings import Settings


def plan(output: Path, distributions: Iterable[Distribution], machine: Machine, settings: Settings) -> Delivery:
    """The files that go with the binary `output`; BundleError when one of them cannot be made."""
    check_kinds(settings.archives)
    # The binary itself may have the name of a program.
    links = tuple(output.with_name(each.name) for each in settings.commands if each.name != output.name)
    for link in links:
        if link.is_dir() and not link.is_symlink():
            raise BundleError(
                "cannot-write",
                f"`{link}` cannot be written: it is a folder",
                hint="choose another folder for the binary with `-o FILE`; nothing was changed",
            )
    project = canonicalize_name(settings.release.name) if settings.release is not None else ""
    declared = settings.release.version if settings.release is not None else ""
    version = declared or next((each.version for each in distributions if each.name == project), "")
    stem = "-".join(filter(None, (output.name, version, "linux", machine.python_name)))
    archives = tuple(output.with_name(f"{stem}.{kind}") for kind in dict.fromkeys(settings.archives))
    members = {member.path: member for member in _members(output, links, settings)} if archives else {}
    return Delivery(
        output=output,
        project=project,
        version=version,
        sbom=settings.sbom,
        notices=settings.notices,
        links=links,
        archives=archives,
        members=tuple(members[path] for path in sorted(members)),
        summed=(output, *archives) if settings.checksum else (),
        source_date=settings.source_date,
    )


def _members(output: Path, links: tuple[Path, ...], settings: Settings) -> Iterator[Member]:
    """The contents of an archive, of which later ones win: documents with their paths in the project, files, the binary."""
    if settings.release is not None:
        for path in settings.release.documents:
            yield Member(PurePosixPath(path.relative_to(settings.release.folder)), path)
    for each in settings.archived:
        files = list(added_files(each))
        if not files:
            raise BundleError(
                "no-such-file",
                f"`{each.source}` for the archive is not there",
                hint="correct the path in `--archive-file SRC:DEST`",
            )
        for file in files:
            yield Member(file.destination, file.source, is_executable=file.is_executable)
    if settings.notices is not None:
        yield Member(PurePosixPath(settings.notices.name), settings.notices)
    for link in links:
        yield Member(PurePosixPath(link.name), None, output.name)
    yield Member(PurePosixPath(output.name), output, is_executable=True)
