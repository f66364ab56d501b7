"""A program whose own modules have the names of modules for which there are rules."""

import platform
import sys

import orjson.orjson
import tqdm.std

if __name__ == "__main__":
    print(platform.NAME, tqdm.std.STYLE, orjson.orjson.SECRET.hex() if "secret" in sys.argv else "")
