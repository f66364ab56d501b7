"""Takes settings from variables with a prefix; asks for one variable besides."""

import os

SETTINGS = {
    name[5:].lower(): value
    for name, value in os.environ.items()
    if name.startswith("SHOP_")
}


def others():
    found = {}
    for name, value in os.environ.items():
        if name.startswith(("A_SHOP_", "B_SHOP_")) and value:
            found[name] = value
    return found


OTHERS = others()
NAMES = sorted(name for name in os.environ if name.startswith("SHOP_"))
HOME = os.environ.get("HOME")
