"""Makes what the self-check compares with. Runs inside the target interpreter: standard library only."""
