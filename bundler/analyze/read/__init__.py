"""What files say: import facts of sources, imports of compiled modules."""
