"""A program that finds its plugins by listing the folder of a package, and a library in a folder that it adds."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "vendor"))

import library
import shop

print(library.NAME, shop.names(), [module.PRICE for module in shop.load()])
folder = os.path.dirname(shop.__file__)
print([(name, os.path.isfile(os.path.join(folder, name))) for name in sorted(os.listdir(folder)) if name[0] != "_"])
