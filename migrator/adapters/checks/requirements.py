"""Whether what the code imports is asked for in `src/requirements.txt`, and installed here for the tests."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from migrator.domain.checks import Check, CheckFinding, CheckOutcome

_FILE = "src/requirements.txt"
_INSTALL = f"pip install -r {_FILE}"


def check(folder: Path) -> Check:
    """Read the requirements, look for each in this environment, and for the owner of each import."""
    path = folder / _FILE
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lost = CheckFinding("cannot be read", _FILE, "extract the function again")
        return Check("requirements", CheckOutcome.FAILED, f"no {_FILE}", (lost,))
    wanted: dict[str, Requirement] = {}
    failures: list[CheckFinding] = []
    notes: list[CheckFinding] = []
    for number, line in enumerate(lines, start=1):
        text = line.split("#", 1)[0].strip()
        if not text:
            continue
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            failures.append(CheckFinding(f"not a requirement: {text}: {error}", f"{_FILE}:{number}"))
            continue
        wanted[canonicalize_name(requirement.name)] = requirement
        try:
            installed = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            failures.append(CheckFinding(f"{requirement.name} is not installed here", f"{_FILE}:{number}", _INSTALL))
            continue
        if not requirement.specifier.contains(installed, prereleases=True):
            notes.append(
                CheckFinding(
                    f"{requirement.name} {installed} is installed here, the tests ran with that",
                    f"{_FILE}:{number}",
                    _INSTALL,
                )
            )
    failures.extend(_unowned(folder / "src", set(wanted)))
    outcome = CheckOutcome.FAILED if failures else CheckOutcome.PASSED
    return Check("requirements", outcome, f"{len(wanted)} requirements", (*failures, *notes))


def _unowned(source: Path, wanted: set[str]) -> Iterator[CheckFinding]:
    """Imports that neither the standard library, the folder nor a requirement (or what it needs) provides."""
    provided = metadata.packages_distributions()
    covered = _with_dependencies(wanted)
    own = {path.name.removesuffix(".py") for path in source.iterdir()} if source.is_dir() else set()
    told: set[str] = set()
    for path in sorted(source.rglob("*.py")):
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue  # another check's matter
        for name, line in _imports(tree):
            if name in own or name in sys.stdlib_module_names or name in told:
                continue
            owners = {canonicalize_name(owner) for owner in provided.get(name, [])}
            place = f"src/{path.relative_to(source).as_posix()}:{line}"
            if not owners:
                told.add(name)
                yield CheckFinding(f"nothing that is installed here provides {name}", place, _INSTALL)
            elif not owners & covered:
                told.add(name)
                yield CheckFinding(f"{name} belongs to no requirement", place, f"add {sorted(owners)[0]} to {_FILE}")


def _imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Top-level names of the imports that must succeed: those in a `try` or for the type checker need not."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Try() | ast.TryStar():
                continue
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                continue
            case ast.Import(names=names):
                yield from ((alias.name.split(".", 1)[0], node.lineno) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.split(".", 1)[0], node.lineno
            case _:
                yield from _imports(node)


def _with_dependencies(wanted: set[str]) -> set[str]:
    """The requirements and all that they pull in, as installed here."""
    covered: set[str] = set()
    queue = sorted(wanted)
    while queue:
        name = queue.pop()
        if name in covered:
            continue
        covered.add(name)
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        queue.extend(canonicalize_name(re.split(r"[^\w.-]", need, maxsplit=1)[0]) for need in needs)
    return covered
