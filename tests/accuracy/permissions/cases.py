"""The small programs: their files, and what the role of the candidate has to allow.

In: the folder `cases`. Out: `Case` values; `permissions_for` analyzes and plans one for real.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migrator.artifacts.outside import outside_of
from migrator.artifacts.permissions import permissions_of, settings_shown
from migrator.domain.permissions import Permissions
from migrator.domain.services import SecretStore
from migrator.facts import extract_facts
from migrator.model import build_model
from migrator.plan import make_plan
from migrator.verdicts import assess
from tests.accuracy.permissions.grammar import Allowed, read_statements
from tests.support.programs import knowledge
from tests.support.slices import monolith

_READ = "the case is about permissions"
CASES = Path(__file__).resolve().parent / "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """One program.

    Attributes:
        entry: qualified name of the candidate.
        files: path to text.
        allowed: the statements that its role has, sorted.
        unallowed: a part of the source of each call that a person has to look at.
    """

    name: str
    entry: str
    files: Mapping[str, str]
    allowed: tuple[Allowed, ...]
    unallowed: tuple[str, ...]


def cases() -> list[Case]:
    """All programs, by name."""
    return [read_case(path.stem, path.read_text("utf-8")) for path in sorted(CASES.glob("*.case"))]


def read_case(name: str, text: str) -> Case:
    """One program.

    Raises:
        ValueError: it has no candidate, or a line is no line of the grammar.
    """
    head, *sections = re.split(r"^=== ", text, flags=re.MULTILINE)
    entry = re.search(r"^entry: (\S+)$", head, re.MULTILINE)
    if entry is None:
        raise ValueError(f"{name} has no entry")
    found = dict(section.split("\n", 1) for section in sections)
    allowed = read_statements(found.pop("allowed", "").splitlines())
    unallowed = tuple(line for line in found.pop("unallowed", "").splitlines() if line.strip())
    packages = {f"{path.rpartition('/')[0]}/__init__.py" for path in found}
    return Case(name, entry[1], {**dict.fromkeys(sorted(packages), ""), **found}, allowed, unallowed)


def permissions_for(case: Case, folder: Path) -> Permissions:
    """What the product allows the case's candidate; the program is written below a folder and analyzed there."""
    tree = monolith(folder, case.files)
    facts, _ = extract_facts(tree, 1)
    model = build_model(facts, knowledge())
    candidates = assess(model)
    chosen = next(each for each in candidates if each.name == case.entry)
    plan = make_plan(
        tree,
        chosen,
        others=candidates,
        accepted=dict.fromkeys(sorted(chosen.effect_names), _READ),
        accepted_unresolved=_READ,
        model=model,
    ).plan
    return permissions_of(plan, settings_shown(outside_of(plan, "service", SecretStore.SECRETS_MANAGER)))
