"""A headless Chromium that opens a page, clicks and types as a user does, by the DevTools protocol over pipes.

chromedevtools.github.io/devtools-protocol; `--remote-debugging-pipe`: messages are JSON, each ended by a zero byte, read
from descriptor 3 and written to 4.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome")

# Its own sandbox needs rights that containers often have not; it opens only a page of ours.
_OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe"),
)


def find_browser() -> str | None:
    """The browser's command; None if none is installed."""
    return next((found for name in NAMES if (found := shutil.which(name)) is not None), None)


# Gives descriptors the numbers that the protocol wants, and becomes the browser.
_STARTER = """
import os, sys
for number, moved in zip((3, 4), sys.argv[1:3]):
    os.dup2(int(moved), number)
    os.close(int(moved))
os.execvp(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """A browser with one page. `problems`: what its console reported: errors, and everything that it wanted to load."""

    def __init__(self, command: str, width: int = 1280, height: int = 900) -> None:
        self.problems: list[str] = []
        self._folder = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        # Above the numbers that they get, so that no one takes the other's place.
        moved = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 10) for each in (theirs_in, theirs_out)]
        profile = f"--user-data-dir={self._folder.name}"
        self._process = subprocess.Popen(
            [sys.executable, "-c", _STARTER, *map(str, moved), command, *_OPTIONS, profile],
            pass_fds=moved,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self._folder.name},
        )
        for each in (theirs_in, theirs_out, *moved):
            os.close(each)
        self._out, self._in = os.fdopen(ours_out, "wb"), os.fdopen(ours_in, "rb")
        self._unread = b""
        self._count = 0
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.resize(width, height)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # Asked, it ends its other processes as well.
        self._out.write(json.dumps({"id": 0, "method": "Browser.close"}).encode() + b"\0")
        self._out.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._in.close()
        self._folder.cleanup()

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of the protocol; its result."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        self._out.flush()
        while True:
            answer = self._read()
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            read = os.read(self._in.fileno(), 1 << 16)
            assert read, "the browser ended"
            self._unread += read
        text, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message

    def _note(self, event: dict[str, Any]) -> None:
        method, about = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.problems.append(str(about["exceptionDetails"].get("exception", {}).get("description")))
        elif method == "Log.entryAdded":
            self.problems.append(about["entry"]["text"])
        elif method == "Network.requestWillBeSent" and not about["request"]["url"].startswith(("file:", "about:")):
            self.problems.append(f"loads {about['request']['url']}")

    # --- What a user does ---------------------------------------------------------------------------------------------

    def open(self, page: Path) -> None:
        """Open a page, and wait until it is there."""
        self.call("Page.navigate", url=page.absolute().as_uri())
        self.wait_for("document.readyState === 'complete' && location.protocol === 'file:'")
        self.settle()

    def resize(self, width: int, height: int) -> None:
        """Give the window a size."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme: str) -> None:
        """Prefer "light" or "dark" pages."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.settle()

    def click(self, selector: str) -> None:
        """Click into the middle of the first element that is found, with the mouse: what lies over it is hit instead."""
        self.evaluate(f"document.querySelector({selector!r}).scrollIntoView({{block: 'center', behavior: 'instant'}})")
        self.settle()
        box = self.evaluate(
            f"(() => {{ const box = document.querySelector({selector!r}).getBoundingClientRect();"
            " return [box.left + box.width / 2, box.top + Math.min(box.height / 2, 8)] })()"
        )
        self._mouse("mouseMoved", *box)
        self._mouse("mousePressed", *box)
        self._mouse("mouseReleased", *box)
        self.settle()

    def _mouse(self, kind: str, x: float, y: float) -> None:
        button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **button)

    def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        self.call("Input.insertText", text=text)
        self.settle()

    def press(self, key: str) -> None:
        """Press a key by its name."""
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key)
        self.settle()

    # --- What a user sees ---------------------------------------------------------------------------------------------

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Wait until an expression is true."""
        self.evaluate(
            "new Promise((done, late) => { const end = Date.now() + 20000;"
            f" (function ask() {{ if ({expression}) done(true);"
            " else if (Date.now() > end) late('it took too long'); else setTimeout(ask, 10) })() })"
        )

    def settle(self) -> None:
        """Wait until what changed is drawn."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements that are found, as they are shown."""
        found: list[str] = self.evaluate(f"[...document.querySelectorAll({selector!r})].map(each => each.innerText)")
        return found

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Save what the window shows, or the whole page."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(answer["data"]))


@contextmanager
def opened(page: Path, **size: int) -> Iterator[Browser]:
    """A browser with a page; AssertionError when there is none."""
    command = find_browser()
    assert command is not None, "no browser is installed"
    with Browser(command, **size) as browser:
        browser.open(page)
        yield browser
