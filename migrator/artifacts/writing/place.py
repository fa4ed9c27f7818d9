"""Where a service folder may be.

In: the folder, and the monolith. Out: nothing, or an error that says what is wrong with it; nothing is made or changed.
What stands in the folder is for `deciding`.
"""

from __future__ import annotations

from pathlib import Path

from migrator.errors import InputError

_ELSEWHERE = "name another folder with -o"


def check_folder(folder: Path) -> None:
    """Whether something else than a folder stands in the way.

    Raises:
        InputError: it, or a folder above it, is a file or a link to nowhere.
    """
    for place in (folder, *folder.parents):
        if _is_there(place):
            if not place.is_dir():
                raise InputError("this is a file, not a folder", hint="name a folder with -o", location=str(place))
            return
        if place.is_symlink():
            raise InputError("this is a link to nowhere", hint=f"remove it, or {_ELSEWHERE}", location=str(place))


def _is_there(place: Path) -> bool:
    try:
        return place.exists()
    except OSError as error:
        raise InputError(f"cannot be a folder: {error.strerror}", hint=_ELSEWHERE, location=str(place)) from error


def check_apart(folder: Path, root: Path) -> None:
    """Whether the folder is the service's own. It may lie beside the monolith's packages, as `services/tax` does.

    Raises:
        InputError: the monolith lies in it, or it lies in one of the monolith's packages.
    """
    base = root.resolve()
    if base.is_file():
        base = base.parent
    target = folder.resolve()
    if base.is_relative_to(target):
        where = "is the monolith itself" if base == target else f"holds the monolith ({root})"
        raise InputError(
            f"this folder {where}; a service needs one of its own",
            hint="name it with -o, for example -o services/NAME",
            location=str(folder),
        )
    if not target.is_relative_to(base):
        return
    for place in (target, *target.parents):
        if (place / "__init__.py").is_file():
            raise InputError(
                f"this folder lies in the monolith's package {place.relative_to(base).as_posix()}, "
                "and would be taken for a part of it",
                hint="name one outside of the packages with -o, for example -o services/NAME",
                location=str(folder),
            )
        if place == base:
            return
