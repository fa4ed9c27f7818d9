"""The stack of every service of the sample shop, created on two local control planes of AWS, and its function run there.

In: `python -m tools.stacks [--only PART]`. Out: a line a service (resources asked for and made, by plane, and what its
function answered an example event), then the types of resources by plane. Exit 1 where a stack was not created, a type
that a plane supports is missing in it, or a function cannot be started. moto keeps books and runs nothing; ministack
runs functions that need no database or cache. One that asks for an object of the example's may fail on it, which is
shown.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from migrator import bootstrap
from migrator.artifacts import Artifacts, make_artifacts, write
from migrator.domain.assessments import Verdict
from migrator.domain.plans import EventSource
from migrator.errors import MigratorError
from migrator.plan import PlannedSlice, make_plan
from migrator.resources import sample_root
from migrator.source import read_tree
from tests.support.control_planes import ControlPlane, ministack_plane, moto_plane
from tests.support.stacks import Stack, create

_MOVABLE = (Verdict.READY, Verdict.WITH_NETWORK)
_CREATED = "CREATE_COMPLETE"


@dataclass
class _Types:
    """How many resources of each type a plane made, and how many it did not."""

    made: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)

    def add(self, stack: Stack) -> None:
        for each in stack.resources.values():
            (self.made if each.physical else self.missing)[each.kind] += 1

    @property
    def sometimes(self) -> set[str]:
        """Types that the plane supports and did not make somewhere."""
        return set(self.made) & set(self.missing)


def main() -> int:
    """Create, run, and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.stacks")
    parser.add_argument("--only", default="", help="a part of the names of the candidates")
    only = parser.parse_args().only
    for name in ("moto", "samtranslator", "werkzeug"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # they tell each request, and each type that is not known
    types: dict[str, _Types] = {}
    failed = 0
    with (
        tempfile.TemporaryDirectory(prefix="stacks-") as folder,
        ministack_plane(Path(folder) / "ministack") as ministack,
        moto_plane() as moto,
    ):
        for planned, made in _services(only):
            place = Path(folder) / made.name
            write(made, place)
            shown = []
            for plane in (ministack, moto):
                said, good = _on(plane, place, planned, types.setdefault(plane.name, _Types()))
                shown.append(f"{plane.name}: {said}")
                failed += not good
            print(f"{planned.plan.candidate}\n    " + "\n    ".join(shown), flush=True)
    for name, found in types.items():
        print(f"\n{name}: {len(found.made)} types made, {len(found.missing)} not")
        for kind in sorted({*found.made, *found.missing}):
            print(f"  {found.made[kind]:4} made {found.missing[kind]:4} not  {kind}")
        failed += len(found.sometimes)
    return int(failed > 0)


def _services(only: str) -> Iterator[tuple[PlannedSlice, Artifacts]]:
    analysis, model = bootstrap.analyze_with_model(sample_root(), jobs=1)
    candidates = analysis.candidates
    tree = read_tree(sample_root())
    for candidate in sorted(candidates, key=lambda each: each.name):
        if candidate.verdict not in _MOVABLE or only not in candidate.name:
            continue
        try:
            planned = make_plan(tree, candidate, others=candidates, model=model)
            yield planned, make_artifacts(planned)
        except MigratorError as error:
            print(f"{candidate.name}\n    no service: {error.message.splitlines()[0]}")


def _on(plane: ControlPlane, place: Path, planned: PlannedSlice, types: _Types) -> tuple[str, bool]:
    """What became of a service on a plane, in words, and whether that is well."""
    try:
        # A function that writes where its files come from has to be told them apart, or its template refuses.
        apart = {"KeyPrefix": "incoming/"} if planned.plan.source is EventSource.OBJECT_STORE else {}
        stack = create(plane, place, apart)
    except Exception as error:  # the planes' own, of any kind: one broken stack must not hide the others
        return f"not created: {type(error).__name__}: {str(error)[:300]}", False
    types.add(stack)
    there = sum(1 for each in stack.resources.values() if each.physical)
    said = f"{stack.status}, {there} of {len(stack.resources)} resources"
    if stack.status != _CREATED or plane.name != "ministack" or planned.plan.network:
        return said, stack.status == _CREATED
    answer = _run(plane, stack, place)
    return f"{said}; {answer}", "init failed" not in answer


def _run(plane: ControlPlane, stack: Stack, place: Path) -> str:
    """What the live version of the function makes of the first example."""
    event = min((place / "events").glob("*.json"))
    function = stack.outputs["FunctionName"]
    answer = plane.client("lambda").invoke(FunctionName=function, Qualifier="live", Payload=event.read_bytes())
    body = answer["Payload"].read().decode("utf-8", "replace")
    if "FunctionError" in answer:
        return f"fails on {event.name}: {body[:200]}"
    said = json.loads(body)
    status = said.get("statusCode", "") if isinstance(said, dict) else ""
    return f"answers {event.name} {status}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
