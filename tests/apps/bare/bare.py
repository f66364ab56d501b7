"""What Python asks of the system it runs on: time zones, terminals, the locale."""

import curses
import datetime
import gettext
import locale
import os
import readline
import sys
import zoneinfo
from pathlib import Path

import texts

for name in ("Europe/Oslo", "Asia/Kathmandu", "UTC"):
    zone = zoneinfo.ZoneInfo(name)
    print(zone, datetime.datetime(2024, 7, 1, 12, tzinfo=zone), datetime.datetime(2040, 1, 1, tzinfo=zone).tzname())
try:
    zoneinfo.ZoneInfo("No/Where")
except zoneinfo.ZoneInfoNotFoundError as error:
    print(error)
print(len(zoneinfo.available_timezones()) > 400)

curses.setupterm(sys.argv[1], 1)
print(curses.tigetnum("colors"), curses.tigetstr("cup"), curses.tparm(curses.tigetstr("cup"), 3, 4), curses.tigetflag("am"))
readline.parse_and_bind("tab: complete")
readline.add_history("one")
print(readline.get_history_item(1))

german = gettext.translation("shop", Path(texts.__file__).parent / "locale", ["de"])
print(german.gettext("apple"), german.ngettext("%d pear", "%d pears", 2) % 2)
print(locale.setlocale(locale.LC_ALL, ""), locale.localeconv()["decimal_point"], locale.strcoll("a", "b") < 0)
print(os.path.expanduser("~"), sys.getfilesystemencoding())
