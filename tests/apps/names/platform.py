"""Named like a module of the library about which there is a rule: its import of plistlib is not followed."""

import plistlib

ANSWER = plistlib.dumps({"own": "platform"}).decode().splitlines()[-3].strip()
