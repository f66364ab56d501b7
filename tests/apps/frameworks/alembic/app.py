"""Migrations with Alembic: those that the program brings (`own`), or those of an alembic.ini in the current folder."""

import sys

import library
from alembic.config import CommandLine, Config, main

if __name__ == "__main__":
    if sys.argv[1] == "own":
        line = CommandLine("app")
        config = Config()
        config.set_main_option("script_location", "library:migrations")
        config.set_main_option("sqlalchemy.url", library.URL)
        options = line.parser.parse_args(sys.argv[2:])
        line.run_cmd(config, options)
    else:
        main(sys.argv[1:])
