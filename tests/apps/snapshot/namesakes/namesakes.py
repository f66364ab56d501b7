"""A program whose own modules have the names of modules for which there are rules."""

import platform

import tqdm.std

if __name__ == "__main__":
    print(platform.NAME, tqdm.std.STYLE)
