"""xonsh lists these modules with the descriptions that it reads from their sources (xonsh/xontribs.py)."""

module_collection_mode = "pyz+py"
