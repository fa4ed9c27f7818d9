"""Which distributions a slice needs, at the versions that the monolith pins.

In: the imports that leave the monolith, and the monolith's root. Out: `Requirement` values. Nothing is
installed and no index is asked. Where an import's distribution is not named by the monolith, a table
(`distributions.toml`) and then the packages installed beside this program say it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Specified
from packaging.utils import canonicalize_name

from migrator.domain.plans import Requirement
from migrator.plan.closure import ThirdParty

_OPTION = re.compile(r"^\s*(?:-r|--requirement|-c|--constraint)[\s=]+(\S+)")
_MAX_FILES = 50


def requirements_of(external: Iterable[ThirdParty], root: Path) -> tuple[Requirement, ...]:
    """One requirement for each distribution that the imports need, sorted by name.

    Args:
        external: imports of the slice that leave the monolith; the standard library's are left out.
        root: the monolith, for its `requirements*.txt`, `constraints*.txt` and `pyproject.toml`.
    """
    pins = read_pins(root)
    found: dict[str, Requirement] = {}
    for imported in external:
        if imported.module.split(".", 1)[0] in sys.stdlib_module_names:
            continue
        name = _distribution(imported.module, pins)
        key = canonicalize_name(name)
        pinned = pins.get(key)
        if key not in found:
            found[key] = Requirement(
                distribution=pinned.name if pinned is not None else name,
                version=_version(pinned),
                reason=f"{imported.location}: import of {imported.module}",
            )
    return tuple(found[key] for key in sorted(found))


def read_pins(root: Path) -> Mapping[str, Specified]:
    """Normalized distribution name to what the monolith asks of it; an exact pin beats a range."""
    pins: dict[str, Specified] = {}
    for line in _lines(root):
        try:
            wanted = Specified(line)
        except InvalidRequirement:
            continue
        key = canonicalize_name(wanted.name)
        if key not in pins or (_exact(wanted) and not _exact(pins[key])):
            pins[key] = wanted
    return pins


def _lines(root: Path) -> Iterator[str]:
    queue = [
        *sorted(root.glob("requirements*.txt")),
        *sorted(root.glob("requirements/*.txt")),
        *sorted(root.glob("constraints*.txt")),
    ]
    seen: set[Path] = set()
    while queue and len(seen) < _MAX_FILES:
        path = queue.pop(0).resolve()
        if path in seen or not path.is_relative_to(root.resolve()) or not path.is_file():
            continue
        seen.add(path)
        for line in path.read_text("utf-8", errors="replace").splitlines():
            if option := _OPTION.match(line):
                queue.append(path.parent / option[1])
            elif (text := line.split(" #", 1)[0].split(" --hash", 1)[0].strip(" \\")) and not text.startswith(
                ("#", "-")
            ):
                yield text
    yield from _from_pyproject(root / "pyproject.toml")


def _from_pyproject(path: Path) -> Iterator[str]:
    if not path.is_file():
        return
    try:
        document = tomllib.loads(path.read_text("utf-8", errors="replace"))
    except tomllib.TOMLDecodeError:
        return
    project = document.get("project", {})
    groups = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values()]
    yield from (line for group in groups for line in group if isinstance(line, str))


def _exact(wanted: Specified) -> bool:
    return any(part.operator in ("==", "===") and not part.version.endswith("*") for part in wanted.specifier)


def _version(wanted: Specified | None) -> str:
    """`3.1.3` for an exact pin, the range as written for any other, an empty string for none."""
    if wanted is None:
        return ""
    for part in wanted.specifier:
        if part.operator == "==" and not part.version.endswith("*"):
            return part.version
    return str(wanted.specifier)


def _distribution(module: str, pins: Mapping[str, Specified]) -> str:
    parts = module.split(".")
    prefixes = [".".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
    table = _table()
    for prefix in prefixes:
        if (key := canonicalize_name(prefix.replace(".", "-"))) in pins:
            return pins[key].name
        if prefix in table:
            return table[prefix]
    installed = _installed().get(parts[0], [])
    for name in installed:
        if canonicalize_name(name) in pins:
            return name
    return installed[0] if len(set(installed)) == 1 else parts[0].replace("_", "-")


@cache
def _table() -> Mapping[str, str]:
    text = Path(__file__).with_name("distributions.toml").read_text("utf-8")
    table: dict[str, str] = tomllib.loads(text)["distributions"]
    return table


@cache
def _installed() -> Mapping[str, list[str]]:
    return packages_distributions()
