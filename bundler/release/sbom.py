"""Writes an inventory as a bill of materials, in CycloneDX's JSON (ECMA-424, cyclonedx.org/docs/1.6/json).

Equal inventories of equal binaries give equal bytes: the serial number is a digest of the contents.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bundler import __version__
from bundler.release.checksum import sha256
from bundler.release.components import Component, ComponentKind, Inventory

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://cyclonedx.org/docs/1.6/json")
_INSTALLED = "bundler:installed-files:sha256"
_TYPES = {ComponentKind.PYTHON: "platform", ComponentKind.DISTRIBUTION: "library", ComponentKind.LIBRARY: "library"}


def sbom_text(inventory: Inventory, source_date: int | None, binary_sha256: str | None = None) -> str:
    """The document. `source_date`: its time, in seconds since 1970; without it, it has none.

    `binary_sha256`: the digest of the finished binary, which the document inside of it cannot tell.
    """
    program = "program"
    known = {each.name: each.purl for each in inventory.components if each.kind is ComponentKind.DISTRIBUTION}
    required = {name for each in inventory.components for name in each.requires}
    # What no other component requires, the program does.
    direct = [
        each
        for each in inventory.components
        if each.kind is not ComponentKind.DISTRIBUTION or each.name not in required
    ]
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            **({"timestamp": _time(source_date)} if source_date is not None else {}),
            "tools": {"components": [{"type": "application", "name": "bundler", "version": __version__}]},
            "component": {
                "type": "application",
                "bom-ref": program,
                "name": inventory.name,
                **({"version": inventory.version} if inventory.version else {}),
                **({"hashes": [{"alg": "SHA-256", "content": binary_sha256}]} if binary_sha256 else {}),
            },
        },
        "components": [_component(each) for each in inventory.components],
        "dependencies": [
            {"ref": program, "dependsOn": [each.purl for each in direct]},
            *(
                {"ref": each.purl, "dependsOn": [known[name] for name in each.requires if name in known]}
                for each in inventory.components
            ),
        ],
    }
    serial = uuid.uuid5(_NAMESPACE, json.dumps(document))
    return json.dumps({"serialNumber": serial.urn, **document}, indent=2) + "\n"


def _time(seconds: int) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _component(component: Component) -> Mapping[str, Any]:
    licence: list[Mapping[str, Any]] = []
    if component.licence:
        named: Mapping[str, Any] = (
            {"expression": component.licence} if component.is_expression else {"license": {"name": component.licence}}
        )
        licence = [named]
    return {
        "type": _TYPES[component.kind],
        "bom-ref": component.purl,
        "name": component.name,
        **({"version": component.version} if component.version else {}),
        **({"licenses": licence} if licence else {}),
        "purl": component.purl,
        # No `hashes`: those of a library are taken for digests of its wheel, which nobody knows after it was installed.
        **(
            {"properties": [{"name": _INSTALLED, "value": component.installed_sha256}]}
            if component.installed_sha256
            else {}
        ),
        **({"components": [_file(component, file) for file in component.files]} if component.files else {}),
    }


def _file(component: Component, file: Path) -> Mapping[str, Any]:
    return {
        "type": "file",
        "bom-ref": f"{component.purl}#{file.name}",
        "name": file.name,
        "hashes": [{"alg": "SHA-256", "content": sha256(file)}],
    }
