"""Shows objects that modules make of answers of the machine, and that others change while they are imported."""

import annotated
import ends
import guest
import level
import memory
import pages
import places
import server
import settings
import theme
import verbose

print(places.PLACES, guest.COUNT)
print(sorted(server.SERVER.routes), pages.other())
print(settings.SETTINGS.home, settings.SETTINGS.colour, settings.CACHE, theme.CACHE)
print(verbose.VERBOSE, verbose.shown)
print(ends.FOLDER)
print(annotated.HOME, annotated.__annotations__)
print(level.LEVEL, memory.QUIET, memory.BOTH)
