"""Prints how many pages of recorded memory this process has made its own."""

import argparse
import asyncio
import json

with open("/proc/self/smaps") as rows:
    own = 0
    is_region = False
    for row in rows:
        word, *rest = row.split()
        if not word.endswith(":"):
            is_region = 0x60_0000_0000 <= int(word.partition("-")[0], 16) < 0x64_0000_0000
        elif is_region and word == "Anonymous:":
            own += int(rest[0]) // 4
print(own, argparse.__name__, asyncio.__name__, json.__name__)
