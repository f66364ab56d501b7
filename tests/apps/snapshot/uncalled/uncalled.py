"""Shows commands that a decorator registers, of which none is called while modules are imported."""

import commands

print(sorted(commands.COMMANDS), commands.COMMANDS["where"]() != "")
