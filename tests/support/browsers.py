"""A real browser that watches a page: what it asks the network for, and what it complains of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def chromium() -> str:
    """Its program; skips where there is none, and fails under CI."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        message = "there is no Chromium: install it as `chromium` or `google-chrome`"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return found


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """The browser without a window, ended with the block."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        started = tool.chromium.launch(executable_path=program, args=["--disable-gpu"])
        try:
            yield started
        finally:
            started.close()


class Watched:
    """A page with what it did that it should not.

    Attributes:
        asked: addresses other than the page's own.
        complaints: of the console, errors of the script, dialogs.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))

    def open(self, file: Path, fragment: str = "") -> Page:
        """Load the page from its file."""
        address = file.as_uri() + fragment
        self.page.goto(address)
        self.asked = [each for each in self.asked if each.partition("#")[0] != file.as_uri()]
        return self.page
