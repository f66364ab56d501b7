"""PyInstaller's hooks: files that say what a module needs invisibly. They run unchanged, in a worker.

A hook is found by its file's name: `hook-package.module.py` speaks about `package.module`. `discover.py` finds the
folders that hold hooks, `run.py` runs them and returns their requests.
"""

from bundler.analyze.hooks.discover import HookSources, RuntimeHook
from bundler.analyze.hooks.run import HookError, Hooks, StandardHook

__all__ = ["HookError", "HookSources", "Hooks", "RuntimeHook", "StandardHook"]
