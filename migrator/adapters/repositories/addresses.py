"""Addresses of remotes, and what programs say about them, without a name or a password in them.

In: an address, or any text of a program. Out: the same without credentials and without what could drive a terminal.
"""

from __future__ import annotations

import re
from typing import Final

_USER: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s'\"]*@")
_QUERY: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://[^\s'\"?#]*)[?#][^\s'\"]*")
# `user@host:path`, as ssh is written in short: no scheme, and the colon comes before any slash.
_SHORT_FORM: Final = re.compile(r"^[^/@:\s]+@(?=[^/:\s]+:)")


def without_credentials(text: str) -> str:
    """Any text, in which each address has lost its user, its password, its query and its fragment."""
    return _QUERY.sub(r"\1", _USER.sub(r"\1", text))


def public_address(address: str) -> str:
    """The address of a remote without user, password, query and fragment; also in ssh's short form."""
    return _SHORT_FORM.sub("", without_credentials(address))


def printable(text: str) -> str:
    """A text with its line ends and nothing else that is not printable, so that a remote cannot drive the terminal."""
    return "".join(char if char == "\n" or char.isprintable() else " " for char in text)
