"""Gateways are sent the source of the module that they run."""

module_collection_mode = "py"
