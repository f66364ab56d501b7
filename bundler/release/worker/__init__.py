"""Code that runs inside the target interpreter: standard library only."""
