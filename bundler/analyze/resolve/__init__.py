"""From names to modules: the program's entry, the order in which Python looks, what an import statement refers to."""
