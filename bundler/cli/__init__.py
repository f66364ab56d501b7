"""The command line: `main` runs one.

A command imports only what it needs: rich, modulegraph and cffi cost more than the rest of `bundle --version`. So imports of
other rooms stand in the functions that use them, except those of `bundler.errors`, `settings` and `values`.
"""

from bundler.cli.main import main

__all__ = ["main"]
