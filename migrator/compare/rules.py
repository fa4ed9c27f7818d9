"""What counts when two answers are compared, as a table.

Out: `Rules`. The status and the body always count. Of the headers those count that change what a client does;
what a server says of itself or of the moment (`date`, `server`, `via`, lengths, request ids) does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from migrator.errors import UsageError


def _exact(value: str) -> str:
    return value.strip()


def _words(value: str) -> str:
    """A list whose order and letter case say nothing, such as `Vary`."""
    return ", ".join(sorted({word.strip().lower() for word in value.split(",") if word.strip()}))


def _media_type(value: str) -> str:
    """`text/html; charset=utf-8`: blanks, letter case and quotes around the character set say nothing."""
    return "; ".join(part.strip().lower().replace('"', "") for part in value.split(";") if part.strip())


def _cookie_names(value: str) -> str:
    """The names alone: values are sessions, signatures, and times. One cookie a line."""
    return ", ".join(sorted({line.partition("=")[0].strip() for line in value.splitlines() if line.strip()}))


HEADERS: Mapping[str, Callable[[str], str]] = {
    "access-control-allow-credentials": _words,
    "access-control-allow-headers": _words,
    "access-control-allow-methods": _words,
    "access-control-allow-origin": _exact,
    "access-control-expose-headers": _words,
    "allow": _words,
    "cache-control": _words,
    "content-disposition": _exact,
    "content-language": _words,
    "content-type": _media_type,
    "etag": _exact,
    "expires": _exact,
    "last-modified": _exact,
    "link": _exact,
    "location": _exact,
    "retry-after": _exact,
    "set-cookie": _cookie_names,
    "vary": _words,
    "www-authenticate": _exact,
}
"""The headers that count, each with the form in which its values are compared (RFC 9110, 9111, 6265)."""

_SECRET = re.compile(
    r"authorization|cookie|password|passwd|secret|token|api[-_]?key|access[-_]?key|signature|credential|session[-_]?id",
    re.IGNORECASE,
)
_INDEX = re.compile(r"\[\d+\]")
MASK = "***"


def is_secret(name: str) -> bool:
    """Whether a name (of a header, a parameter, a field) looks as if its value were nobody's business."""
    return _SECRET.search(name) is not None


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts.

    Attributes:
        headers: further headers that count, in lower case, compared as they are.
        ignore: paths that do not count, with everything below them.
    """

    headers: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    # Derived once: it is asked for every difference.
    _forms: Mapping[str, Callable[[str], str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        further = {name.lower(): _exact for name in self.headers}
        object.__setattr__(self, "_forms", {**further, **HEADERS})

    @property
    def forms(self) -> Mapping[str, Callable[[str], str]]:
        """Every header that counts, with the form in which it is compared."""
        return self._forms

    def ignores(self, path: str) -> bool:
        """Whether a difference at this path does not count."""
        return any(path == ignored or path.startswith((f"{ignored}.", f"{ignored}[")) for ignored in self.ignore)


def make_rules(headers: tuple[str, ...], ignore: tuple[str, ...]) -> Rules:
    """Rules from what a user typed; list indexes in a path stand for every index.

    Raises:
        UsageError: a path that no difference can have.
    """
    for path in ignore:
        if path not in ("status", "body") and not path.startswith(("$", "header:")):
            raise UsageError(
                f"{path!r} is no path of a difference",
                hint="paths are: status, body, header:NAME, and JSON paths such as $.lines[*].id",
            )
    paths = (path.lower() if path.startswith("header:") else _INDEX.sub("[*]", path) for path in ignore)
    return Rules(tuple(name.strip().lower() for name in headers), tuple(paths))
