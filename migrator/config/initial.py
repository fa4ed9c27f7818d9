"""What `migrator init` would write for a monolith, and writing it.

In: the monolith's folder. Out: a `Drafted`: the file's path and text, what writing would do, and what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from migrator.config.draft import State, draft, state_of, write
from migrator.config.parsing import FILE_NAME
from migrator.config.survey import Survey, survey
from migrator.domain.json import JsonValue
from migrator.errors import InputError
from migrator.source import read_tree


@dataclass(frozen=True, slots=True)
class Drafted:
    """A configuration that is not written yet."""

    path: Path
    text: str
    state: State
    found: Survey

    def write(self) -> None:
        """Put it in place.

        Raises:
            InputError: it cannot be written.
        """
        write(self.path, self.text)

    def document(self, *, written: bool) -> dict[str, JsonValue]:
        """The whole as JSON."""
        found = self.found
        return {
            "schema": "migrator.init/1",
            "path": str(self.path),
            "state": self.state.value,
            "written": written,
            "files": found.files,
            "roots": list(found.roots),
            "packages": list(found.packages),
            "frameworks": [{"name": name, "files": number} for name, number in found.frameworks],
            "settings_module": found.settings_module,
            "exclude": [
                {"pattern": item.pattern, "files": item.files, "reason": item.reason, "importers": item.importers}
                for item in found.exclude
            ],
            "python": found.python[0],
            "text": self.text,
        }


def drafted(root: Path) -> Drafted:
    """The configuration for a folder.

    Raises:
        InputError: it is not a folder, or what stands in the file's place cannot be read.
    """
    if not root.is_dir():
        raise InputError("this is not a folder", hint="name the folder of the monolith", location=str(root))
    found = survey(read_tree(root))
    text = draft(found)
    path = root / FILE_NAME
    return Drafted(path, text, state_of(path, text), found)
