"""Library calls that read or write files: by a path, or by a file that is open already.

In: an entry that says which argument is the path, and the call. Out: notes of effects on the disk, by where the path points to.
"""

from __future__ import annotations

from migrator.domain.effects import Effect
from migrator.knowledge import RECEIVER, Access, Entry, Origin, PathUse
from migrator.model.frames import Arguments, Place, Values
from migrator.model.library_changes import LibraryChangesFrame
from migrator.model.values import NOTHING, UNKNOWN, Const, Inst, Lib, Param, Value

_FILE_RULE = "it takes open files, and nothing says that it is given a path"
_OPEN_ALREADY = ("builtins.int", "io.", "tempfile.", "gzip.", "zipfile.", "tarfile.")


class LibraryFilesFrame(LibraryChangesFrame):
    """Touches files."""

    def touch(
        self,
        use: PathUse,
        dotted: str,
        entry: Entry,
        receiver: Value | None,
        arguments: Arguments,
        place: Place,
    ) -> None:
        if use.path.position == RECEIVER:
            paths: Values | None = frozenset((receiver,)) if receiver is not None else None
        else:
            paths = arguments.get(use.path.position, use.path.keyword)
        if paths is None:
            return
        access = use.access
        if access is Access.MODE:
            access = self._mode(use, arguments)
        for path in paths or frozenset((UNKNOWN,)):
            if isinstance(path, Const) and (path.value is None or isinstance(path.value, int)):
                continue
            if isinstance(path, Param) and self._is_known(path):
                continue
            if isinstance(path, Lib) and path.instance and path.dotted.startswith(_OPEN_ALREADY):
                continue
            if isinstance(path, Const) and path.value == ":memory:":
                continue  # SQLite's name for a database without a file
            if use.file_object and not _is_path(path):
                if not isinstance(path, Lib | Inst):
                    self.note_unresolved(place, "what it reads or writes is not known", _FILE_RULE)
                continue
            origin = self.origin_of(path)
            reason = f"{dotted} {entry.reason}"
            if origin == Origin.TEMP.value:
                self.note_effect(Effect.TEMP_DISK, place.line, place.column, f"{reason} in the temp folder")
                continue
            shipped = origin.startswith(Origin.PACKAGE.value)
            if access is not Access.WRITE and not shipped:
                self.note_effect(Effect.LOCAL_DISK_READ, place.line, place.column, reason)
            if access is not Access.READ:
                self.note_effect(Effect.LOCAL_DISK_WRITE, place.line, place.column, reason)

    def _is_known(self, given: Param) -> bool:
        """Whether the one call that a copy of a function is read for says what it gives: the values themselves are here."""
        if given.info is not self.info or not self.info.site:
            return False
        passed = self.read(self.solver.cell("argument", given.info, given.index))
        return bool(passed) and not any(isinstance(value, Param) for value in passed)

    def _mode(self, use: PathUse, arguments: Arguments) -> Access:
        """Read, write, or both (`Access.MODE`): what the mode argument says."""
        given = arguments.get(use.mode.position, use.mode.keyword) if use.mode is not None else None
        if given is None and use.mode is not None:
            given = arguments.keywords.get("mode")
        modes = [value.value for value in given or NOTHING if isinstance(value, Const) and isinstance(value.value, str)]
        if given is None:
            return Access.READ
        if not modes or any("+" in mode for mode in modes):
            return Access.MODE
        writes = [bool(set(mode) & set("wax")) for mode in modes]
        if all(writes):
            return Access.WRITE
        return Access.MODE if any(writes) else Access.READ


def _is_path(value: Value) -> bool:
    """Whether a value is text or a path, rather than an open file."""
    if isinstance(value, Const):
        return isinstance(value.value, str)
    return isinstance(value, Lib) and value.instance and value.dotted.startswith(("builtins.str", "pathlib."))
