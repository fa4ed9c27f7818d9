"""Whether what the code imports is asked for in `src/requirements.txt`, and installed here for the tests."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name

from migrator.adapters.checks.installed import with_dependencies
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, Severity
from migrator.plan.requirements import requirement_lines

_FILE = "src/requirements.txt"
_INSTALL = f"pip install -r {_FILE}"


def check(folder: Path) -> Check:
    """Read the requirements, look for each in this environment, and for the owner of each import."""
    path = folder / _FILE
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        lost = CheckFinding("cannot be read", _FILE, "extract the function again")
        return Check("requirements", CheckOutcome.FAILED, f"no {_FILE}", (lost,))
    wanted: list[Requirement] = []
    failures: list[CheckFinding] = []
    notes: list[CheckFinding] = []
    for number, line in requirement_lines(text):
        place = f"{_FILE}:{number}"
        try:
            requirement = Requirement(line)
        except InvalidRequirement as error:
            failures.append(CheckFinding(f"not a requirement: {line}: {error}", place))
            continue
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue  # not meant for this machine
        wanted.append(requirement)
        try:
            installed = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            failures.append(CheckFinding(f"{requirement.name} is not installed here", place, _INSTALL))
            continue
        if not requirement.specifier.contains(installed, prereleases=True):
            told = f"{requirement.name} {installed} is installed here, the tests ran with that"
            notes.append(CheckFinding(told, place, _INSTALL, Severity.NOTE))
    failures.extend(_unowned(folder / "src", wanted))
    outcome = CheckOutcome.FAILED if failures else CheckOutcome.PASSED
    return Check("requirements", outcome, f"{len(wanted)} requirements", (*failures, *notes))


def _unowned(source: Path, wanted: list[Requirement]) -> Iterator[CheckFinding]:
    """Imports that neither the standard library, the folder nor a requirement (or what it needs) provides."""
    provided = metadata.packages_distributions()
    covered = with_dependencies(wanted)
    own = {path.name.removesuffix(".py") for path in source.iterdir()} if source.is_dir() else set()
    told: set[str] = set()
    for path in sorted(source.rglob("*.py")):
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue  # another check's matter
        for module, line in _imports(tree):
            name = module.split(".", 1)[0]
            if name in own or name in sys.stdlib_module_names:
                continue
            owners = _owners(module, provided)
            place = f"src/{path.relative_to(source).as_posix()}:{line}"
            if not owners and name not in told:
                told.add(name)
                yield CheckFinding(f"nothing that is installed here provides {name}", place, _INSTALL)
            elif owners and not set(owners) & covered and not told & {name, *owners}:
                told.update(owners)
                shown = name if len(provided[name]) == 1 else module
                yield CheckFinding(f"{shown} belongs to no requirement", place, f"add {sorted(owners)[0]} to {_FILE}")


def _owners(module: str, provided: Mapping[str, list[str]]) -> tuple[NormalizedName, ...]:
    """The distributions that provide a module; where several share a package, those that have this part of it."""
    names = dict.fromkeys(canonicalize_name(owner) for owner in provided.get(module.split(".", 1)[0], []))
    if len(names) < 2:
        return tuple(names)
    parts = module.split(".")
    for depth in range(len(parts), 1, -1):
        path = "/".join(parts[:depth])
        having = tuple(name for name in names if _has(name, path))
        if having:
            return having
    return tuple(names)


def _has(distribution: str, path: str) -> bool:
    files = metadata.distribution(distribution).files or []
    return any(file.as_posix().startswith((f"{path}/", f"{path}.")) for file in files)


def _imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Modules of the imports that must succeed: those in a `try` or for the type checker need not."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Try() | ast.TryStar():
                continue
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                continue
            case ast.Import(names=names):
                yield from ((alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                yield from ((f"{module}.{alias.name}", node.lineno) for alias in names)
            case _:
                yield from _imports(node)
