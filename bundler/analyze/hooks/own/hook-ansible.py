"""Modules and plug-ins are files in ansible's folders: it finds them there, and sends their sources to other machines."""

from pathlib import Path

from PyInstaller.utils.hooks import get_package_paths

root, folder = get_package_paths("ansible")
datas = [(str(path), str(path.parent.relative_to(root))) for path in sorted(Path(folder).rglob("*.py"))]
