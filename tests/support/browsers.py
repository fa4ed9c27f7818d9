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
    from playwright.sync_api import Browser, Dialog, Page


def chromium() -> str:
    """Its program; skips where there is none, and fails under CI."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        message = "there is no Chromium: install it as `chromium` or `google-chrome`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


_PATIENCE_MS = 10_000


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
        complaints: of the console, errors of the script, dialogs.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(_PATIENCE_MS)
        self.complaints: list[str] = []
        self._asked: list[str] = []
        self._opened: set[str] = set()
        page.on("request", lambda request: self._asked.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._dismiss)

    def _dismiss(self, dialog: Dialog) -> None:
        self.complaints.append(dialog.message)
        dialog.dismiss()

    @property
    def asked(self) -> list[str]:
        """Addresses that were asked for, other than those of the files that were opened."""
        return [address for address in self._asked if address.partition("#")[0] not in self._opened]

    def open(self, file: Path, fragment: str = "") -> Page:
        """Load the page from its file."""
        self._opened.add(file.as_uri())
        self.page.goto(file.as_uri() + fragment)
        return self.page
