"""Code that runs inside the target interpreter: standard library only, nothing of ours installed there."""
