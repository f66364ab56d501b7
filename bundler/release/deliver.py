"""Makes the files that go with a finished binary."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bundler.cache import write_atomically
from bundler.release.archive import write_archive
from bundler.release.checksum import sha256, write_checksum
from bundler.release.components import Inventory
from bundler.release.delivery import Delivery
from bundler.release.notices import notices_text
from bundler.release.sbom import sbom_text


def embedded_sbom(delivery: Delivery, inventory: Inventory | None) -> str:
    """Return the bill of materials that the binary itself holds, which cannot tell its digest; "" if none is wanted."""
    if delivery.sbom is None or inventory is None:
        return ""
    return sbom_text(inventory, delivery.source_date)


def deliver(delivery: Delivery, inventory: Inventory | None) -> None:
    """Make links, documents, archives and checksums, in place of earlier ones."""
    if delivery.sbom is not None and inventory is not None:
        text = sbom_text(inventory, delivery.source_date, sha256(delivery.output))
        write_atomically(delivery.sbom, text.encode())
    if delivery.notices is not None and inventory is not None:
        write_atomically(delivery.notices, notices_text(inventory).encode())
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
