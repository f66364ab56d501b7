"""Records the program's first imports, and writes their state into the executable. Verb: `snapshot`; noun: `Snapshot`.

This is the one stage that runs the program's Python modules. It runs copies of the linked executable, in which the launcher
answers for the machine (launcher/world), several times under other circumstances: what differs between them is found
anew at each start, or its module is left out.
"""

from bundler.snapshot.model import Refusal, Snapshot
from bundler.snapshot.section import read_description
from bundler.snapshot.snapshot import Taken, snapshot, snapshot_digest

__all__ = ["Refusal", "Snapshot", "Taken", "read_description", "snapshot", "snapshot_digest"]
