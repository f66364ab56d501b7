import os

from PyInstaller.utils.hooks import collect_submodules

hiddenimports = collect_submodules("plugins", filter=lambda name: name != "plugins.unwanted")
excludedimports = ["plugins.unwanted"]
datas = [("by_hook.txt", "plugins/added")]
binaries = [(path, "plugins/native") for path in os.environ.get("MOVING_LIBRARY", "").split(":") if path]
module_collection_mode = "pyz+py"
