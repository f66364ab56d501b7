"""Shows what modules make of a bit of an answer that they get at in roundabout ways."""

import asks
import calls_at_once
import fields
import namesakes
import registers
import renames
import takes
import tells_bases

if __name__ == "__main__":
    print(takes.GOT, takes.ALL, takes.LOADED, takes.KIND, takes.MADE, asks.KIND)
    print(registers.COMMANDS["other"](), registers.kind())
    print(namesakes.CACHED, namesakes.MEMBER, namesakes.MADE, namesakes.KINDS)
    print(calls_at_once.KIND, fields.Options(), tells_bases.Derived.kind, renames.KIND)
