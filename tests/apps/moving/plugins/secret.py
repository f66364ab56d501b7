"""Only a hook knows of it."""
