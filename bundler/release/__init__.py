"""Makes what goes with a finished binary: links for its programs, archives, checksums.

Settings --plan--> Delivery --deliver--> files beside the binary
"""

from bundler.release.checksum import sha256
from bundler.release.deliver import deliver
from bundler.release.delivery import Delivery, Member
from bundler.release.plan import plan

__all__ = ["Delivery", "Member", "deliver", "plan", "sha256"]
