"""Has a module that is also imported by a shorter name."""
