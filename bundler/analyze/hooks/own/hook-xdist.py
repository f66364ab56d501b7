"""Workers are sent the source of xdist.remote (remote_exec of execnet)."""

module_collection_mode = "py"
