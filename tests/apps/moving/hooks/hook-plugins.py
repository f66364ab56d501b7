from pathlib import Path

from PyInstaller.utils.hooks import collect_submodules

hiddenimports = collect_submodules("plugins", filter=lambda name: name != "plugins.unwanted")
excludedimports = ["plugins.unwanted"]
datas = [("by_hook.txt", "plugins/added")]
binaries = [(str(path), "plugins/native") for path in Path(__file__).parent.glob("*.so")]
module_collection_mode = "pyz+py"
