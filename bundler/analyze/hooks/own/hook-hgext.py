"""Mercurial describes extensions that are not switched on from their sources (mercurial/extensions.py, disabled)."""

module_collection_mode = "pyz+py"
