"""How right roles are: actions and the resources that they are scoped to, over the programs and the packages.

In: the truth, and where wheels are kept. Out: `Figures` of each set, of both together, and of Chalice's analyzer on the
same files. An action counts once for each role. Its scoping is right when its resources and conditions are the truth's.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from migrator import bootstrap
from migrator.artifacts.permissions import SettingsShown
from migrator.artifacts.permissions.allowing import permissions_for_use
from migrator.model import ProgramModel
from tests.accuracy.permissions.cases import cases, permissions_for
from tests.accuracy.permissions.drawing import PACKAGES, drawn, folders_of
from tests.accuracy.permissions.grammar import Allowed, by_action, read_statements, shown_statements

BOUNDS: Mapping[str, float] = {"action precision": 1.0, "action recall": 0.95, "scoping right": 0.9}
_CHALICE = Path(__file__).with_name("chalice_policy.py")


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of actions.

    Attributes:
        right: allowed and needed.
        extra: allowed, not needed.
        missing: needed, not allowed.
        scoped: right ones whose resources and conditions are right.
    """

    right: int = 0
    extra: int = 0
    missing: int = 0
    scoped: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.right + other.right,
            self.extra + other.extra,
            self.missing + other.missing,
            self.scoped + other.scoped,
        )

    @property
    def shares(self) -> Mapping[str, float]:
        """The figures that have bounds; a share of nothing is whole."""
        return {
            "action precision": _share(self.right, self.right + self.extra),
            "action recall": _share(self.right, self.right + self.missing),
            "scoping right": _share(self.scoped, self.right),
        }


@dataclass(frozen=True, slots=True)
class Role:
    """One role: the truth, what was made of it, what Chalice makes of the same files.

    Attributes:
        texts: of the files that Chalice is given.
    """

    name: str
    truth: tuple[Allowed, ...]
    made: tuple[Allowed, ...]
    texts: tuple[str, ...]


def figures(truth: Sequence[Allowed], made: Sequence[Allowed]) -> Figures:
    """The figures of one role."""
    wanted, found = by_action(truth), by_action(made)
    both = wanted.keys() & found.keys()
    return Figures(
        len(both),
        len(found.keys() - wanted.keys()),
        len(wanted.keys() - found.keys()),
        sum(wanted[action] == found[action] for action in both),
    )


def actions_alone(truth: Sequence[Allowed], actions: Collection[str]) -> Figures:
    """The figures of one role that says its actions only; it is scoped to everything."""
    everything = Allowed(tuple(sorted(actions)), ("*",))
    return figures(truth, [everything] if actions else [])


def program_roles() -> Iterator[Role]:
    """The roles of the small programs."""
    for case in cases():
        with tempfile.TemporaryDirectory() as folder:
            made = shown_statements(permissions_for(case, Path(folder)))
        module, _, function = case.entry.rpartition(".")
        path = f"{module.replace('.', '/')}.py"
        called = {path: f"{case.files[path]}\n{function}()\n"}
        yield Role(case.name, case.allowed, made, tuple({**case.files, **called}.values()))


def package_roles(cache: Path) -> Iterator[Role]:
    """The roles of the drawn functions; the packages are downloaded where they are not there yet."""
    folders = dict(folders_of(cache))
    skipped = frozenset(json.loads((PACKAGES / "skipped.json").read_text("utf-8")))
    truth = package_truth()
    models: dict[str, ProgramModel] = {}
    for package, name in drawn(list(folders.items()), skipped):
        if package not in models:
            print(f"analyzing {package}", file=sys.stderr)
            models[package] = bootstrap.analyze_with_model(folders[package], jobs=1)[1]
        made = shown_statements(permissions_for_use(models[package].sdk_use(name, {}), SettingsShown()))
        yield Role(name, truth[name], made, (_module_text(folders[package], name),))


def package_truth() -> Mapping[str, tuple[Allowed, ...]]:
    """Function to the statements that a person wrote for it."""
    sections = re.split(r"^### ", (PACKAGES / "truth.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]
    pairs = (section.partition("\n") for section in sections)
    return {name: read_statements(body.splitlines()) for name, _, body in pairs}


def by_chalice(roles: Sequence[Role], cache: Path) -> Mapping[str, frozenset[str]]:
    """The actions that Chalice's analyzer finds, by role."""
    wheel = dict(folders_of(cache))["chalice"]
    answered = subprocess.run(
        [sys.executable, str(_CHALICE)],
        input=json.dumps({role.name: role.texts for role in roles}),
        env={**os.environ, "PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=True,
    )
    return {name: frozenset(actions) for name, actions in json.loads(answered.stdout).items()}


def together(parts: Sequence[Figures]) -> Figures:
    """All counts added up."""
    return reduce(Figures.__add__, parts, Figures())


def _module_text(folder: Path, name: str) -> str:
    """The module of a function, with a call of it at the end, where it is one of a module."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        for path in (
            folder.joinpath(*parts[:count]).with_suffix(".py"),
            folder.joinpath(*parts[:count], "__init__.py"),
        ):
            if path.is_file():
                text = path.read_text("utf-8")
                rest = parts[count:]
                own = f"{rest[0]}().{rest[1]}()" if len(rest) == 2 else f"{'.'.join(rest)}()"
                return f"{text}\n{own}\n"
    raise FileNotFoundError(name)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
