"""A shop in Flask: blueprint, templates and static files of a package, sessions, errors. With `debug`, the reloader."""

import os
import sys

from shop import create_app

app = create_app()

if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ["PORT"]), debug="debug" in sys.argv)
