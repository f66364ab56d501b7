"""shiboken answers `from __feature__ import snake_case` itself, by a function in place of `__import__`."""


def pre_safe_import_module(api):
    api.add_runtime_module(api.module_name)
