"""Makes what goes with a finished binary: links for its programs, archives, checksums, a bill of materials, licences.

    Settings --plan--> Delivery, LinkPlan --take_inventory--> Inventory, both --deliver--> files

What is wanted is decided before anything is linked.
"""

from bundler.release.checksum import sha256
from bundler.release.components import Component, ComponentKind, Inventory
from bundler.release.deliver import deliver, embedded_sbom
from bundler.release.delivery import Delivery, Member
from bundler.release.inventory import take_inventory
from bundler.release.notices import duties
from bundler.release.plan import plan

__all__ = [
    "Component",
    "ComponentKind",
    "Delivery",
    "Inventory",
    "Member",
    "deliver",
    "duties",
    "embedded_sbom",
    "plan",
    "sha256",
    "take_inventory",
]
