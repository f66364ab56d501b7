"""Descriptions of terminals, for systems that have none."""

from PyInstaller.utils.hooks.terminfo import collect_terminfo

datas = collect_terminfo()
