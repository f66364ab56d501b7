"""Each class of a component reads its own source when it is made, for the interface file beside it (component_meta.py)."""

module_collection_mode = "py"
