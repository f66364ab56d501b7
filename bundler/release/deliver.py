"""Makes the files that go with a finished binary."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bundler.release.archive import write_archive
from bundler.release.checksum import write_checksum
from bundler.release.delivery import Delivery


def deliver(delivery: Delivery) -> None:
    """Make links, archives and checksums, in place of earlier ones."""
    for link in delivery.links:
        _make_link(link, delivery.output)
    for archive in delivery.archives:
        write_archive(archive, delivery.members, delivery.source_date)
    for path in delivery.summed:
        write_checksum(path)


def _make_link(link: Path, output: Path) -> None:
    """Make a relative link to a file in the same folder; what was in its place is there until then."""
    with tempfile.TemporaryDirectory(prefix=".", dir=link.parent) as folder:
        made = Path(folder) / link.name
        made.symlink_to(output.name)
        made.replace(link)
