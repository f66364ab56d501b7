"""A program that finds its plugins by listing the folder of a package, a library in a folder that it adds, and archives."""
import os
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "vendor"))

import library
import shop

print(library.NAME, shop.names(), [module.PRICE for module in shop.load()])
folder = os.path.dirname(shop.__file__)
print([(name, os.path.isfile(os.path.join(folder, name))) for name in sorted(os.listdir(folder)) if name[0] != "_"])

# Archives on the search path; zipimport itself is imported by that alone.
with tempfile.TemporaryDirectory() as work:
    archive = os.path.join(work, "archive.zip")
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("packed.py", "NAME = 'packed'")
        file.writestr("below/deeper.py", "NAME = 'deeper'")
    sys.path[:0] = [work, archive, os.path.join(archive, "below")]
    import deeper
    import packed

    import zipimport

    print(packed.NAME, deeper.NAME, type(packed.__loader__) is zipimport.zipimporter)
    print([hook is zipimport.zipimporter for hook in sys.path_hooks].count(True))
