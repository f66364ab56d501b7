"""Code that runs under the target interpreter, and in the executable while it is recorded."""
