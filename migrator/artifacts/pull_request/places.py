"""Places of the monolith as a reviewer follows them: a link to the lines at the commit, or path and line.

In: locations, and text with one in front. Out: Markdown that is inert.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from migrator.artifacts.pull_request.move import Link
from migrator.domain.locations import Location
from migrator.markdown import code_link, inline_code, inline_text

_WRITTEN = re.compile(r"(?P<path>[^:]+):(?P<line>\d+)(?::\d+)?(?:: (?P<rest>.+))?", re.DOTALL)


class Places:
    """Turns places into Markdown.

    Args:
        link: what leads to lines of the repository.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    def of(self, location: Location) -> str:
        """`path:line`, or `path:line-line` for a definition."""
        return self.lines(location.path, location.line, location.end_line)

    def lines(self, path: str, line: int, end_line: int = 0) -> str:
        """The same for a path and lines."""
        last = f"-{end_line}" if end_line > line else ""
        return code_link(f"{path}:{line}{last}", self._link(path, line, max(line, end_line)) if is_below(path) else "")

    def written(self, text: str) -> str:
        """A text that may begin with a place, such as `shop/app.py:3:1: crontab()`."""
        found = _WRITTEN.fullmatch(text)
        if found is None or not PurePosixPath(found["path"]).suffix:
            return inline_text(text)
        place = self.lines(found["path"], int(found["line"]))
        return f"{place}: {inline_code(found['rest'])}" if found["rest"] else place


def is_below(path: str) -> bool:
    """Whether a relative path stays below where it starts."""
    pure = PurePosixPath(path)
    return bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts
