"""Programs of others: where they are, whether they run, which release they are. They are asked beside each other."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from migrator.adapters.programs import TOOLS, VARIABLE, find_program, run_program, version_of
from migrator.domain.machine import Part, Presence
from migrator.errors import MigratorError

_GROUP = "programs"
_DEADLINE_S = 30.0
_VERSION = re.compile(r"\d+(?:\.\d+)+\S*")
_MAKE = f"make setup installs it in a checkout; or: python3 -m venv {TOOLS} && {TOOLS}/bin/pip install"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A program.

    Attributes:
        distribution: what brings it, or an empty string where it is no Python program.
    """

    name: str
    needed_for: str
    distribution: str = ""
    mend: str = ""


_WANTED: Final = (
    _Wanted("git", "merging hand edits with version control, pull requests", mend="install git"),
    _Wanted("sam", "building and deploying a service", "aws-sam-cli"),
    _Wanted("checkov", "migrator check: checkov", "checkov"),
    _Wanted("parliament", "migrator check: parliament", "parliament"),
    _Wanted("cloudsplaining", "migrator check: cloudsplaining", "cloudsplaining"),
    _Wanted("check-jsonschema", "migrator check: workflows", "check-jsonschema"),
    _Wanted("pip-audit", "migrator check: audit", "pip-audit"),
    _Wanted("python3.13", "sam build of a service with that runtime", mend="install Python 3.13 beside this one"),
)


def parts() -> Iterator[Part]:
    """Each program, then AWS's emulator of the runtime."""
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="doctor") as pool:
        yield from pool.map(_looked_for, _WANTED)
    yield _emulator()


def _looked_for(wanted: _Wanted) -> Part:
    mend = wanted.mend or f"{_MAKE} {wanted.distribution}, and name {TOOLS}/bin in {VARIABLE}"
    path = find_program(wanted.name)
    if path is None:
        looked = f"not in {VARIABLE}, beside {sys.executable}, in {TOOLS}, or on the PATH"
        return Part(wanted.name, _GROUP, Presence.MISSING, looked, wanted.needed_for, mend)
    with tempfile.TemporaryDirectory(prefix="migrator-doctor-") as scratch:
        try:
            ran = run_program([str(path), "--version"], deadline_s=_DEADLINE_S, cwd=Path(scratch))
        except MigratorError as error:
            return Part(wanted.name, _GROUP, Presence.BROKEN, f"{path}: {error.message}", wanted.needed_for, mend)
    if ran.status != 0:
        last = (ran.errors.strip() or ran.output.strip() or "it says nothing").splitlines()[-1]
        ended = f"did not end within {_DEADLINE_S:g} s" if ran.status is None else f"ended with {ran.status}: {last}"
        return Part(wanted.name, _GROUP, Presence.BROKEN, f"{path} {ended}", wanted.needed_for, mend)
    told = _VERSION.search(ran.output) or _VERSION.search(ran.errors)
    version = version_of(path, wanted.distribution) if wanted.distribution else ""
    found = version or (told[0] if told else "unknown release")
    return Part(wanted.name, _GROUP, Presence.PRESENT, f"{found} at {path}", wanted.needed_for)


def _emulator() -> Part:
    from migrator.adapters.runtime.rie import find_rie

    name, purpose = "aws-lambda-rie", "migrator invoke, check --measure, demo"
    try:
        return Part(name, _GROUP, Presence.PRESENT, str(find_rie()), purpose)
    except MigratorError as error:
        return Part(name, _GROUP, Presence.MISSING, error.message, purpose, error.hint)
