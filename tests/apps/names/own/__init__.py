"""Has an extension module whose name many wheels use."""
