"""What comes along besides modules: data files, metadata, libraries that are opened by name."""
